"""A case is decided once, whoever comes at the same time."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments import booking
from appointments.audit import Channel, acting
from appointments.models import Appointment
from integrations.cases import solved_by_itself
from integrations.models import CalendarCase, CaseKind, Solution
from integrations.resolving.ways import Way, ways_of

RELATED = ("company", "branch__company", "staff__branch__company", "service", "customer")


class ResolvingError(Exception):
    """``str()`` is a sentence for staff."""


class AlreadySolved(ResolvingError):
    def __str__(self) -> str:
        return str(_("Somebody else has already solved this case, or it has solved itself."))


class NotPossible(ResolvingError):
    """The case does not allow this way out, or does not any more."""

    def __str__(self) -> str:
        return str(self.args[0] if self.args else _("This way out does not fit the case any more."))


def insist_on(case: CalendarCase, way: Way, *, now: datetime) -> None:
    """Raises ``AlreadySolved`` or ``NotPossible``."""
    insist_on_open(case)
    if way not in ways_of(case, now=now):
        raise NotPossible


def insist_on_open(case: CalendarCase) -> None:
    if not CalendarCase.objects.filter(pk=case.pk, solved_at=None).exists():
        raise AlreadySolved


def appointment_of(case: CalendarCase) -> Appointment:
    """As it is now. Raises ``NotPossible`` for a case without one."""
    if case.appointment_id is None:
        raise NotPossible
    rows = Appointment.objects.select_related(*RELATED).prefetch_related("phases")
    return rows.get(pk=case.appointment_id)


@contextmanager
def deciding(
    case: CalendarCase,
    solution: Solution,
    *,
    user: AbstractBaseUser,
    now: datetime,
    ends: Collection[CaseKind] = (),
) -> Iterator[None]:
    """What is done within is done together with solving the case, or not at all.

    ``ends``: kinds of other cases of the same appointment that are over with it. The case comes last,
    as in the writer's hooks: whoever took its lock before the ledger's would wait for them in a circle.
    Raises ``AlreadySolved`` for the second of two people.
    """
    try:
        with transaction.atomic(), acting(Channel.STAFF, user.get_username()):
            yield
            _close(case, solution, user, now)
            if case.appointment is not None and ends:
                solved_by_itself(case.appointment, ends, now=now)
    except booking.BookingError:
        insist_on_open(case)  # it is refused because the first has just done it: say that
        raise


def _close(case: CalendarCase, solution: Solution, user: AbstractBaseUser, now: datetime) -> None:
    """What a hook has closed within this very transaction, at this ``now``, was our doing too."""
    ours = Q(solved_at=None) | Q(solution=Solution.ITSELF, solved_at=now)
    if not CalendarCase.objects.filter(ours, pk=case.pk).update(
        solved_at=now, solution=solution, solved_by=user
    ):
        raise AlreadySolved
