"""Gunicorn's settings, the same for both stacks; the names are gunicorn's own."""

import os

from shared_db.runtime import runtime

_runtime = runtime()

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = _runtime.workers
threads = _runtime.threads
timeout = _runtime.timeout_s
keepalive = 5
if workers > 1:
    # All take their connections from one queue, each no more than it has threads for: without that
    # bound one can take every connection while the other has idle threads. A queue for each
    # (reuse_port) would leave it to chance who gets how many, and let others listen there too.
    worker_connections = threads
    # One that is kept open would take a thread's place.
    keepalive = 0
# The control socket has one path for all of a user's servers, and we run two of them.
control_socket_disable = True
# Long enough for any withdrawal in progress; the default keeps a stop waiting for half a minute.
graceful_timeout = 5
