"""Comparing what the agent of a call claimed with what its functions had answered."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from calls.claims import Answered, Contradiction, Line, contradictions
from calls.models import Call, CallClaim, FunctionCall, Transcript
from calls.segments import Segment
from integrations import metrics

Talk = Sequence[Line | Answered]


@transaction.atomic
def compare_claims(call: Call) -> int:
    """Stores and counts the contradictions of a call; how many there are. Repeating it changes nothing.

    A transcript that has been forgotten says nothing any more: what was found in it stays.
    """
    transcript = Transcript.objects.select_for_update().filter(call=call, purged_at=None).first()
    if transcript is None:
        return call.contradictions
    segments = [Segment.from_json(each) for each in transcript.segments]
    found = contradictions(talk_of(call, segments, call.function_calls.order_by("pk")))
    _replace(call, found)
    call.contradictions = len(found)
    call.save(update_fields=["contradictions"])
    return len(found)


def mark_checked(calls: QuerySet[Call], *, user: Any, now: datetime) -> int:
    """A person has looked at what was promised in them: of how many that is news."""
    return calls.order_by().filter(checked_at=None).update(checked_at=now, checked_by=user)


def talk_of(call: Call, segments: Sequence[Segment], answers: Iterable[FunctionCall]) -> Talk:
    """The agent's lines and the functions' answers in the order in which they came."""
    talk: list[Line | Answered] = []
    for each in in_order(call, segments, answers):
        if isinstance(each, FunctionCall):
            talk.append(_answered(each))
        elif each[1].role == "agent":
            talk.append(Line(each[0], each[1].text))
    return talk


def in_order(
    call: Call, segments: Sequence[Segment], answers: Iterable[FunctionCall]
) -> Iterator[tuple[int, Segment] | FunctionCall]:
    """What was said, with its number in the transcript, and what was answered.

    An answer stands where the transcript names its tool call; else where the clock says, and what
    cannot be placed comes first: then it speaks for the agent. The end of a line counts: it may have
    begun with a word to bridge the wait for the answer.
    """
    places = {each.tool_call_id for each in segments if each.role == "function"}
    by_tool: dict[str, list[FunctionCall]] = defaultdict(list)
    waiting: list[FunctionCall] = []
    for answer in answers:
        placed = answer.tool_call_id and answer.tool_call_id in places
        (by_tool[answer.tool_call_id] if placed else waiting).append(answer)
    waiting.sort(key=lambda answer: _answered_at(call, answer))
    for number, segment in enumerate(segments):
        if segment.role == "function":
            yield from by_tool.pop(segment.tool_call_id, ())
            continue
        said_at = segment.end_ms if segment.end_ms is not None else segment.start_ms
        while waiting and (said_at is None or _answered_at(call, waiting[0]) <= said_at):
            yield waiting.pop(0)
        yield number, segment
    yield from waiting


def _answered_at(call: Call, answer: FunctionCall) -> float:
    """Milliseconds since the call began."""
    return (answer.created_at - call.started_at).total_seconds() * 1000 + (answer.milliseconds or 0)


def _answered(answer: FunctionCall) -> Answered:
    reply = answer.reply if isinstance(answer.reply, dict) else {}
    return Answered(answer.name, answer.status, bool(reply.get("alternatives")))


def _replace(call: Call, found: Sequence[Contradiction]) -> None:
    wanted: dict[tuple[int, str], str] = {(each.line, each.kind): each.answered for each in found}
    known = {(each.line, each.kind): each for each in CallClaim.objects.filter(call=call)}
    gone = [each.pk for key, each in known.items() if wanted.get(key) != each.answered]
    CallClaim.objects.filter(pk__in=gone).delete()
    for (line, kind), answered in wanted.items():
        if (line, kind) not in known or known[line, kind].pk in gone:
            CallClaim.objects.create(call=call, line=line, kind=kind, answered=answered)
        if (line, kind) not in known:
            metrics.claims_contradicted.labels(kind=kind).inc()
