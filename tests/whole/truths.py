"""Whether what a caller has just heard is true, by the test's own arithmetic."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from appointments.models import Allocation, Appointment, Reservation
from appointments.models.appointment import Status
from appointments.models.ledger import ReservationState
from tests.salons import BERLIN
from tests.whole.answers import BOOKED, NOTICE, Heard, Wish, holder_of, is_taken
from tests.whole.stage import CALLERS

REFUSED = ("unavailable", "slot_taken", "lost", "refused", "needs_clarification", "not_offered", "none")
GRANTED = ("available", "valid", *BOOKED, "rescheduled", "cancelled", "ready_for_confirmation")
# The salon of these days is always open, its stylists always there.
NEVER_SO = ("outside_hours", "holiday", "off_grid", "staff_absent", "staff_unknown", "too_far")
INSTANT = re.compile(r'"(?:\w+_at)": "([^"]+)"')

# Which invariant, and what is wrong.
Wrong = tuple[str, str]


def untruths(heard: Heard) -> list[str]:
    """A line each, with the invariant's number."""
    checks = [*ALWAYS, *(() if heard.is_replay else FRESH)]
    if heard.is_quiet:
        checks += [of_repetition] if heard.is_replay else QUIET
    said = f"{heard.name} heard {heard.status} to {heard.asked.function}({dict(heard.asked.args)})"
    return [f"{number}: {said}: {text}" for check in checks for number, text in check(heard)]


def of_instants(heard: Heard) -> Iterator[Wrong]:
    """Every instant carries the salon's own offset."""
    for text in INSTANT.findall(json.dumps(heard.reply)):
        moment = datetime.fromisoformat(text)
        if moment.utcoffset() != moment.astimezone(BERLIN).utcoffset():
            yield "I11", f"{text} is not the salon's time"


def of_names(heard: Heard) -> Iterator[Wrong]:
    text = json.dumps(heard.reply, ensure_ascii=False)
    for other, number in CALLERS:
        if other != heard.name and (other in text or number in text):
            yield "I9", f"and with it {other}"
    if heard.phone.caller == "anonymous" and heard.status in ("rescheduled", "cancelled", "several"):
        yield "I9", "without having shown a number"


def of_strangers_ids(heard: Heard) -> Iterator[Wrong]:
    if heard.how.is_anothers and heard.status in GRANTED:
        yield "I8", "by an id that is somebody else's"


def of_mumbling(heard: Heard) -> Iterator[Wrong]:
    """Something was missing, or meant nothing: that is a question, never a default."""
    if heard.how.mumbles and (heard.status in GRANTED or heard.newly_booked):
        yield "I10", "of which something was missing"


def of_wish(heard: Heard) -> Iterator[Wrong]:
    """Nothing is moved to a similar time, service or stylist."""
    wish = heard.asked.wish
    if wish is None or heard.status not in ("available", "valid", *BOOKED) or heard.stage.fate.overtaken:
        return
    staff, service, start = heard.slot
    if (service, start) != (wish.service.name, wish.start) or (wish.staff and wish.staff.name != staff):
        yield "I10", f"but wished was {wish}"


def of_hold(heard: Heard) -> Iterator[Wrong]:
    if heard.status not in ("available", "valid"):
        return
    token = heard.reply["reservation_id"]
    hold = Reservation.objects.select_related("staff", "service").filter(token=token).first()
    salon = heard.stage.salon
    if hold is None or hold.holder != holder_of(heard.phone) or hold.company_id != salon.company.pk:
        yield "I8", f"the hold is not this call's: {hold}"
        return
    stored = (hold.staff.name, hold.service.name, hold.starts_at)
    if stored != heard.slot:
        yield "I4", f"but {stored} is held"
    is_lost = hold.state == ReservationState.LOST and heard.stage.fate.overtaken
    owns = Allocation.objects.filter(reservation=hold).count()
    if not is_lost and (not hold.is_live(heard.stage.now) or owns != len(hold.plan.stretches())):
        yield "I4", f"but the hold is {hold.state} with {owns} allocations"


def of_booking(heard: Heard) -> Iterator[Wrong]:
    """ "Gebucht" is said only of what is stored, blocking, and promised."""
    if heard.status not in BOOKED:
        return
    pk = heard.reply["appointment_id"]
    row = Appointment.objects.select_related("staff", "service").filter(pk=pk).first()
    if row is None or not row.is_blocking:
        yield "I4", f"but it is {row and row.status}"
        return
    if row.company_id != heard.stage.salon.company.pk:
        yield "I8", "but it is another salon's"
    stored = (row.staff.name, row.service.name, row.starts_at)
    if stored != heard.slot:
        yield "I4", f"but {stored} is stored"
    if heard.status == ("booked" if row.status == Status.PROVISIONAL else "provisional"):
        yield "I4", f"but it is {row.status}"
    if heard.status == "already_booked" and pk not in heard.before.booked:
        yield "I7", "but this call had not booked it"
    heard.stage.promises.hear_of_decisions()
    if pk not in heard.stage.promises.made:
        yield "I4", "but it is not promised"


