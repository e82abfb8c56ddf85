"""The proxy gives up idle connections before the stacks do: else a form may meet a closed one."""

import re

from shared_db.paths import CHECKOUT


def test_an_idle_connection_is_not_used_when_its_other_end_may_be_gone() -> None:
    config = (CHECKOUT / "proxy" / "nginx.conf").read_text("utf-8")
    source = (CHECKOUT / "shared_db" / "gunicorn_conf.py").read_text("utf-8")
    # Of one worker: several keep no connection open.
    (stacks,) = re.findall(r"^keepalive = (\d+)$", source, re.MULTILINE)
    upstreams = dict(re.findall(r"upstream (\w+) \{([^}]*)\}", config))
    assert set(upstreams) == {"flask", "django"}
    for said in upstreams.values():
        (proxy,) = re.findall(r"keepalive_timeout (\d+)s;", said)
        assert int(proxy) < int(stacks)
