"""What all who ask share."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random
from zoneinfo import ZoneInfo

from tools.chaos.diary import Diary
from tools.chaos.journal import Act, Journal
from tools.evening.wishes import Wishes
from tools.stage.wire import NoAnswer, Wire

ZONE = ZoneInfo("Europe/Berlin")
# So often a request is delivered in all; the voice platform's own are up to three.
DELIVERIES = 3
PAUSE_SECONDS = 0.3
# The share of requests that arrive twice at once.
TWICE = 0.05


@dataclass
class Crew:
    """``branches``: ids by salon; ``staff`` and ``services``: ids by name, of the first salon."""

    wire: Wire
    journal: Journal
    diary: Diary
    stopping: threading.Event
    key: str
    password: str
    branches: dict[str, int]
    staff: dict[str, int]
    services: dict[str, int]


class Actor(ABC):
    """One thread of them. ``turn`` is one visit, one call."""

    name = ""
    # Seconds between two turns.
    pause = (0.1, 0.6)

    def __init__(self, crew: Crew, random: Random, wishes: Wishes) -> None:
        self.crew = crew
        self.random = random
        self.wishes = wishes

    def run(self) -> None:
        while not self.crew.stopping.is_set():
            try:
                self.turn()
            except Exception as error:  # noqa: BLE001 - one that cannot go on must not end the load
                self.crew.journal.complain(f"{self.name} broke off: {type(error).__name__}: {error}")
            self.wait(*self.pause)

    @abstractmethod
    def turn(self) -> None: ...

    def wait(self, least: float, most: float) -> None:
        self.crew.stopping.wait(self.random.uniform(least, most))

    def happens(self, share: float) -> bool:
        return self.random.random() < share


def delivered(act: Act, send: Callable[[], object], *, pause: Callable[[], object]) -> object:
    """Sent until it is answered, ``DELIVERIES`` times at most; None if it is not. Each end is noted."""
    for _delivery in range(DELIVERIES):
        try:
            answer = send()
        except NoAnswer as error:
            act.deliveries.append(str(error))
            pause()
        else:
            return answer
    return None


def at_once(send: Callable[[], object]) -> list[object]:
    """The answers to two deliveries of the same at the same time; None for what was not answered."""
    answers: list[object] = [None, None]
    barrier = threading.Barrier(2)

    def deliver(place: int) -> None:
        barrier.wait()
        try:
            answers[place] = send()
        except NoAnswer:
            answers[place] = None

    threads = [threading.Thread(target=deliver, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def start_of(wish: dict[str, str]) -> datetime:
    """The instant that ``datum`` and ``uhrzeit`` name."""
    day, clock = date.fromisoformat(wish["datum"]), time.fromisoformat(wish["uhrzeit"])
    return datetime.combine(day, clock, tzinfo=ZONE)
