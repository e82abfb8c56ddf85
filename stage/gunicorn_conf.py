"""Gunicorn's settings in jail: those of the lab, with what there is to write to."""

import os

from shared_db.gunicorn_conf import (
    control_socket_disable,
    graceful_timeout,
    threads,
    timeout,
    worker_class,
    workers,
)

__all__ = ["control_socket_disable", "graceful_timeout", "threads", "timeout", "worker_class"]
__all__ += ["bind", "keepalive", "worker_tmp_dir", "workers"]

bind = os.environ["BIND"]
keepalive = 5 if workers == 1 else 0
worker_tmp_dir = "/tmp"  # noqa: S108 - a room's own
