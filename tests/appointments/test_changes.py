"""Changing appointments: a promise is moved in one step, or it stands where it stood.

When a test ends, the deferred triggers of the ledger are checked, so each of these also says that what
it leaves behind could be committed.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from appointments import booking, hooks
from appointments.availability import Reason
from appointments.booking import Move
from appointments.models import Absence, Appointment, Branch, Customer, Service, Staff
from appointments.models.appointment import Source, Status
from appointments.rules.periods import Period
from tests.appointments.tables import everything, taken_by
from tests.salons import MONDAY, NOW, Salon, at, make_salon, make_service, open_on

TEN = at(MONDAY, "10:00")
NOON = at(MONDAY, "12:00")


@pytest.fixture
def booked(salon: Salon) -> Appointment:
    """A cut with Emma at ten."""
    return salon.book(salon.cut, salon.emma, MONDAY, "10:00")


def clock(appointment: Appointment) -> tuple[str, str]:
    """The stored stylist and start."""
    stored = Appointment.objects.get(pk=appointment.pk)
    return stored.staff.first_name, f"{stored.starts_at.astimezone(stored.branch.zone):%H:%M}"


def lengthen(service: Service) -> None:
    """What the salon sells from now on; what was promised before is not touched by it."""
    service.phases.update(minutes=90)


# Moving


def test_reschedule_keeps_the_stylist_and_takes_the_new_time(booked: Appointment) -> None:
    booking.reschedule(booked, Move(start=NOON), now=NOW)
    assert (clock(booked), taken_by(booked)) == (
        ("Emma", "12:00"),
        [Period(NOON, NOON + timedelta(minutes=55))],
    )


def test_reschedule_moves_the_phases_along(salon: Salon) -> None:
    """Incident E10: the head was moved, its segments stayed."""
    perm = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    booking.reschedule(perm, Move(start=NOON), now=NOW)
    perm.refresh_from_db()
    phases = list(perm.phases.order_by("position"))
    assert (len(phases), phases[0].starts_at, phases[-1].ends_at, perm.ends_at) == (
        6,
        NOON,
        at(MONDAY, "14:15"),
        at(MONDAY, "14:15"),
    )


def test_reschedule_to_another_stylist_keeps_the_time(salon: Salon, booked: Appointment) -> None:
    booking.reschedule(booked, Move(staff=salon.jonas), now=NOW)
    owners = set(booked.allocations.values_list("staff", flat=True))
    assert (clock(booked), owners) == (("Jonas", "10:00"), {salon.jonas.pk})


def test_reschedule_to_another_branch_follows_its_stylist(salon: Salon, booked: Appointment) -> None:
    nord = Branch.objects.create(company=salon.company, name="Nord", calendar="off")
    open_on(nord, range(6))
    lena = Staff.objects.create(company=salon.company, branch=nord, name="Lena Vogt")
    booking.reschedule(booked, Move(staff=lena), now=NOW)
    booked.refresh_from_db()
    assert (booked.branch, booked.staff) == (nord, lena)


def test_reschedule_to_another_service_changes_the_length(salon: Salon, booked: Appointment) -> None:
    booking.reschedule(booked, Move(service=salon.perm), now=NOW)
    booked.refresh_from_db()
    assert (booked.ends_at, len(taken_by(booked))) == (at(MONDAY, "12:15"), 4)


def test_reschedule_may_overlap_its_own_old_time(booked: Appointment) -> None:
    """Incident C16: it was in its own way, so the check had been switched off."""
    booking.reschedule(booked, Move(start=at(MONDAY, "10:30")), now=NOW)
    assert clock(booked) == ("Emma", "10:30")


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("12:30", Reason.TAKEN),
        ("15:00", Reason.STAFF_ABSENT),
        ("21:00", Reason.OUTSIDE_HOURS),
        ("11:03", Reason.OFF_GRID),
    ],
)
def test_refused_reschedule_leaves_everything_as_it_was(
    salon: Salon, booked: Appointment, start: str, reason: Reason
) -> None:
    """Incident C16: moved without any check; and the old time is not lost on the way."""
    salon.book(salon.cut, salon.emma, MONDAY, "12:00")
    Absence.objects.create(staff=salon.emma, starts_at=at(MONDAY, "15:00"), ends_at=at(MONDAY, "16:00"))
    before = everything()
    with pytest.raises(booking.Unavailable) as refused:
        booking.reschedule(booked, Move(start=at(MONDAY, start)), now=NOW)
    assert (refused.value.reason, everything()) == (reason, before)


def test_reschedule_to_a_stylist_without_the_skill_is_refused(salon: Salon, booked: Appointment) -> None:
    Staff.objects.filter(pk=salon.jonas.pk).update(offers_all_services=False)
    salon.jonas.refresh_from_db()
    with pytest.raises(booking.Unavailable) as refused:
        booking.reschedule(booked, Move(staff=salon.jonas), now=NOW)
    assert refused.value.reason == Reason.STAFF_CANNOT_PROVIDE_SERVICE


def test_reschedule_by_a_person_may_leave_the_hours(booked: Appointment) -> None:
    booking.reschedule(booked, Move(start=at(MONDAY, "21:03")), now=NOW, overrides_hours=True)
    assert clock(booked) == ("Emma", "21:03")


def test_reschedule_with_an_old_revision_is_stale(booked: Appointment) -> None:
    booking.edit(booked, {"notes": "Kommt später."}, now=NOW)
    with pytest.raises(booking.Stale):
        booking.reschedule(booked, Move(start=NOON), now=NOW, revision=1)
    assert clock(booked) == ("Emma", "10:00")


def test_reschedule_with_the_present_revision_goes_through(booked: Appointment) -> None:
    booking.edit(booked, {"notes": "Kommt später."}, now=NOW)
    assert booking.reschedule(booked, Move(start=NOON), now=NOW, revision=2).revision == 3


@pytest.mark.parametrize("changed", ["start", "staff", "service"])
def test_reschedule_keeps_nothing_that_is_no_longer_so(
    salon: Salon, booked: Appointment, changed: str
) -> None:
    """Invariant I5: who only wants to change one thing must not take back what somebody else moved."""
    old = Appointment.objects.get(pk=booked.pk)
    moved = {"start": NOON, "staff": salon.jonas, "service": salon.perm}
    wanted = {"start": Move(staff=salon.jonas), "staff": Move(start=NOON), "service": Move(start=NOON)}
    booking.reschedule(booked, Move(**{changed: moved[changed]}), now=NOW)
    before = everything()
    with pytest.raises(booking.Stale):
        booking.reschedule(old, wanted[changed], now=NOW)
    assert everything() == before


def test_reschedule_to_where_it_is_keeps_the_promised_phases(salon: Salon, booked: Appointment) -> None:
    """A drag that ends where it began is no change, even after the service became longer."""
    lengthen(salon.cut)
    before = everything()
    booking.reschedule(booked, Move(start=TEN, staff=salon.emma, service=salon.cut), now=NOW)
    assert everything() == before


def test_reschedule_elsewhere_takes_the_phases_of_today(salon: Salon, booked: Appointment) -> None:
    lengthen(salon.cut)
    booking.reschedule(booked, Move(start=NOON), now=NOW)
    booked.refresh_from_db()
    assert (booked.ends_at, booked.plan.minutes) == (at(MONDAY, "13:30"), 90)


def test_reschedule_of_a_cancelled_appointment_is_not_allowed(booked: Appointment) -> None:
    booking.cancel(booked, now=NOW)
    with pytest.raises(booking.NotAllowed):
        booking.reschedule(booked, Move(start=NOON), now=NOW)


def test_reschedule_clears_an_expired_hold_out_of_the_way(salon: Salon, booked: Appointment) -> None:
    booking.hold(salon.request(salon.cut, salon.emma, holder="call:1"), start=NOON)
    now = NOW + timedelta(seconds=90)
    booking.reschedule(booked, Move(start=NOON), now=now)
    assert clock(booked) == ("Emma", "12:00")


def test_reschedule_takes_over_the_hold_of_its_own_call(salon: Salon, booked: Appointment) -> None:
    """Held when we said "frei", moved after the caller's yes; the hold of another call refuses."""
    booking.hold(salon.request(salon.cut, salon.emma, holder="call:1"), start=NOON)
    with pytest.raises(booking.SlotTaken):
        booking.reschedule(booked, Move(start=NOON), now=NOW, holder="call:2")
    booking.reschedule(booked, Move(start=NOON), now=NOW, holder="call:1")
    assert clock(booked) == ("Emma", "12:00")


