"""A provider that hears a message to its end and then says nothing more."""

from collections.abc import Collection
from dataclasses import dataclass, field
from threading import Semaphore


@dataclass
class Silence:
    """What goes to one of ``accepted`` is taken by then, the rest is not. ``begun`` counts those that wait."""

    accepted: Collection[str] = ()
    begun: Semaphore = field(default_factory=lambda: Semaphore(0))
