"""What the phone holds about a person, and how long it is kept.

A call is theirs if it was recognised as theirs, or came from one of their numbers and was nobody's. One of
somebody else's that was about their appointments loses what was said in it, and stays the other's.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from appointments.models import Company, Reservation
from appointments.privacy import Holding, Part, Person, hold, register
from appointments.privacy.holdings import empty
from appointments.privacy.parts import Table, table_of
from calls.models import (
    Call,
    CallAppointment,
    Callback,
    CallClaim,
    CallEvent,
    CallEventOutcome,
    FunctionCall,
    Offer,
    Transcript,
)
from calls.models.call import HOLDER
from calls.models.callback import CallbackState
from calls.purging import empty_details


def register_all() -> None:
    register(
        Part(
            name="calls",
            tables=_tables(),
            erase=_erase,
            outside_ids=_outside_ids,
            erase_again=_erase_again,
        )
    )
    hold(*_holdings())


def own_calls(person: Person) -> "QuerySet[Call]":
    of_numbers = Q(customer=None, caller__in=person.numbers)
    return Call.objects.filter(Q(customer__in=person.customers) | of_numbers, company=person.company)


def calls_about(person: Person) -> "QuerySet[Call]":
    """Theirs, and those of others about their appointments."""
    links = CallAppointment.objects.filter(appointment__in=person.appointments)
    return Call.objects.filter(Q(pk__in=own_calls(person)) | Q(pk__in=links.values("call")))


def callbacks_of(person: Person) -> "QuerySet[Callback]":
    of_numbers = Q(customer=None, phone__in=person.numbers)
    of_appointments = Q(appointment__in=person.appointments)
    theirs = Q(customer__in=person.customers) | of_numbers | of_appointments | Q(call__in=own_calls(person))
    return Callback.objects.filter(theirs, company=person.company)


def holds_of(calls: "QuerySet[Call]") -> "QuerySet[Reservation]":
    return Reservation.objects.filter(
        holder__in=[f"{HOLDER}{each}" for each in calls.values_list("call_id", flat=True)]
    )


def _tables() -> tuple[Table, ...]:
    call = {"call__call_id": _("call")}
    return (
        table_of(
            Call,
            *(
                "call_id",
                "direction",
                "caller",
                "started_at",
                "ended_at",
                "duration_ms",
                "disconnection_reason",
            ),
            *("summary", "sentiment"),
            rows=own_calls,
        ),
        table_of(
            Transcript,
            "segments",
            rows=lambda person: Transcript.objects.filter(call__in=own_calls(person)),
            more=call,
        ),
        table_of(
            FunctionCall,
            *("created_at", "name", "args", "reply", "status", "unknown_args"),
            rows=lambda person: FunctionCall.objects.filter(call__in=own_calls(person)),
            more=call,
        ),
        table_of(
            Offer,
            *("starts_at", "ends_at"),
            rows=lambda person: Offer.objects.filter(call__in=own_calls(person)),
            more={**call, "service__name": _("service"), "staff__name": _("stylist")},
        ),
        table_of(
            CallAppointment,
            *("appointment", "relationship", "created_at"),
            rows=lambda person: CallAppointment.objects.filter(call__in=own_calls(person)),
            more=call,
        ),
        table_of(
            CallClaim,
            *("kind", "line"),
            rows=lambda person: CallClaim.objects.filter(call__in=own_calls(person)),
            more=call,
        ),
        table_of(
            Callback,
            *("name", "phone", "matter", "reason", "created_at", "due_at", "state", "done_at"),
            rows=callbacks_of,
        ),
        table_of(
            Reservation,
            *("person", "starts_at", "ends_at", "state", "created_at"),
            key="reservations_of_calls",
            title=_("Times held during calls"),
            rows=lambda person: holds_of(own_calls(person)),
            more={"service__name": _("service"), "staff__name": _("stylist")},
        ),
        table_of(
            CallEvent,
            *("event", "call_id", "body", "received_at"),
            rows=lambda person: CallEvent.objects.filter(call_id__in=own_calls(person).values("call_id")),
        ),
    )


def _erase(person: Person, now: datetime) -> Mapping[str, int]:
    about = list(calls_about(person).values_list("pk", flat=True))
    callbacks = callbacks_of(person).delete()[0]
    # Before the content goes: afterwards nothing says whose they were.
    own = own_calls(person).update(caller=None, customer=None)
    forget_said(Call.objects.filter(pk__in=about), now=now)
    # What waits to be processed may be about a call to another company.
    over = CallEvent.objects.exclude(outcome=CallEventOutcome.NEW).exclude(body={})
    events = person.mentioned(over, "body").update(body={})
    return {"calls": own, "callbacks": callbacks, "call_events": events}


def forget_said(calls: "QuerySet[Call]", *, now: datetime) -> None:
    """Whatever was said and asked in them, for good: a message that comes late fills nothing again."""
    holds_of(calls).exclude(person="").update(person="")
    Transcript.objects.bulk_create(
        (Transcript(call=call, segments=[], purged_at=now) for call in calls),
        update_conflicts=True,
        unique_fields=["call"],
        update_fields=["segments", "purged_at"],
    )
    asked = FunctionCall.objects.filter(call__in=calls)
    empty_details(asked, now)
    asked.update(args_digest="", unknown_args=[])
    CallEvent.objects.filter(call_id__in=calls.values("call_id")).update(body={})
    calls.update(summary="")


def _outside_ids(person: Person) -> Sequence[str]:
    return list(own_calls(person).order_by("pk").values_list("call_id", flat=True))


def _erase_again(company: Company, call_ids: Sequence[str], now: datetime) -> None:
    """Calls that stood in a backup from before the caller was a customer."""
    calls = Call.objects.filter(company=company, call_id__in=call_ids)
    calls.update(caller=None, customer=None)
    forget_said(calls, now=now)


def _holdings() -> tuple[Holding, ...]:
    return (
        Holding(
            key="transcripts",
            title=_("Transcripts and summaries of calls"),
            rows=lambda: Transcript.objects.filter(purged_at=None),
            at="call__started_at",
            company="call__company",
            days="transcript_days",
            by="forget what was said in calls",
        ),
        Holding(
            key="function_calls",
            title=_("Details of function calls"),
            rows=lambda: FunctionCall.objects.filter(forgotten_at=None),
            at="created_at",
            company="call__company",
            days="call_details_days",
            by="forget what was said in calls",
        ),
        Holding(
            key="callers",
            title=_("Numbers of callers who are no customers"),
            rows=lambda: Call.objects.filter(customer=None, caller__isnull=False),
            at="started_at",
            days="call_details_days",
            forget=empty(caller=None),
        ),
        Holding(
            key="calls",
            title=_("Calls: when, how long, what became of them"),
            rows=Call.objects.all,
            at="started_at",
            until=_("for good; without the person once they are erased"),
        ),
        Holding(
            key="callbacks",
            title=_("Callbacks, done: name, number, what about"),
            rows=lambda: Callback.objects.filter(state=CallbackState.DONE).exclude(
                name="", phone=None, reason=""
            ),
            at="done_at",
            days="call_details_days",
            forget=empty(name="", phone=None, reason=""),
        ),
        Holding(
            key="call_events",
            title=_("Messages of the voice platform about calls"),
            rows=CallEvent.objects.all,
            at="received_at",
            company=None,
            days=30,
            by="purge messages about calls",
        ),
    )