# Cancelling and other statuses


def test_cancel_frees_the_time_and_keeps_the_row(salon: Salon, booked: Appointment) -> None:
    """Incident E10: cancelled, the segments stayed booked."""
    booking.cancel(booked, now=NOW)
    again = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    booked.refresh_from_db()
    assert (booked.status, taken_by(booked), clock(again)) == (Status.CANCELLED, [], ("Emma", "10:00"))


def test_cancel_twice_changes_nothing(booked: Appointment) -> None:
    booking.cancel(booked, now=NOW)
    before = everything()
    booking.cancel(booked, now=NOW)
    assert everything() == before


def test_cancel_with_an_old_revision_is_stale(booked: Appointment) -> None:
    booking.edit(booked, {"notes": "Kommt später."}, now=NOW)
    with pytest.raises(booking.Stale):
        booking.cancel(booked, now=NOW, revision=1)


BLOCKING = ("booked", "confirmed", "provisional")
ALLOWED = {
    "booked": {"confirmed", "completed", "no_show", "cancelled", "rejected"},
    "confirmed": {"booked", "completed", "no_show", "cancelled"},
    "provisional": {"booked", "confirmed", "completed", "no_show", "cancelled", "rejected"},
    "completed": {"no_show"},
    "no_show": {"booked", "confirmed", "completed"},
    "cancelled": {"booked", "confirmed"},
    "rejected": set(),
    # Two were served at once all the same, or it was never valid: the ways out of the quarantine.
    "conflict": {"booked", "confirmed", "cancelled", "completed", "rejected"},
}


