"""The salon's stylists and services as a foreign file names them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from django.utils.translation import gettext as _

from appointments.importing.problems import ImportFileError, RowError
from appointments.models import Branch, Company, Service, ServicePhase, Staff, StaffServicePhases
from appointments.rules.phases import Phase, Plan

LONGEST_NAME = 200
M = TypeVar("M", Staff, Service)


def fold(name: str) -> str:
    """Case and spaces do not matter; everything else does."""
    return " ".join(name.casefold().split())


def branch_for_new_staff(company: Company, name: str | None) -> Branch:
    """Where stylists work whom only the file knows. Raises ``ImportFileError``."""
    branches = list(company.branches.filter(active=True).order_by("pk"))
    chosen = [branch for branch in branches if name is None or fold(branch.name) == fold(name)]
    if len(chosen) == 1:
        return chosen[0]
    if name is not None:
        raise ImportFileError(_("There is no branch “%(name)s”.") % {"name": name})
    raise ImportFileError(_("Which branch do new stylists work in? Please name it in the mapping."))


class Catalogue:
    """``staff_words``, ``service_words``: what the mapping says for a word of the file.

    ``makes``: kinds that are created if they are missing, inactive: who knows whether they still work
    here? ``branch``: where new stylists work. ``stores``: False in a trial run, where what is made is not
    saved.
    """

    def __init__(
        self,
        company: Company,
        *,
        staff_words: Mapping[str, str],
        service_words: Mapping[str, str],
        makes: Collection[str],
        branch: Branch | None,
        stores: bool,
    ) -> None:
        self.company, self.branch = company, branch
        self.makes, self.stores = makes, stores
        self._made: list[Staff | Service] = []
        people = list(company.staff.select_related("branch__company").order_by("pk"))
        self._staff = _by_word(people, _names_of_staff)
        services = list(company.services.prefetch_related("phases").order_by("pk"))
        self._services = _by_word(services, lambda service: service.synonyms)
        self._staff_words = {fold(word): name for word, name in staff_words.items()}
        self._service_words = {fold(word): name for word, name in service_words.items()}
        own = StaffServicePhases.objects.filter(company=company)
        self._own_minutes = {(each.staff_id, each.service_id): each.minutes for each in own}
        self._plans: dict[tuple[object, ...], Plan] = {}

    def staff(self, word: str) -> Staff:
        """Raises ``RowError``."""
        if not word:
            raise RowError("staff_missing", _("No stylist is named."))
        name = self._staff_words.get(fold(word), word)
        found = self._staff.get(fold(name))
        if found is None and "staff" not in self.makes:
            raise RowError("staff_unknown", _("The stylist “%(name)s” is not known.") % {"name": name})
        return found or self._make_staff(_insist_on_length(name))

    def service(self, word: str, minutes: int) -> Service:
        """``minutes``: how long a new one takes. Raises ``RowError``."""
        if not word:
            raise RowError("service_missing", _("No service is named."))
        name = self._service_words.get(fold(word), word)
        found = self._services.get(fold(name))
        if found is None and "services" not in self.makes:
            raise RowError("service_unknown", _("The service “%(name)s” is not known.") % {"name": name})
        return found or self._make_service(_insist_on_length(name), minutes)

    def take_made(self) -> list[Staff | Service]:
        """What was made since this was asked last."""
        made, self._made = self._made, []
        return made

    def plan(self, staff: Staff, service: Service, minutes: int | None) -> Plan:
        """As the service is done here if it is as long as it was booked, else one piece of that length.

        Without buffers: what was booked back to back in the old system was meant so.
        """
        key = (staff.pk or staff.name, service.pk or service.name, minutes)
        if key not in self._plans:
            self._plans[key] = self._plan(staff, service, minutes)
        return self._plans[key]

    def _plan(self, staff: Staff, service: Service, minutes: int | None) -> Plan:
        if service._state.adding:  # in a trial run
            return Plan((Phase("", minutes or 1),))
        own = self._own_minutes.get((staff.pk, service.pk))
        plan = service.plan(staff.branch, own)
        if minutes is not None and plan.minutes != minutes:
            return Plan((Phase("", minutes),))
        if not plan.stretches():
            raise RowError(
                "service_without_time",
                _("How long “%(name)s” takes is not known.") % {"name": service.name},
            )
        return Plan(plan.phases, blocks_span=plan.blocks_span)

    def _make_staff(self, name: str) -> Staff:
        staff = Staff(company=self.company, branch=self.branch, name=name, active=False)
        if self.stores:
            staff.save()
        self._staff[fold(name)] = staff
        self._made.append(staff)
        return staff

    def _make_service(self, name: str, minutes: int) -> Service:
        service = Service(company=self.company, name=name, active=False)
        if self.stores:
            service.save()
            ServicePhase(service=service, position=1, minutes=minutes).save()
        self._services[fold(name)] = service
        self._made.append(service)
        return service


def _insist_on_length(name: str) -> str:
    if len(name) > LONGEST_NAME:
        raise RowError("name_too_long", _("A name of more than 200 characters is none."))
    return name


def _names_of_staff(staff: Staff) -> list[str]:
    return [*staff.nicknames, staff.first_name]


def _by_word(rows: Sequence[M], others: Callable[[M], Iterable[str]]) -> dict[str, M]:
    """By name, and by what else they are called where that means one of them only."""
    words = [(fold(word), row) for row in rows for word in {fold(word) for word in others(row)}]
    often = Counter(word for word, _row in words)
    by_word = {word: row for word, row in words if often[word] == 1}
    return by_word | {fold(row.name): row for row in rows}
