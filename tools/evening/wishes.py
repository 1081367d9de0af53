"""What people want: popular days, popular times, usual services. Callers and strangers alike."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from appointments.models import Branch, OpeningHours, Service, Staff
from appointments.rules.holidays import holiday_name
from integrations.models import CalendarEventType

SERVICES = {
    "Herrenhaarschnitt": 6,
    "Damenhaarschnitt": 6,
    "Dauerwelle": 3,
    "Ansatzfärbung": 3,
    "Waschen & Föhnen": 2,
    "Kinderhaarschnitt": 2,
    "Balayage/Ombré": 1,
}
CLOCKS = {9: 2, 10: 4, 11: 3, 12: 1, 13: 1, 14: 2, 15: 3, 16: 4, 17: 4, 18: 2}
ANYBODY = 0.4
# The further away a day, the fewer people want it: by this factor from one open day to the next.
PATIENCE = 0.95


class Wishes:
    def __init__(self, branch: Branch, random: Random, *, first: date, days: int) -> None:
        self.random = random
        self.branch = branch
        self.hours = {
            weekday: (opens, closes)
            for weekday, opens, closes in OpeningHours.objects.filter(branch=branch).values_list(
                "weekday", "start_minute", "end_minute"
            )
        }
        self.days = self._open_days(first, days)
        self.services = {one.name: one for one in Service.objects.filter(company=branch.company)}
        # Read once: whoever wishes asks nobody.
        staff = list(Staff.objects.filter(branch=branch).order_by("pk"))
        self.able = {
            name: [one.first_name for one in staff if one.can_do(self.services[name])] for name in SERVICES
        }
        self.pages = self._pages()

    def _open_days(self, first: date, count: int) -> Sequence[date]:
        region, found, day = self.branch.company.holidays, [], first
        while len(found) < count:
            if day.weekday() in self.hours and not holiday_name(day, region):
                found.append(day)
            day += timedelta(days=1)
        return found

    def _pages(self) -> dict[int, float]:
        """Event types that strangers can book as a whole, by how much they are wanted."""
        types = list(CalendarEventType.objects.filter(company=self.branch.company).select_related("service"))
        parts: dict[tuple[int, int], int] = {}
        for one in types:
            key = (one.staff_id, one.service_id)
            parts[key] = parts.get(key, 0) + 1
        return {
            one.event_type_id: SERVICES[one.service.name]
            for one in types
            if parts[one.staff_id, one.service_id] == 1 and one.service.name in SERVICES
        }

    def moment(self) -> datetime:
        """Of a day on which the salon is open, while it is open."""
        weights = [PATIENCE**number for number in range(len(self.days))]
        day = self.random.choices(self.days, weights)[0]
        opens, closes = self.hours[day.weekday()]
        clocks = {hour: weight for hour, weight in CLOCKS.items() if opens <= hour * 60 <= closes - 60}
        hour = self.random.choices(list(clocks), list(clocks.values()))[0]
        minute = self.random.choices([0, 30, 15, 45], [6, 3, 1, 1])[0]
        return datetime.combine(day, time(hour, minute), tzinfo=self.branch.zone)

    def of_stranger(self) -> tuple[int, datetime]:
        """Event type, and about when."""
        return self.random.choices(list(self.pages), list(self.pages.values()))[0], self.moment()

    def of_caller(self) -> dict[str, str]:
        """Arguments of ``check_availability``."""
        name = self.random.choices(list(SERVICES), list(SERVICES.values()))[0]
        moment = self.moment()
        args = {
            "datum": moment.date().isoformat(),
            "uhrzeit": f"{moment:%H:%M}",
            "dienstleistung": name,
        }
        if self.random.random() >= ANYBODY:
            args["mitarbeiter"] = self.random.choice(self.able[name])
        return args