def put(appointment: Appointment, status: str) -> Appointment:
    """Into ``status``, by the shortest way that leaves a ledger that fits."""
    if status not in BLOCKING:
        appointment.allocations.all().delete()
    Appointment.objects.filter(pk=appointment.pk).update(status=status)
    return Appointment.objects.get(pk=appointment.pk)


@pytest.mark.parametrize("new", Status.values)
@pytest.mark.parametrize("old", Status.values)
def test_mark_takes_time_exactly_while_the_status_blocks(booked: Appointment, old: str, new: str) -> None:
    appointment = put(booked, old)
    try:
        booking.mark(appointment, Status(new), now=NOW)
        reached = {new}
    except booking.NotAllowed:
        reached = set()
    booked.refresh_from_db()
    expected = new if new in ALLOWED[old] | {old} else old
    assert (reached, booked.status, len(taken_by(booked))) == (
        {new} & (ALLOWED[old] | {old}),
        expected,
        int(expected in BLOCKING),
    )


@pytest.mark.parametrize(
    ("old", "new", "allocations"),
    [("provisional", "booked", 1), ("provisional", "rejected", 0), ("booked", "rejected", 0)],
)
def test_answer_from_outside_is_told_and_has_its_history(
    booked: Appointment, monkeypatch: pytest.MonkeyPatch, old: str, new: str, allocations: int
) -> None:
    """Invariant I4: the reply is derived from the stored state, so every step of it is stored."""
    appointment = put(booked, old)
    told: list[tuple[str, int, int]] = []
    monkeypatch.setattr(
        hooks, "_changed", [lambda one: told.append((one.status, one.revision, len(taken_by(one))))]
    )
    booking.mark(appointment, Status(new), now=NOW)
    latest = appointment.history.order_by("-history_id").first()
    assert (told, latest.status, len(taken_by(booked))) == ([(new, 2, allocations)], new, allocations)


def test_regaining_a_status_takes_the_promised_phases_again(salon: Salon) -> None:
    perm = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    before = taken_by(perm)
    booking.cancel(perm, now=NOW)
    lengthen(salon.perm)
    booking.mark(perm, Status.BOOKED, now=NOW)
    assert taken_by(perm) == before


def test_regaining_a_status_is_refused_if_the_time_was_sold(salon: Salon, booked: Appointment) -> None:
    booking.cancel(booked, now=NOW)
    other = salon.book(salon.cut, salon.emma, MONDAY, "10:30")
    before = everything()
    with pytest.raises(booking.SlotTaken) as refused:
        booking.mark(booked, Status.BOOKED, now=NOW)
    assert (refused.value.conflict.appointment_id, everything()) == (other.pk, before)


def test_regaining_a_status_is_refused_by_a_live_hold(salon: Salon, booked: Appointment) -> None:
    booking.cancel(booked, now=NOW)
    booking.hold(salon.request(salon.cut, salon.emma, holder="call:1"), start=at(MONDAY, "10:30"))
    with pytest.raises(booking.SlotTaken):
        booking.mark(booked, Status.BOOKED, now=NOW + timedelta(seconds=89))


