"""Three people on the demo salon's waitlist, so that the page has something to show."""

from datetime import datetime, timedelta

from appointments import waitlist
from appointments.models import Branch, Customer, Service, Staff, WaitlistEntry

DAY = timedelta(days=1)
AFTERNOON = {"from_minute": 14 * 60, "until_minute": 18 * 60}
# Service, stylist, first and last day from today, times, note.
WISHES: tuple[tuple[str, str, int, int, dict[str, int], str], ...] = (
    ("Dauerwelle", "Emma Keller", 1, 9, AFTERNOON, "am liebsten nach der Arbeit"),
    ("Damenhaarschnitt", "", 0, 4, {}, ""),
    ("Ansatzfärbung", "Mara Vogt", 2, 20, {"until_minute": 12 * 60}, "kommt mit dem Bus aus Bernau"),
)


def seed_waitlist(branch: Branch, *, now: datetime) -> int:
    """How many were entered; they are customers already."""
    today = now.astimezone(branch.zone).date()
    services = {service.name: service for service in Service.objects.filter(company=branch.company)}
    people = {person.name: person for person in Staff.objects.filter(branch=branch)}
    customers = Customer.objects.filter(company=branch.company).order_by("phone", "pk")
    made = 0
    for (service, staff, first, last, times, note), customer in zip(WISHES, customers, strict=False):
        entry = WaitlistEntry(
            company=branch.company,
            branch=branch,
            customer=customer,
            service=services[service],
            staff=people.get(staff),
            first_day=today + first * DAY,
            last_day=today + last * DAY,
            note=note,
            **times,
        )
        waitlist.add(entry, by=None, now=now - (len(WISHES) - made) * DAY)
        made += 1
    return made
