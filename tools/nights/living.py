"""One night: what is there beforehand, who calls, and what is said of it afterwards."""

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from appointments import booking
from appointments.availability import Request
from appointments.models import Appointment, Branch, Customer, IntegrityReport, Reservation, Service, Staff
from appointments.models.appointment import Source
from appointments.models.integrity import Trigger
from integrations.messaging.preferences import agree_to_reminders
from integrations.models import Message, MessageKind, Messaging
from tools.nights.callers import Callers, Story, Tally
from tools.nights.clock import Clock
from tools.nights.plan import BERLIN, Night, Window
from tools.nights.watching import NIGHTLY, OWN, Watch, times

CALL_EVERY = 110.0
# What begins later would not be over when the clock is put forward.
UNDISTURBED = 420.0
LOOKS_EVERY_REAL_SECONDS = 0.25
# A hold of 90 seconds that nobody renews; the sweeper comes every minute, and schedules are looked at twice
# a minute. After the clock was set back a hold begins anew with the sweep.
LONGEST, LONGEST_AFTER_STEP = 90 + 150.0, 90 + 360.0
SILENCE, SILENCE_AFTER_STEP = 180.0, 240.0
REMINDED_WITHIN = timedelta(minutes=4)


@dataclass
class Lived:
    """Figures for the table, and what was not as it has to be."""

    night: Night
    calls: int
    booked: int
    lives: list[float]
    silence: float
    reminders: str
    report: str
    job: str
    own: str
    wrong: list[str]