@pytest.mark.parametrize("read_before", [True, False])
def test_regaining_a_status_clears_an_expired_hold(
    salon: Salon, booked: Appointment, *, read_before: bool
) -> None:
    """Also for whoever read the appointment before it was cancelled."""
    booking.cancel(booked, now=NOW)
    booking.hold(salon.request(salon.cut, salon.emma, holder="call:1"), start=at(MONDAY, "10:30"))
    appointment = booked if read_before else Appointment.objects.get(pk=booked.pk)
    booking.mark(appointment, Status.BOOKED, now=NOW + timedelta(seconds=90))
    assert len(taken_by(booked)) == 1


# Editing


def test_edit_changes_what_does_not_touch_the_time(salon: Salon, booked: Appointment) -> None:
    customer = Customer.objects.create(company=salon.company, name="Erika Muster")
    changes = {
        "customer": customer,
        "attendee_name": "Max Muster",
        "contact_phone": "+493012345998",
        "notes": "Kommt später.",
        "price": Decimal("35.00"),
    }
    booking.edit(booked, changes, now=NOW + timedelta(minutes=1))
    stored = Appointment.objects.get(pk=booked.pk)
    assert ({name: getattr(stored, name) for name in changes}, stored.revision, stored.updated_at) == (
        changes,
        2,
        NOW + timedelta(minutes=1),
    )


