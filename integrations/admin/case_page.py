"""What the page of a case shows of both sides, and what it offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appointments.audit import Channel
from appointments.models import Appointment
from appointments.phones import display_phone
from integrations.admin.names import Names
from integrations.admin.standing import Standing, standing_of
from integrations.admin.words import moment, period
from integrations.convergence.sentences import error_sentence
from integrations.models import CalendarCase, CaseKind, Solution
from integrations.resolving import Way, calendar_place, ways_of
from integrations.resolving.moving import case_period

RELATED = (
    "company",
    "solved_by",
    *(
        f"{side}__{name}"
        for side in ("appointment", "other")
        for name in ("branch__company", "staff", "service", "customer")
    ),
)
Text = str | Promise
LABELS: Mapping[Way, Text] = {
    Way.TRY_AGAIN: _("Try again"),
    Way.TAKE_OVER: _("Take over Cal.com's time"),
    Way.PROMOTE: _("Give it this time"),
    Way.KEEP: _("Keep without calendar entry"),
    Way.MOVE: _("Move to a free time"),
    Way.CANCEL: _("Cancel and call the customer"),
    Way.DISMISS: _("Nothing to be done"),
}
LABELS_OF: Mapping[tuple[str, Way], Text] = {
    (CaseKind.MOVED, Way.TRY_AGAIN): _("Move back at Cal.com"),
    (CaseKind.CANCELLED, Way.TRY_AGAIN): _("Enter again at Cal.com"),
    (CaseKind.MISSING, Way.TRY_AGAIN): _("Enter again at Cal.com"),
    (CaseKind.OVERLAP, Way.TRY_AGAIN): _("Look again"),
    (CaseKind.UNKNOWN_HOST, Way.TRY_AGAIN): _("Look again"),
}
MEANINGS: Mapping[Way, Text] = {
    Way.TRY_AGAIN: _("The promised time is to stand in the calendar. Cal.com is asked at once."),
    Way.TAKE_OVER: _("The appointment is moved to where it stands at Cal.com, if that is free here."),
    Way.PROMOTE: _("If the time is free by now, the booking from Cal.com becomes an appointment."),
    Way.KEEP: _("The appointment stays as it was promised; what stands of it at Cal.com is taken out."),
    Way.MOVE: _("Choose from free times nearby. Please agree on it with the customer."),
    Way.CANCEL: _("The appointment is cancelled here and at Cal.com. Please call the customer."),
    Way.DISMISS: _("The case is closed, nothing else is changed."),
}
MEANINGS_OF: Mapping[tuple[str, Way], Text] = {
    (CaseKind.OVERLAP, Way.TRY_AGAIN): _("Whether the other booking still stands at Cal.com."),
    (CaseKind.UNKNOWN_HOST, Way.TRY_AGAIN): _("Once the calendar is assigned, the booking is taken over."),
}


@dataclass(frozen=True, slots=True)
class Offer:
    way: Way
    label: Text
    meaning: Text
    needs_confirmation: bool


@dataclass(frozen=True, slots=True)
class Side:
    """An appointment as the salon has it. ``call_id``: of the call by which it was booked."""

    appointment: Appointment
    time: str
    phones: Sequence[tuple[str, str]]
    booked: str
    booked_by: str
    call_id: str


@dataclass(frozen=True, slots=True)
class CasePage:
    case: CalendarCase
    ours: Side | None
    other: Side | None
    facts: Sequence[tuple[Text, str]]
    error: str
    standing: Standing | None
    offers: Sequence[Offer]
    opened: str
    solved: str

    @property
    def customer_to_call(self) -> Side | None:
        return self.ours if self.case.solution == Solution.CANCEL else None

    @property
    def is_about_mapping(self) -> bool:
        kinds = (CaseKind.UNMAPPED, CaseKind.UNKNOWN_EVENT_TYPE, CaseKind.UNKNOWN_HOST)
        return self.case.is_open and self.case.kind in kinds


def case_page(case: CalendarCase, *, now: datetime) -> CasePage:
    """``case`` with ``RELATED``. A constant number of queries."""
    zone = case.appointment.branch.zone if case.appointment else case.company.zone
    return CasePage(
        case=case,
        ours=_side(case.appointment, zone) if case.appointment else None,
        other=_side(case.other, zone) if case.other else None,
        facts=[(label, text) for label, text in _facts(case, zone) if text],
        error=error_sentence(str(case.facts.get("code") or ""), str(case.facts.get("detail") or "")),
        standing=standing_of(case.appointment) if case.appointment else None,
        offers=[_offer(case, way) for way in _possible(case, now)],
        opened=moment(case.opened_at, zone),
        solved=moment(case.solved_at, zone),
    )


def _possible(case: CalendarCase, now: datetime) -> Sequence[Way]:
    ways = ways_of(case, now=now)
    if Way.TAKE_OVER in ways and calendar_place(case) is None:
        return [way for way in ways if way is not Way.TAKE_OVER]
    return ways


def _offer(case: CalendarCase, way: Way) -> Offer:
    key = (case.kind, way)
    return Offer(
        way,
        LABELS_OF.get(key, LABELS[way]),
        MEANINGS_OF.get(key, MEANINGS[way]),
        needs_confirmation=way in {Way.CANCEL, Way.KEEP, Way.TAKE_OVER},
    )


def _side(appointment: Appointment, zone: ZoneInfo) -> Side:
    made: Any = appointment.history.order_by("history_id").first()
    channel = Channel(made.channel) if made else None
    customer = appointment.customer
    numbers = [customer.phone if customer else None, appointment.contact_phone]
    return Side(
        appointment=appointment,
        time=period(appointment.starts_at, appointment.ends_at, zone),
        phones=[(number, display_phone(number)) for number in dict.fromkeys(numbers) if number],
        booked=moment(appointment.created_at, zone),
        booked_by=_made_by(channel, made.actor if made else ""),
        call_id=made.actor if channel is Channel.PHONE else "",
    )


def _made_by(channel: Channel | None, actor: str) -> str:
    label = str(channel.label) if channel else "–"
    is_a_name = channel not in {Channel.PHONE, Channel.CALENDAR}
    return f"{label} ({actor})" if actor and is_a_name else label


def _facts(case: CalendarCase, zone: ZoneInfo) -> list[tuple[Text, str]]:
    facts = case.facts
    names = Names.of(case.company_id, hosts=[facts.get("host")], event_types=[facts.get("event_type")])
    start, end = case_period(case)
    return [
        (_("time"), period(start, end, zone) if start and end else ""),
        (_("stylist at Cal.com"), names.host(facts.get("host")) if facts.get("host") else ""),
        (_("event type"), names.event_type(facts.get("event_type")) if facts.get("event_type") else ""),
        (_("title"), str(facts.get("title") or "")),
        (_("booked by"), str(facts.get("attendee") or "")),
        (_("uid"), case.uid or str(facts.get("uid") or "")),
    ]