def of_change(heard: Heard) -> Iterator[Wrong]:
    """Of the caller's own, and as it is said."""
    status = heard.status
    if status not in ("rescheduled", "cancelled", "existing", "ready_for_confirmation"):
        return
    row = Appointment.objects.select_related("customer").filter(pk=heard.reply["appointment_id"]).first()
    if row is None or row.company_id != heard.stage.salon.company.pk:
        yield "I8", f"of {row}"
        return
    is_theirs = row.customer is not None and row.customer.phone == heard.phone.caller
    if not is_theirs and row.pk not in heard.before.booked:
        yield "I9", f"of somebody else's appointment {row.pk}"
    if status == "cancelled" and row.status != Status.CANCELLED:
        yield "I4", f"but it is {row.status}"
    if status in ("rescheduled", "existing"):
        if not row.is_blocking or row.starts_at != datetime.fromisoformat(heard.reply["starts_at"]):
            yield "I4", f"but it is {row.status} at {row.starts_at}"
        if status == "rescheduled" and heard.asked.moves_to != row.starts_at:
            yield "I10", f"but wished was {heard.asked.moves_to}"


def of_list(heard: Heard) -> Iterator[Wrong]:
    if heard.asked.function != "get_customer_appointments" or heard.status not in ("found", "none"):
        return
    listed = heard.reply.get("appointments", ())
    said = {(one["appointment_id"], datetime.fromisoformat(one["starts_at"])) for one in listed}
    stage = heard.stage
    stored = {
        (one.pk, one.starts_at)
        for one in stage.appointments()
        if one.customer is not None and one.customer.phone == heard.phone.caller
        if one.is_blocking and one.ends_at > stage.now
    }
    if said != stored:
        yield "I4", f"named {said}, stored are {stored}"


def of_refusal(heard: Heard) -> Iterator[Wrong]:
    """A refusal leaves nothing behind."""
    if heard.status in REFUSED and heard.newly_booked:
        yield "I4", f"but something of it is booked: {heard.newly_booked}"


def of_reason(heard: Heard) -> Iterator[Wrong]:
    """A no has to be as true as a yes."""
    if heard.status == "error":
        yield "I4", "although nothing had failed"
    if heard.status not in ("unavailable", "slot_taken", "lost"):
        return
    reason, token = heard.reply.get("reason"), heard.asked.args.get("reservation_id")
    if reason == "taken" and token in heard.before.holds and heard.asked.function == "start_booking":
        yield "I2", "although the time was held for this call"
    wish, stage = heard.asked.wish, heard.stage
    if wish is None:
        return
    people = [wish.staff] if wish.staff else [stage.salon.emma, stage.salon.jonas]
    if reason == "taken" and not all(is_taken(stage, each, wish, heard.phone) for each in people):
        yield "I2", "although it is free"
    if reason in ("past", "notice_too_short") and wish.start >= stage.now + NOTICE:
        yield "I2", "although there is time enough"
    if reason in NEVER_SO:
        yield "I2", f"although it is not {reason}"


def of_offers(heard: Heard) -> Iterator[Wrong]:
    """What is offered is free when it is said."""
    stage = heard.stage
    moving = heard.reply.get("appointment_id")
    for offer in heard.reply.get("alternatives", ()):
        wish = Wish.of_offer(stage, offer)
        is_too_soon = wish.start < stage.now + NOTICE - timedelta(minutes=1)
        if is_too_soon or (wish.staff and is_taken(stage, wish.staff, wish, heard.phone, moving=moving)):
            yield "I2", f"but what it offers is not free: {offer['spoken']}"


def of_repetition(heard: Heard) -> Iterator[Wrong]:
    """The effect and the answer of once."""
    first = heard.how.repeats
    if first is None or first.reply is None:
        return
    if heard.is_replay and heard.reply != first.reply:
        yield "I7", f"to the very same message, but at first {first.reply}"
    was_booked = first.reply["status"] in BOOKED and first.reply["appointment_id"] in heard.before.booked
    if was_booked and heard.newly_booked:
        yield "I7", f"and it is booked a second time: {heard.newly_booked}"


ALWAYS = (of_instants, of_names, of_refusal)
FRESH = (of_strangers_ids, of_mumbling, of_wish, of_hold, of_booking, of_change, of_list)
# If nobody has come between.
QUIET = (of_reason, of_offers, of_repetition)