@pytest.mark.parametrize("name", ["starts_at", "status", "staff", "revision"])
def test_edit_of_anything_else_is_a_programmers_mistake(booked: Appointment, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        booking.edit(booked, {name: None}, now=NOW)


def test_edit_after_the_services_phases_changed_keeps_the_promise(salon: Salon, booked: Appointment) -> None:
    """A note must not move, lengthen or refuse what was promised; here the new length would overlap."""
    salon.book(salon.cut, salon.emma, MONDAY, "11:00")
    lengthen(salon.cut)
    before = taken_by(booked)
    edited = booking.edit(booked, {"notes": "Kommt später."}, now=NOW)
    assert (taken_by(booked), edited.ends_at) == (before, at(MONDAY, "10:55"))


def test_edit_of_an_appointment_whose_stylist_left_is_still_possible(
    salon: Salon, booked: Appointment
) -> None:
    Staff.objects.filter(pk=salon.emma.pk).update(active=False, offers_all_services=False)
    assert booking.edit(booked, {"notes": "Anrufen."}, now=NOW).notes == "Anrufen."


def test_edit_with_another_companys_customer_is_refused(booked: Appointment) -> None:
    stranger = Customer.objects.create(company=make_salon("abendrot").company, name="Erika Muster")
    with pytest.raises(ValidationError) as refused:
        booking.edit(booked, {"customer": stranger}, now=NOW)
    assert [error.code for error in refused.value.error_dict["customer"]] == ["foreign_company"]


def test_edit_with_an_old_revision_is_stale(booked: Appointment) -> None:
    booking.edit(booked, {"notes": "Kommt später."}, now=NOW)
    with pytest.raises(booking.Stale):
        booking.edit(booked, {"notes": "Kommt früher."}, now=NOW, revision=1)


# The plan of an appointment


def test_plan_of_a_stored_appointment_is_the_promised_one(salon: Salon, booked: Appointment) -> None:
    lengthen(salon.cut)
    assert Appointment.objects.get(pk=booked.pk).plan.minutes == 55


def test_plan_follows_a_service_that_was_chosen_anew(salon: Salon, booked: Appointment) -> None:
    """Looked at before and after: a form shows the old one first."""
    appointment = Appointment.objects.get(pk=booked.pk)
    before = appointment.plan.minutes
    appointment.service = salon.perm
    assert (before, appointment.plan.minutes) == (55, 135)


def test_plan_of_a_refreshed_appointment_is_the_one_that_is_stored_now(
    salon: Salon, booked: Appointment
) -> None:
    old = Appointment.objects.get(pk=booked.pk)
    booking.reschedule(booked, Move(service=salon.perm), now=NOW)
    lengthen(salon.perm)
    old.refresh_from_db()
    assert old.plan.minutes == 135


# Many at once


def test_replan_swaps_two_stylists_in_one_transaction(salon: Salon, booked: Appointment) -> None:
    other = salon.book(salon.cut, salon.jonas, MONDAY, "10:30")
    booking.replan([(booked, Move(staff=salon.jonas)), (other, Move(staff=salon.emma))], now=NOW)
    assert (clock(booked), clock(other)) == (("Jonas", "10:00"), ("Emma", "10:30"))


def test_replan_swaps_two_times_of_one_stylist(salon: Salon, booked: Appointment) -> None:
    other = salon.book(salon.cut, salon.emma, MONDAY, "12:00")
    booking.replan([(booked, Move(start=NOON)), (other, Move(start=TEN))], now=NOW)
    assert (clock(booked), clock(other)) == (("Emma", "12:00"), ("Emma", "10:00"))


def test_replan_is_all_or_nothing(salon: Salon, booked: Appointment) -> None:
    other = salon.book(salon.cut, salon.emma, MONDAY, "12:00")
    salon.book(salon.cut, salon.jonas, MONDAY, "12:30")
    before = everything()
    with pytest.raises(booking.SlotTaken):
        booking.replan([(booked, Move(staff=salon.jonas)), (other, Move(staff=salon.jonas))], now=NOW)
    assert everything() == before


def test_replan_of_two_into_each_others_time_is_refused(salon: Salon, booked: Appointment) -> None:
    other = salon.book(salon.cut, salon.emma, MONDAY, "12:00")
    before = everything()
    plan = [(appointment, Move(start=at(MONDAY, "15:00"))) for appointment in (booked, other)]
    with pytest.raises(booking.SlotTaken):
        booking.replan(plan, now=NOW)
    assert everything() == before


def test_replan_respects_the_hold_of_a_running_call(salon: Salon, booked: Appointment) -> None:
    booking.hold(salon.request(salon.cut, salon.jonas, holder="call:1"), start=TEN)
    with pytest.raises(booking.SlotTaken):
        booking.replan([(booked, Move(staff=salon.jonas))], now=NOW)


def test_replan_leaves_what_stays_where_it_is(salon: Salon, booked: Appointment) -> None:
    """Its phases are those that were promised, even if the service became longer."""
    other = salon.book(salon.cut, salon.jonas, MONDAY, "15:00")
    lengthen(salon.cut)
    before = (taken_by(booked), Appointment.objects.get(pk=booked.pk).revision)
    booking.replan([(booked, Move()), (other, Move(staff=salon.emma))], now=NOW)
    assert (taken_by(booked), Appointment.objects.get(pk=booked.pk).revision) == before


def test_replan_of_a_cancelled_appointment_is_not_allowed(salon: Salon, booked: Appointment) -> None:
    booking.cancel(booked, now=NOW)
    with pytest.raises(booking.NotAllowed):
        booking.replan([(booked, Move(staff=salon.jonas))], now=NOW)


def test_replan_keeps_nothing_that_is_no_longer_so(salon: Salon, booked: Appointment) -> None:
    old = Appointment.objects.get(pk=booked.pk)
    booking.reschedule(booked, Move(start=NOON), now=NOW)
    before = everything()
    with pytest.raises(booking.Stale):
        booking.replan([(old, Move(staff=salon.jonas))], now=NOW)
    assert everything() == before


def test_replan_of_a_sick_stylists_day_clears_it(salon: Salon) -> None:
    day = [salon.book(salon.cut, salon.emma, MONDAY, start) for start in ("09:00", "10:00", "11:00")]
    booking.replan([(appointment, Move(staff=salon.jonas)) for appointment in day], now=NOW)
    assert ([clock(one) for one in day], salon.emma.allocation_set.count()) == (
        [("Jonas", "09:00"), ("Jonas", "10:00"), ("Jonas", "11:00")],
        0,
    )


def test_price_of_an_appointment_survives_a_move(salon: Salon, booked: Appointment) -> None:
    salon.cut.price = Decimal("99.00")
    salon.cut.save()
    booking.reschedule(booked, Move(start=NOON), now=NOW)
    booked.refresh_from_db()
    assert booked.price == Decimal("30.00")


def test_move_into_the_gap_of_a_perm(salon: Salon) -> None:
    fringe = make_service(salon.company, "Pony schneiden", [("", 15, True)])
    salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    cut = salon.book(fringe, salon.jonas, MONDAY, "10:50")
    booking.reschedule(cut, Move(staff=salon.emma), now=NOW)
    assert (clock(cut), cut.source) == (("Emma", "10:50"), Source.STAFF)
