"""The facts for several services of one branch at once: eleven queries, however many there are."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from appointments.availability.request import Request
from appointments.availability.snapshot import Able, Snapshot, assemble, with_phases
from appointments.models import Policy, Staff, StaffServicePhases, StaffSkill

Pair = tuple[int, int]


def load_several(requests: Sequence[Request], first: date, last: date) -> list[Snapshot]:
    """What ``load`` would give for each, in their order. They are of one branch, ask at one instant, leave
    the same bookings aside, and each is about a service of its own.
    """
    if not requests:
        return []
    with_phases({request.service.pk: request.service for request in requests}.values())
    skills = _Skills(requests[0], [request.service.pk for request in requests])
    return assemble([(request, skills.able(request)) for request in requests], first, last)


class _Skills:
    """Who offers what, in how many minutes and at what notice. Four queries."""

    def __init__(self, request: Request, services: Sequence[int]) -> None:
        self._people: list[Staff] = list(request.branch.staff.active().order_by("pk"))
        mine: Any = {"staff__in": [person.pk for person in self._people]}
        known = StaffSkill.objects.filter(**mine, service__in=services)
        self._known: set[Pair] = set(known.values_list("staff_id", "service_id"))
        own = StaffServicePhases.objects.filter(**mine, service__in=services)
        self._minutes: dict[Pair, Sequence[int]] = {
            (staff, service): minutes
            for staff, service, minutes in own.values_list("staff_id", "service_id", "minutes")
        }
        rules = Policy.objects.filter(**mine) | Policy.objects.filter(service__in=services)
        rows = list(rules.values_list("staff_id", "service_id", "minimum_notice_minutes"))
        self._notice = {("staff", staff): notice for staff, _service, notice in rows if staff}
        self._notice |= {("service", service): notice for _staff, service, notice in rows if service}

    def able(self, request: Request) -> list[Able]:
        return [
            Able(person, self._minutes.get((person.pk, request.service.pk)), self._notice_of(request, person))
            for person in self._people
            if self._is_meant(request, person)
            and (person.offers_all_services or (person.pk, request.service.pk) in self._known)
        ]

    def _notice_of(self, request: Request, person: Staff) -> int | None:
        own = self._notice.get(("staff", person.pk))
        return self._notice.get(("service", request.service.pk)) if own is None else own

    @staticmethod
    def _is_meant(request: Request, person: Staff) -> bool:
        if request.staff is not None:
            return person.pk == request.staff.pk
        return person.pk not in request.excluded_staff
