"""Defaults for ``gunicorn config.wsgi``, each to be overruled on the command line."""

import os
from typing import Any

from config import garbage, relieving

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Threads wait for Cal.com and the database; one process with eight of them answers eight callers.
worker_class = "gthread"
threads = 8
# Seconds. Retell gives up on an answer long before.
timeout = 30
graceful_timeout = 15
# It would lie in the home folder; signals do what it can do.
control_socket_disable = True
# Without the secret addresses of calendars, should somebody switch the log of requests on.
logger_class = "config.secrets_in_logs.AccessLogger"


# `kill -HUP`: new processes with the code that is there now, and nobody waits for them.
on_reload = relieving.begin
pre_fork = relieving.appoint
nworkers_changed = relieving.count


def post_worker_init(worker: Any) -> None:
    garbage.settle()
    relieving.relieve(worker)
