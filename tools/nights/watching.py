"""What is looked at several times a second, so that it is known when it happened."""

from dataclasses import dataclass, field
from datetime import datetime

from django_q.models import Task

from appointments.models import Reservation
from appointments.models.ledger import ReservationState
from config.schedules import SCHEDULES
from tools.nights.clock import Clock
from tools.nights.judging import Sweep
from tools.nights.plan import OWN

NIGHTLY = sorted(item.func for item in SCHEDULES if item.at_night)
SWEEP = "appointments.tasks.sweep_reservations"


@dataclass
class Watch:
    """``lives``: of holds that ended by themselves, in seconds that really passed. ``ran``: function and
    start of each task of the night.
    """

    clock: Clock
    lives: list[float] = field(default_factory=list)
    ran: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    sweeps: list[Sweep] = field(default_factory=list)
    ended: Sweep | None = None
    _held: dict[int, float] = field(default_factory=dict)
    _swept: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """What was before is another's."""
        self.lives.clear()
        self.ran.clear()
        self._swept = self._sweeps()
        self.sweeps.clear()
        self.sweeps.append(Sweep(self.clock.passed, self.clock.now()))

    def look(self) -> None:
        self._look_at_holds()
        self._look_at_tasks()

    def end(self) -> None:
        """What comes later is another's."""
        self.look()
        self.ended = Sweep(self.clock.passed, self.clock.now())

    def _look_at_holds(self) -> None:
        passed, now = self.clock.passed, self.clock.now()
        rows = dict(Reservation.objects.filter(state=ReservationState.HELD).values_list("pk", "created_at"))
        for pk, created_at in rows.items():
            self._held.setdefault(pk, passed - (now - created_at).total_seconds())
        gone = {pk: self._held.pop(pk) for pk in list(self._held) if pk not in rows}
        ended = Reservation.objects.filter(pk__in=gone, state=ReservationState.EXPIRED)
        self.lives += [passed - gone[pk] for pk in ended.values_list("pk", flat=True)]

    def _look_at_tasks(self) -> None:
        for row in Task.objects.filter(func__in=[*NIGHTLY, OWN]).values("id", "func", "started"):
            self.ran[row["id"]] = (row["func"], row["started"])
        fresh = self._sweeps() - self._swept
        if fresh:
            self._swept |= fresh
            self.sweeps.append(Sweep(self.clock.passed, self.clock.now()))

    def _sweeps(self) -> set[str]:
        return set(Task.objects.filter(func=SWEEP).values_list("id", flat=True))
