"""The conversation of a call as its page shows it: what was said, beside what was answered."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from calls.claim_checking import in_order
from calls.models import Call, CallClaim, FunctionCall, Transcript
from calls.segments import Segment


@dataclass(frozen=True, slots=True)
class Row:
    """A line, or functions that were answered before the next one."""

    speaker: str = ""
    text: str = ""
    time: str = ""
    contradictions: Sequence[str] = ()
    answers: list[FunctionCall] = field(default_factory=list)


def rows_of(call: Call) -> Sequence[Row]:
    """Three queries. Empty if nothing is known, or no longer."""
    transcript = Transcript.objects.filter(call=call).first()
    segments = [Segment.from_json(each) for each in transcript.segments] if transcript else []
    claims: dict[int, list[str]] = defaultdict(list)
    for claim in CallClaim.objects.filter(call=call).order_by("pk"):
        claims[claim.line].append(_contradiction(claim))
    rows: list[Row] = []
    for each in in_order(call, segments, call.function_calls.order_by("pk")):
        if not isinstance(each, FunctionCall):
            rows.append(_line(*each, claims))
        elif rows and not rows[-1].speaker:
            rows[-1].answers.append(each)
        else:
            rows.append(Row(answers=[each]))
    return rows


def _line(number: int, segment: Segment, claims: dict[int, list[str]]) -> Row:
    speaker = _("Agent") if segment.role == "agent" else _("Caller")
    seconds = None if segment.start_ms is None else segment.start_ms // 1000
    time = "" if seconds is None else f"{seconds // 60}:{seconds % 60:02}"
    return Row(speaker, segment.text, time, claims.get(number, ()))


def _contradiction(claim: CallClaim) -> str:
    facts = {"claim": claim.get_kind_display(), "status": claim.answered}
    if claim.answered:
        return _("%(claim)s, but the answer was: %(status)s.") % facts
    return _("%(claim)s, but nothing had been asked.") % facts
