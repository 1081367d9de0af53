"""Carrying out what was decided: the absence, all moves and all calls, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appointments import booking, hooks
from appointments.availability import Slot
from appointments.booking.ledger import lock_staff
from appointments.models import Absence, Appointment, Outage, OutageDecision, Staff
from appointments.models.outage import Choice
from appointments.replanning.affected import Away, is_known
from appointments.replanning.arranging import Board, Claim
from appointments.replanning.overtaken import Overtaken, changes_since, described, taken
from appointments.replanning.situation import Situation, look_at
from appointments.rules.periods import Period

# A call later than that does not reach anybody who is on the way.
ON_THE_WAY = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Decision:
    """About one appointment. ``revision``: as the page showed it; ``staff`` and ``start``: where it moves."""

    choice: Choice
    revision: int
    staff: Staff | None = None
    start: datetime | None = None


@booking.writes
def apply(
    away: Away,
    decisions: Mapping[int, Decision],
    *,
    token: str,
    by: Any,
    now: datetime,
) -> tuple[Outage, bool]:
    """The outage, and whether it is new: the same ``token`` twice has the effect of once.

    ``decisions`` by appointment, for each that is affected. Everything is one transaction: the absence, the
    moves, which may swap places, and the calls. Raises :class:`Overtaken` if the diary is no longer as it
    was shown, :class:`booking.NotAllowed` for two in one place, and as ``booking.replan``; nothing has
    happened then.
    """
    colleagues = [decision.staff.pk for decision in decisions.values() if decision.staff is not None]
    lock_staff(away.staff.pk, *colleagues)
    known = Outage.objects.filter(token=token, company=away.staff.company_id).first()
    if known is not None:
        return known, False
    situation = look_at(away, now=now)
    _insist_on_the_same(situation, decisions)
    slots = _slots(situation, decisions)
    _insist_on_free(situation, slots)
    if not is_known(away):
        start, end = away.period
        Absence.objects.create(staff=away.staff, starts_at=start, ends_at=end, reason=away.reason)
    outage = _store(away, situation.affected, decisions, token=token, by=by, now=now)
    moving = [
        (one, booking.Move(slots[one.pk].start, slots[one.pk].staff))
        for one in situation.affected
        if one.pk in slots
    ]
    revisions = {pk: decision.revision for pk, decision in decisions.items()}
    moved = booking.replan(moving, now=now, revisions=revisions)
    _ask_for_calls(situation, {one.pk: one for one in moved}, decisions, now)
    return outage, True


def _insist_on_the_same(situation: Situation, decisions: Mapping[int, Decision]) -> None:
    seen = {pk: decision.revision for pk, decision in decisions.items()}
    sentences = changes_since(seen, situation.affected, branch=situation.away.staff.branch)
    if sentences:
        raise Overtaken(sentences)


def _slots(situation: Situation, decisions: Mapping[int, Decision]) -> dict[int, Slot]:
    """Where those go who move. Raises ``Overtaken`` for a stylist who no longer offers the service."""
    slots, gone = {}, []
    for one in situation.affected:
        staff, start = decisions[one.pk].staff, decisions[one.pk].start
        if staff is None or start is None:
            continue
        plans = {time.staff.pk: time.plan for time in situation.snapshots[one.service_id].staff}
        slots[one.pk] = Slot(staff, start, plans.get(staff.pk) or one.plan)
        if not situation.is_possible(one, slots[one.pk]):
            leaving = [other.pk for other in situation.affected]
            gone.append(taken(one, slots[one.pk], leaving=leaving, now=situation.now))
    if gone:
        raise Overtaken(gone)
    return slots


def _insist_on_free(situation: Situation, slots: Mapping[int, Slot]) -> None:
    """No two in one place, those who stay included. Raises ``NotAllowed``."""
    board = Board()
    staying = [one for one in situation.affected if one.pk not in slots]
    for one in staying:
        board.add(_claims(one.staff_id, one.plan.taken_at(one.starts_at)))
    for one in situation.affected:
        if one.pk in slots:
            slot = slots[one.pk]
            claims = _claims(slot.staff.pk, slot.plan.taken_at(slot.start))
            if not board.fits(claims):
                facts = {"who": described(one), "staff": slot.staff.name}
                raise booking.NotAllowed(
                    _("%(who)s: %(staff)s would have somebody else at this time. Please choose another.")
                    % facts
                )
            board.add(claims)


def _claims(staff_id: int, periods: Sequence[Period]) -> list[Claim]:
    return [Claim(staff_id, period) for period in periods]


def _store(
    away: Away,
    affected: Sequence[Appointment],
    decisions: Mapping[int, Decision],
    *,
    token: str,
    by: Any,
    now: datetime,
) -> Outage:
    outage = Outage.objects.create(
        company_id=away.staff.company_id,
        branch=away.staff.branch,
        staff=away.staff,
        starts_at=away.period.start,
        ends_at=away.period.end,
        reason=away.reason,
        token=token,
        planned_at=now,
        planned_by=by,
    )
    OutageDecision.objects.bulk_create(
        OutageDecision(
            company_id=outage.company_id,
            outage=outage,
            appointment=one,
            choice=decisions[one.pk].choice,
            old_starts_at=one.starts_at,
            old_staff_id=one.staff_id,
            new_staff=decisions[one.pk].staff,
            new_starts_at=decisions[one.pk].start,
        )
        for one in affected
    )
    return outage


def _ask_for_calls(
    situation: Situation,
    moved: Mapping[int, Appointment],
    decisions: Mapping[int, Decision],
    now: datetime,
) -> None:
    for old in situation.affected:
        if decisions[old.pk].choice == Choice.STAY:
            continue
        new = moved.get(old.pk)
        first = min(old.starts_at, new.starts_at) if new else old.starts_at
        reason = _moved(old, new) if new else _open(old)
        hooks.customer_to_call(
            hooks.ToCall(appointment=new or old, reason=reason, until=max(now, first - ON_THE_WAY)), now=now
        )


def _moved(old: Appointment, new: Appointment) -> str:
    return _(
        "Appointment moved: was on %(old)s with %(old_staff)s, is now on %(new)s with %(new_staff)s."
    ) % {
        "old": _when(old),
        "old_staff": old.staff.name,
        "new": _when(new),
        "new_staff": new.staff.name,
    }


def _open(old: Appointment) -> str:
    return _("%(staff)s is away: no other time has been agreed yet for %(old)s.") % {
        "staff": old.staff.name,
        "old": _when(old),
    }


def _when(appointment: Appointment) -> str:
    return date_format(appointment.starts_at.astimezone(appointment.branch.zone), "D, j. N, H:i")
