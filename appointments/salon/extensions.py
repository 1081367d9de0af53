"""Where other apps store their parts of the salon file, which this app does not know.

An app registers its applier in ``AppConfig.ready()``. It runs in the transaction of the
application, after the domain's own parts, with the locks of all staff of the company held.
"""

from collections.abc import Callable

from appointments.salon.application import Application

Applier = Callable[[Application], None]

_appliers: list[Applier] = []


def register(applier: Applier) -> Applier:
    """``applier`` makes its rows match ``application.file``, and notes in ``application.log`` what
    that changed. It says ``application.refuse(path, sentence)`` to what cannot be stored.
    """
    if applier not in _appliers:
        _appliers.append(applier)
    return applier


def run_appliers(application: Application) -> None:
    for applier in _appliers:
        applier(application)
