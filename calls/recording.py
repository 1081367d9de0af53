"""The row of a call: made by whatever message comes first, completed by all others, in any order.

Who may write what (incidents G4, G13, G14, J15, J16):

* call id, company, branch, direction: the first message, and nobody after it.
* agent and caller: whoever knows them first; the caller not once the call was forgotten. As soon as the
  caller's number is known the customer is recognised by it, once; what a conversation has found out later
  stays.
* start, end, duration, reason, cost: the platform's, over what we have noted meanwhile; of two ends,
  durations or costs the greater one, so that no order of messages gives another row.
* ended stays ended.
* summary, sentiment, success: the platform's opinion, kept as such.
* the transcript: the longest one, unless it has been forgotten; then no summary of it either.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from appointments.models import Branch
from calls.call_facts import CallFacts
from calls.models import Call, CallStatus, Transcript
from calls.models.call import Direction
from calls.recognition import customer_of

# What a call is said to have ended with if nobody has told us.
STUCK = "stuck"
GREATEST = ("ended_at", "duration_ms", "cost_cents")
LATEST = ("sentiment", "vendor_success")


class OtherCompany(Exception):
    """The call is known, and under a number of another company (invariant I8). ``str()`` names both."""


def lock_of(call_id: str) -> str:
    """The name under which messages of this call wait for each other."""
    return f"call:{call_id}"


def record_call(facts: CallFacts, branch: Branch, *, now: datetime) -> tuple[Call, bool]:
    """The row of this call, with what ``facts`` add to it; whether it is new. Raises ``OtherCompany``.

    Look, then insert: only under ``one_at_a_time`` of :func:`lock_of` (decision 0003).
    """
    call = Call.objects.select_related("customer").filter(call_id=facts.call_id).first()
    if call is None:
        return _new_call(facts, branch, now), True
    if call.company_id != branch.company_id:
        raise OtherCompany(f"call of company {call.company_id}, number of company {branch.company_id}")
    if call.branch_id == branch.pk:
        call.branch = branch  # known already, with its company
    _complete(call, facts)
    return call, False


def record_transcript(call: Call, facts: CallFacts) -> bool:
    """Whether a transcript was stored: one that says more than what is there."""
    if not facts.segments:
        return False
    segments = [each.as_json() for each in facts.segments]
    with transaction.atomic():
        transcript, is_new = Transcript.objects.select_for_update().get_or_create(
            call=call, defaults={"segments": segments}
        )
        if is_new:
            return True
        if transcript.purged_at is not None or len(segments) <= len(transcript.segments):
            return False
        transcript.segments = segments
        transcript.save(update_fields=["segments"])
    return True


def _new_call(facts: CallFacts, branch: Branch, now: datetime) -> Call:
    customer = customer_of(branch.company, facts.caller)
    call = Call(
        company_id=branch.company_id,
        branch=branch,
        customer=customer,
        call_id=facts.call_id,
        agent_id=facts.agent_id,
        caller=facts.caller,
        direction=Direction.OUTBOUND if facts.is_outbound else Direction.INBOUND,
        started_at=facts.started_at or now,
    )
    for field, value in _news(call, facts):
        setattr(call, field, value)
    call.save(force_insert=True)
    return call


def _complete(call: Call, facts: CallFacts) -> None:
    news = dict(_news(call, facts))
    if not news:
        return
    for field, value in news.items():
        setattr(call, field, value)
    call.save(update_fields=list(news))


def _news(call: Call, facts: CallFacts) -> Iterator[tuple[str, Any]]:
    """The fields that ``facts`` know better than the row."""
    yield from _parties(call, facts)
    if facts.started_at is not None and facts.started_at != call.started_at:
        yield "started_at", facts.started_at
    if facts.has_ended and not call.has_ended:
        yield "status", CallStatus.ENDED
    if facts.disconnection_reason and call.disconnection_reason in {"", STUCK}:
        yield "disconnection_reason", facts.disconnection_reason
    for field in GREATEST:
        said, known = getattr(facts, field), getattr(call, field)
        if said is not None and (known is None or said > known or _is_guess(call, field)):
            yield field, said
    for field in LATEST:
        said = getattr(facts, field)
        if said not in {"", None} and said != getattr(call, field):
            yield field, said
    if facts.summary and facts.summary != call.summary and not _is_forgotten(call):
        yield "summary", facts.summary


def _parties(call: Call, facts: CallFacts) -> Iterator[tuple[str, Any]]:
    if facts.agent_id and not call.agent_id:
        yield "agent_id", facts.agent_id
    if facts.caller and not call.caller and not _is_forgotten(call):
        yield "caller", facts.caller
        if call.customer_id is None:
            yield "customer", customer_of(call.branch.company, facts.caller)


def _is_forgotten(call: Call) -> bool:
    return Transcript.objects.filter(call=call.pk).exclude(purged_at=None).exists()


def _is_guess(call: Call, field: str) -> bool:
    """The end of a call that was closed because nobody had told us of one."""
    return field == "ended_at" and call.disconnection_reason == STUCK


def close_stuck(call: Call, *, now: datetime) -> bool:
    """Ends a call of whose end nothing is known (incident G12); whether it was still running."""
    facts: Mapping[str, Any] = {
        "status": CallStatus.ENDED,
        "ended_at": now,
        "disconnection_reason": STUCK,
    }
    return bool(Call.objects.filter(pk=call.pk, status=CallStatus.ONGOING).update(**facts))
