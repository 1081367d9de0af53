"""Free times as choices of a form."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from appointments.models import Staff
from integrations.admin.words import moment
from integrations.models import CalendarCase
from integrations.resolving import Compared, NotPossible, move, proposals


@dataclass(frozen=True, slots=True)
class Choice:
    start: datetime
    staff: Staff

    @classmethod
    def read(cls, value: str, case: CalendarCase) -> Self | None:
        """What :attr:`value` gave; None for anything else, or for staff of another company."""
        number, _separator, text = value.partition("@")
        if not (number.isdecimal() and len(number) < 19):
            return None
        try:
            start = datetime.fromisoformat(text)
        except ValueError:
            return None
        colleagues = Staff.objects.active().filter(company=case.company_id)
        staff = colleagues.select_related("branch__company").filter(pk=int(number)).first()
        return cls(start, staff) if staff is not None and start.tzinfo is not None else None

    @property
    def value(self) -> str:
        return f"{self.staff.pk}@{self.start.isoformat()}"

    @property
    def label(self) -> str:
        return moment(self.start, self.staff.branch.zone)

    def take(self, case: CalendarCase, **facts: Any) -> Compared:
        return move(case, start=self.start, staff=self.staff, **facts)


def choices(case: CalendarCase, *, now: datetime) -> list[Choice]:
    """Over HTTP, see ``proposals``. Raises ``AlreadySolved`` or ``NotPossible``."""
    if case.appointment is None:
        raise NotPossible
    return [Choice(slot.start, slot.staff) for slot in proposals(case, now=now)]
