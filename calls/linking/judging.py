"""Which appointment a call was about, and whether it may be linked (incident 5, G2, G3).

Same customer, same slot, still to come at the time of the call: linked. The slot was past: not.
Another customer's or another company's: refused. Another slot: another appointment, nothing to link.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from appointments.models import Appointment
from appointments.models.appointment import BLOCKING, Status
from calls.linking.candidates import Named, Timed
from calls.models import Call, CallAppointment, FunctionCall, Relationship

# What once took its time; a rejected or conflicting one never was anybody's.
ONCE_PROMISED = (*BLOCKING, Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED)
# From the question to the stored answer, calendars included.
ANSWER_TAKES = timedelta(minutes=10)


class Verdict(StrEnum):
    LINKED = "linked"
    PAST = "past"
    FOREIGN_CUSTOMER = "foreign_customer"
    FOREIGN_COMPANY = "foreign_company"
    GONE = "gone"

    @property
    def is_finding(self) -> bool:
        return self not in {Verdict.LINKED, Verdict.PAST}


@dataclass(frozen=True, slots=True)
class Judged:
    call: Call
    appointment_id: int
    relationship: Relationship
    verdict: Verdict
    at: datetime


def judge(found: Sequence[Named | Timed]) -> list[Judged]:
    """What is not linked yet, each link once. Three queries, whatever is in ``found``."""
    known = _known_links(found)
    by_id = _by_id([each for each in found if isinstance(each, Named)])
    by_time = _by_time([each for each in found if isinstance(each, Timed)])
    judged: dict[tuple[int, int, str], Judged] = {}
    for each in found:
        one = _judge_named(each, by_id) if isinstance(each, Named) else _judge_timed(each, by_time)
        if one is None or _is_linked(one, known):
            continue
        judged.setdefault((one.call.pk, one.appointment_id, one.relationship), one)
    return list(judged.values())


def _known_links(found: Iterable[Named | Timed]) -> Mapping[tuple[int, int], set[str]]:
    links: dict[tuple[int, int], set[str]] = defaultdict(set)
    rows = CallAppointment.objects.filter(call__in={each.asked.call_id for each in found})
    for link in rows.only("call", "appointment", "relationship"):
        links[link.call_id, link.appointment_id].add(link.relationship)
    return links


def _is_linked(one: Judged, known: Mapping[tuple[int, int], set[str]]) -> bool:
    """Whoever booked an appointment and hears of it again in the same call has not asked twice."""
    there = known.get((one.call.pk, one.appointment_id), set())
    asked_again = one.relationship == Relationship.DUPLICATE_ATTEMPT
    return one.relationship in there or (asked_again and bool(there - {Relationship.ENQUIRY}))


def _by_id(found: Sequence[Named]) -> Mapping[int, Appointment]:
    return Appointment.objects.in_bulk({each.appointment_id for each in found}) if found else {}


def _by_time(found: Sequence[Timed]) -> Mapping[tuple[int, datetime], Appointment]:
    """By customer and start; of several the one that was made first."""
    if not found:
        return {}
    rows = Appointment.objects.filter(
        customer__in={each.asked.call.customer_id for each in found},
        starts_at__in={each.start for each in found},
        status__in=ONCE_PROMISED,
    )
    return {(each.customer_id or 0, each.starts_at): each for each in rows.order_by("-created_at", "-pk")}


def _judge_named(found: Named, by_id: Mapping[int, Appointment]) -> Judged | None:
    asked, appointment = found.asked, by_id.get(found.appointment_id)
    if appointment is None:
        verdict = Verdict.GONE
    elif appointment.company_id != asked.call.company_id:
        verdict = Verdict.FOREIGN_COMPANY
    elif not _is_callers(asked, appointment, found.relationship):
        verdict = Verdict.FOREIGN_CUSTOMER
    else:
        start = found.start or appointment.starts_at
        verdict = Verdict.LINKED if start > asked.created_at else Verdict.PAST
    return Judged(asked.call, found.appointment_id, found.relationship, verdict, asked.created_at)


def _is_callers(asked: FunctionCall, appointment: Appointment, relationship: Relationship) -> bool:
    """Without a number nobody is proven: then only what this very call has booked is its own."""
    if asked.call.customer_id is not None:
        return appointment.customer_id == asked.call.customer_id
    return relationship == Relationship.ORIGINAL and _was_made_by(asked, appointment)


def _judge_timed(found: Timed, by_time: Mapping[tuple[int, datetime], Appointment]) -> Judged | None:
    asked = found.asked
    appointment = by_time.get((asked.call.customer_id or 0, found.start))
    if appointment is None or appointment.company_id != asked.call.company_id:
        return None
    if appointment.created_at > asked.created_at + ANSWER_TAKES:
        return None  # it came to be later, in another way
    relationship = (
        Relationship.ORIGINAL if _was_made_by(asked, appointment) else Relationship.DUPLICATE_ATTEMPT
    )
    verdict = Verdict.LINKED if found.start > asked.created_at else Verdict.PAST
    return Judged(asked.call, appointment.pk, relationship, verdict, asked.created_at)


def _was_made_by(asked: FunctionCall, appointment: Appointment) -> bool:
    return asked.call.started_at <= appointment.created_at <= asked.created_at + ANSWER_TAKES
