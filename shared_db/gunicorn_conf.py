"""Gunicorn's settings, the same for both stacks; the names are gunicorn's own."""

import os

from shared_db.runtime import runtime

_runtime = runtime()

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = _runtime.workers
threads = _runtime.threads
timeout = _runtime.timeout_s
# Without it one worker can accept every connection while the other has idle threads.
reuse_port = True
# The control socket has one path for all of a user's servers, and we run two of them.
control_socket_disable = True
keepalive = 5
# Long enough for any withdrawal in progress; the default keeps a stop waiting for half a minute.
graceful_timeout = 5