class Living:
    def __init__(self, night: Night, clock: Clock, callers: Callers, tally: Tally) -> None:
        self.night, self.clock, self.callers, self.tally = night, clock, callers, tally
        self.watch = Watch(clock)
        self.day = night.windows[-1].begins.date()
        self._stories: list[tuple[float, int, Story]] = []
        self._order = count()
        self._reminded: dict[int, datetime] = {}
        self._quiet: list[int] = []

    def live(self) -> None:
        """Raises whatever the world outside raises: nothing of it is expected."""
        self._book_for_reminders()
        self._odd_times()
        for window, after in zip(self.night.windows, [*self.night.windows[1:], None], strict=True):
            if window.back:
                self.clock.move(-timedelta(hours=1))
            else:
                self.clock.set(max(window.begins.astimezone(UTC), self.clock.now()))
            self._live(window, straddles=after is not None and after.back)

    def _live(self, window: Window, *, straddles: bool) -> None:
        """``straddles``: the last call holds something while the clock is set back."""
        next_call, ends = self.clock.passed, self.clock.passed + window.minutes * 60
        last_call, straddling = ends - UNDISTURBED, ends - 100
        while (passed := self.clock.passed) < ends:
            if next_call <= passed < last_call:
                next_call += CALL_EVERY
                self._begin(self.callers.story(next(self._order)))
            if straddles and passed >= straddling:
                straddles = False
                self._begin(self.callers.only_asks(patience=400))
            self._go_on()
            self.watch.look()
            time.sleep(LOOKS_EVERY_REAL_SECONDS)

    def _begin(self, story: Story) -> None:
        heappush(self._stories, (self.clock.passed, next(self._order), story))

    def _go_on(self) -> None:
        while self._stories and self._stories[0][0] <= self.clock.passed:
            _due, turn, story = heappop(self._stories)
            wait = next(story, None)
            if wait is not None:
                heappush(self._stories, (self.clock.passed + wait, turn, story))

    def _book_for_reminders(self) -> None:
        """In each window two reminders are due; in Nord reminders are quiet at night."""
        Messaging.objects.update(reminder_hours=24)
        Messaging.objects.filter(branch__name="Mitte").update(quiet_from_minute=0, quiet_until_minute=0)
        for window in self.night.windows:
            for minutes in (5, 10):
                due = window.begins.astimezone(UTC) + timedelta(minutes=minutes)
                if window.back or due in self._reminded.values():
                    continue
                start = due + timedelta(hours=24)
                self._reminded[self._book("Mitte", start).pk] = due
                self._quiet.append(self._book("Nord", start).pk)

    def _book(self, branch_name: str, start: datetime) -> Appointment:
        branch = Branch.objects.select_related("company").get(name=branch_name)
        staff = Staff.objects.select_related("branch__company").filter(branch=branch).order_by("pk")[0]
        now = self.clock.now()
        customer, _made = Customer.objects.get_or_create(
            company=branch.company,
            name=f"Nora Lange {start:%d%m%H%M} {branch_name}",
            defaults={"email": f"nora{start:%d%m%H%M}.{branch_name.lower()}@example.com", "created_at": now},
        )
        agree_to_reminders(customer, agrees=True, now=now)
        service = Service.objects.get(company=branch.company)
        request = Request(branch=branch, service=service, staff=staff, now=now)
        return booking.book(request, start=start, visit=booking.Visit(source=Source.STAFF, customer=customer))

    def _odd_times(self) -> None:
        """Half past two: never, twice, or once."""
        both = {_half_past_two(self.day, fold) for fold in (0, 1)}
        shown = {moment for moment in both if moment.astimezone(BERLIN).hour == 2}
        for moment in sorted(shown):
            self._book("Nord", moment)
        told = {"available"} if shown else {"unavailable", "needs_clarification", "found"}
        midday = datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=BERLIN)
        if not self.night.has_back:
            self.callers.wants(midday, "02:30", told=told | {"needs_clarification"})

    def judge(self) -> Lived:
        report, job, own = self._report(), self._job(), times(self.watch, OWN, self.day)
        wrong = [*self.tally.wrong, *self._wrong_of_holds(), *self._wrong_of_promises(), *report[1], *job[1]]
        if len(own) != 1:
            wrong.append(f"a person's own schedule ran at {own}")
        reminders = self._reminders(wrong)
        silence = self.watch.longest_silence()
        if silence > (SILENCE_AFTER_STEP if self.night.has_back else SILENCE):
            wrong.append(f"nothing was swept for {silence:.0f} seconds")
        return Lived(
            night=self.night,
            calls=self.tally.calls,
            booked=len(self.tally.booked),
            lives=self.watch.lives,
            silence=silence,
            reminders=reminders,
            report=report[0],
            job=job[0],
            own=", ".join(own),
            wrong=wrong,
        )

    def _wrong_of_holds(self) -> Iterator[str]:
        longest = LONGEST_AFTER_STEP if self.night.has_back else LONGEST
        for life in self.watch.lives:
            if life > longest:
                yield f"a hold lived for {life:.0f} seconds"
        if self.watch.early:
            yield f"{self.watch.early} holds ended early"
        now = self.clock.now()
        if Reservation.objects.held().filter(expires_at__gt=now + timedelta(minutes=11)).exists():
            yield "a hold lasts for longer than any may"

    def _wrong_of_promises(self) -> Iterator[str]:
        rows = {row.pk: row for row in Appointment.objects.filter(pk__in=self.tally.booked)}
        for pk, start in self.tally.booked.items():
            if pk not in rows or not rows[pk].is_blocking or rows[pk].starts_at != start:
                yield f"booked was said of {pk} at {start}"

    def _report(self) -> tuple[str, list[str]]:
        rows = IntegrityReport.objects.filter(trigger=Trigger.DAILY, day=self.day)
        at = [f"{row.started_at.astimezone(BERLIN):%H:%M}" for row in rows.order_by("company")]
        whose = {row.company_id for row in rows}
        unfinished = [row for row in rows if row.finished_at is None]
        return ", ".join(at), (
            [] if len(at) == len(whose) == 2 and not unfinished else [f"reports of the night: {at}"]
        )

    def _job(self) -> tuple[str, list[str]]:
        ran = {function: times(self.watch, function, self.day) for function in NIGHTLY}
        wrong = [f"{function} ran at {at}" for function, at in ran.items() if len(at) != 1]
        return ", ".join(clock for at in ran.values() for clock in at), wrong

    def _reminders(self, wrong: list[str]) -> str:
        rows = list(
            Message.objects.filter(kind=MessageKind.REMINDER, appointment__in=self._reminded).values_list(
                "appointment", "created_at", "state"
            )
        )
        seen: dict[int, int] = {}
        for pk, at, state in rows:
            seen[pk] = seen.get(pk, 0) + 1
            late = at - self._reminded[pk]
            if state != "sent" or (not self.night.has_back and not timedelta(0) <= late <= REMINDED_WITHIN):
                wrong.append(f"reminder of {pk}: {state}, {late} after it was due")
        missing = [pk for pk in self._reminded if seen.get(pk, 0) != 1]
        wrong.extend(f"{seen.get(pk, 0)} reminders of {pk}" for pk in missing)
        quiet = Message.objects.filter(kind=MessageKind.REMINDER, appointment__in=self._quiet).count()
        if quiet:
            wrong.append(f"{quiet} reminders in the quiet hours")
        return f"{len(rows)} of {len(self._reminded)}"


def findings(clock: Clock) -> list[str]:
    """What the integrity checks find, of everybody."""
    command = clock.command("manage.py", "check_integrity", "--format", "json")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    return [f"{each['check']}: {each['message']}" for each in told["findings"]]


def _half_past_two(day: date, fold: int) -> datetime:
    """As PEP 495 says; normalised, so that an hour that was skipped shows another."""
    local = datetime(day.year, day.month, day.day, 2, 30, fold=fold, tzinfo=BERLIN)
    return datetime.fromtimestamp(local.timestamp(), tz=BERLIN)
