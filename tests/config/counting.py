"""The application, and one address at which it counts: for the test with several processes."""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from config.wsgi import application as site  # isort: skip - sets Django up

from integrations import metrics
from tests.metrics import counted


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """``/count/<service>`` answers the process id, and what this process alone has counted."""
    path: str = environ["PATH_INFO"]
    if not path.startswith("/count/"):
        return site(environ, start_response)
    service = path.removeprefix("/count/")
    metrics.race_conditions.labels(service=service).inc()
    own = counted("race_condition_detected_total", service=service)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps([os.getpid(), own]).encode()]
