"""What is looked at several times a second, so that it is known when it happened."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django_q.models import Schedule, Task

from appointments.models import Reservation
from appointments.models.ledger import ReservationState
from config.schedules import PREFIX, SCHEDULES
from tools.nights.clock import Clock
from tools.nights.plan import BERLIN

NIGHTLY = {item.func for item in SCHEDULES if item.at_night}
MINUTELY = "appointments.tasks.sweep_reservations"
# A daily schedule of a person's own, at half past two: the time that is skipped, and that comes twice.
OWN = "builtins.len"
# Processes start within some seconds of each other.
SKEW = timedelta(seconds=10)


@dataclass
class Watch:
    """Lives of holds in seconds that really passed; what ran, by task; sweeps, as ``clock.passed``."""

    clock: Clock
    early: int = 0
    held: dict[int, float] = field(default_factory=dict)
    lives: list[float] = field(default_factory=list)
    ran: dict[str, tuple[str, date, str]] = field(default_factory=dict)
    sweeps: list[float] = field(default_factory=list)
    _last_sweep: str = ""

    def look(self) -> None:
        self._look_at_holds()
        self._look_at_tasks()

    def longest_silence(self) -> float:
        """Seconds between two sweeps."""
        pairs = zip(self.sweeps, self.sweeps[1:], strict=False)
        return max((after - before for before, after in pairs), default=0.0)

    def _look_at_holds(self) -> None:
        passed, now = self.clock.passed, self.clock.now()
        held = Reservation.objects.filter(state=ReservationState.HELD).values_list("pk", "created_at")
        rows = dict(held)
        for pk, created_at in rows.items():
            self.held.setdefault(pk, passed - (now - created_at).total_seconds())
        gone = {pk: self.held.pop(pk) for pk in list(self.held) if pk not in rows}
        ended = Reservation.objects.filter(pk__in=gone, state=ReservationState.EXPIRED)
        for pk, expires_at in ended.values_list("pk", "expires_at"):
            self.lives.append(passed - gone[pk])
            if expires_at > self.clock.now() + SKEW:
                self.early += 1

    def _look_at_tasks(self) -> None:
        for row in Task.objects.filter(func__in=[*NIGHTLY, OWN]).values("id", "func", "started", "success"):
            local = row["started"].astimezone(BERLIN)
            self.ran[row["id"]] = (row["func"], local.date(), f"{local:%H:%M}")
        last = Task.objects.filter(func=MINUTELY).order_by("-started").values_list("id", flat=True).first()
        row = Schedule.objects.filter(func=MINUTELY, name__startswith=PREFIX).values("task").first()
        newest = (row and row["task"]) or last or ""
        if newest != self._last_sweep:
            self._last_sweep = newest
            self.sweeps.append(self.clock.passed)


def times(watch: Watch, function: str, day: date) -> list[str]:
    """When it ran on that local day."""
    return sorted(clock for func, when, clock in watch.ran.values() if (func, when) == (function, day))


def own_schedule(night: datetime) -> None:
    """Since the day before at half past two, from where django-q2 counts on."""
    before = night.astimezone(BERLIN).replace(hour=2, minute=30, fold=0) - timedelta(days=1)
    row = Schedule(name="a person's own", func=OWN, args="'abc'", schedule_type=Schedule.DAILY)
    row.next_run = row.calculate_next_run(before.astimezone(UTC))
    Schedule.objects.filter(name=row.name).delete()
    row.save()
