"""Cal.com's numbers as the salon's names. Two queries, however many numbers there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from integrations.models import CalendarEventType, CalendarHost


@dataclass(frozen=True, slots=True)
class Names:
    hosts: dict[int, str]
    event_types: dict[int, str]

    @classmethod
    def of(cls, company_id: int, *, hosts: Iterable[object], event_types: Iterable[object]) -> Self:
        """What is no number in ``hosts`` or ``event_types`` has no name."""
        people = CalendarHost.objects.filter(company=company_id, calcom_user_id__in=_numbers(hosts))
        kinds = CalendarEventType.objects.filter(company=company_id, event_type_id__in=_numbers(event_types))
        return cls(
            dict(people.values_list("calcom_user_id", "staff__name")),
            dict(kinds.values_list("event_type_id", "service__name")),
        )

    def host(self, number: object) -> str:
        if not isinstance(number, int):
            return "–"
        return self.hosts.get(number) or _("unknown user %(number)s") % {"number": number}

    def event_type(self, number: object) -> str:
        if not isinstance(number, int):
            return "–"
        facts = {"number": number, "service": self.event_types.get(number)}
        known = _("%(service)s (%(number)s)") if facts["service"] else _("unknown event type %(number)s")
        return known % facts


def _numbers(values: Iterable[object]) -> set[int]:
    return {value for value in values if isinstance(value, int)}
