"""Linking old calls to the appointments they were about: ``repair`` (contract §5, ``link_calls``)."""

from collections.abc import Callable, Iterator, Sequence

from django.db.models import Q, QuerySet

from appointments.models import Company
from calls.linking.candidates import BOOKS, BY_STATUS, candidates
from calls.linking.judging import Judged, Verdict, judge
from calls.models import CallAppointment, FunctionCall

CHUNK = 1000

Progress = Callable[[int, int], None]


def _silent(done: int, total: int) -> None:
    """Nobody wants to know how far it is."""


def repair(*, company: Company | None, dry_run: bool, progress: Progress = _silent) -> Iterator[Judged]:
    """Links what is not linked yet, and gives what it did or would not do. Repeating it links nothing.

    Six queries for every thousand function calls, whatever they say.
    """
    asked = _about_appointments(company)
    total = asked.count()
    done, last = 0, 0
    while True:
        chunk = list(asked.filter(pk__gt=last).order_by("pk")[:CHUNK])
        if not chunk:
            return
        judged = judge(list(candidates(chunk)))
        if not dry_run:
            _store(judged)
        yield from judged
        done, last = done + len(chunk), chunk[-1].pk
        progress(done, total)


def judge_asked(ids: Sequence[int]) -> list[Judged]:
    """What these function calls say, as :func:`repair` would; nothing is stored."""
    related = ("call__customer", "call__company", "call__branch__company")
    asked = FunctionCall.objects.filter(pk__in=ids).select_related(*related)
    return judge(list(candidates(list(asked.order_by("pk")))))


def link(judged: Sequence[Judged]) -> None:
    """Those of the verdict ``LINKED``. Linking twice changes nothing."""
    _store(judged)


def _about_appointments(company: Company | None) -> QuerySet[FunctionCall]:
    about = FunctionCall.objects.filter(Q(status__in=BY_STATUS) | Q(name__in=BOOKS))
    if company is not None:
        about = about.filter(call__company=company)
    return about.select_related("call__customer", "call__branch__company")


def _store(judged: Sequence[Judged]) -> None:
    """The database refuses a link across companies, should we have missed one (incident G3)."""
    links = [
        CallAppointment(
            company_id=each.call.company_id,
            call=each.call,
            appointment_id=each.appointment_id,
            relationship=each.relationship,
            created_at=each.at,
        )
        for each in judged
        if each.verdict is Verdict.LINKED
    ]
    CallAppointment.objects.bulk_create(links, ignore_conflicts=True)


__all__ = ["CHUNK", "Judged", "Verdict", "judge_asked", "link", "repair"]
