"""``python -m tools.nights.beforehand <number of the night>``: what a salon has before that night.

Run with the night's clock, so that nothing here knows another time; prints what was made, as JSON.
"""

import json
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta

import django

if __name__ == "__main__":
    django.setup()

from django.utils import timezone
from django_q.models import Schedule

from appointments import booking
from appointments.availability import Request
from appointments.models import Appointment, Branch, Customer, Service, Staff
from appointments.models.appointment import Source
from integrations.messaging.preferences import agree_to_reminders
from integrations.models import Messaging
from tools.nights.plan import BERLIN, NIGHTS, OWN, Night

DAY = timedelta(days=1)


@dataclass
class Made:
    """``booked``: mark in the notes, appointment, start. ``reminded``: when each reminder is due, in Mitte;
    ``quiet``: of whom nobody may be reminded this night, in Nord.
    """

    booked: list[tuple[str, int, str]] = field(default_factory=list)
    reminded: dict[int, str] = field(default_factory=dict)
    quiet: list[int] = field(default_factory=list)


def prepare(night: Night) -> Made:
    for branch in Branch.objects.all():
        Messaging.objects.get_or_create(branch=branch)
    Messaging.objects.filter(branch__name="Mitte").update(quiet_from_minute=0, quiet_until_minute=0)
    _own_schedule(night)
    made = Made()
    for due in reminders_of(night):
        made.reminded[_book(made, "Mitte", due + DAY).pk] = due.isoformat()
        made.quiet.append(_book(made, "Nord", due + DAY).pk)
    for moment in half_past_two(night.day):
        _book(made, "Nord", moment)
    return made


def reminders_of(night: Night) -> list[datetime]:
    """Two in each window, early enough to be written in it; a time that comes twice has them once."""
    windows = [window.begins.astimezone(UTC) for window in night.windows if not window.back]
    return sorted({begins + timedelta(minutes=minutes) for begins in windows for minutes in (0, 5)})


def half_past_two(day: date) -> list[datetime]:
    """Never, once or twice, as that day has it."""
    both = {
        datetime.fromtimestamp(
            datetime(day.year, day.month, day.day, 2, 30, fold=fold, tzinfo=BERLIN).timestamp(), tz=UTC
        )
        for fold in (0, 1)
    }
    return sorted(moment for moment in both if moment.astimezone(BERLIN).hour == 2)


def _own_schedule(night: Night) -> None:
    """A person's own, daily since the day before at half past two, from where django-q2 counts on."""
    before = datetime(night.day.year, night.day.month, night.day.day, 2, 30, tzinfo=BERLIN) - DAY
    row = Schedule(name="a person's own", func=OWN, args="'abc'", schedule_type=Schedule.DAILY)
    row.next_run = row.calculate_next_run(before.astimezone(UTC))
    Schedule.objects.filter(name=row.name).delete()
    row.save()


def _book(made: Made, branch_name: str, start: datetime) -> Appointment:
    branch = Branch.objects.select_related("company").get(name=branch_name)
    staff = Staff.objects.select_related("branch__company").filter(branch=branch).order_by("pk")[0]
    now = timezone.now()
    known_by = f"nora{start:%Y%m%d%H%M}.{branch_name.lower()}"
    customer = Customer.objects.create(
        company=branch.company, name="Nora Lange", email=f"{known_by}@example.com", created_at=now
    )
    agree_to_reminders(customer, agrees=True, now=now)
    request = Request(branch=branch, service=Service.objects.get(), staff=staff, now=now)
    mark = f"chaos-{known_by}"
    visit = booking.Visit(source=Source.STAFF, customer=customer, notes=mark)
    appointment = booking.book(request, start=start, visit=visit)
    made.booked.append((mark, appointment.pk, start.isoformat()))
    return appointment


if __name__ == "__main__":
    print(json.dumps(asdict(prepare(NIGHTS[int(sys.argv[1])]))))
