"""What the salon allows customers to change, and what it costs; staff are not bound."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from appointments import booking
from appointments.availability import Reason, check, free_starts
from appointments.models import Appointment, CustomerChange, Policy
from appointments.models.appointment import Status
from appointments.models.change import ChangeKind
from tests.appointments.racing import meanwhile, without
from tests.salons import MONDAY, NOW, Salon, at, make_salon

STEPS = [{"hours": 48, "amount": "0"}, {"hours": 24, "amount": "10"}, {"hours": 0, "amount": "15"}]
DAYS_BEFORE = timedelta(days=3)
LEVELS = ("company", "branch", "service", "staff")


@pytest.fixture
def ten(salon: Salon) -> Appointment:
    return salon.book(salon.cut, salon.emma, MONDAY, "10:00", now=NOW - DAYS_BEFORE)


def policy(salon: Salon, level: str = "company", **rules: Any) -> Policy:
    owners = {"branch": salon.branch, "service": salon.cut, "staff": salon.emma}
    owner = {level: owners[level]} if level in owners else {}
    return Policy.objects.create(company=salon.company, **owner, **rules)


def fee(appointment: Appointment, *, hours: float, kind: ChangeKind = ChangeKind.CANCELLATION) -> Decimal:
    return booking.fee_for(appointment, kind, now=appointment.starts_at - timedelta(hours=hours))


def test_without_rules_everything_is_allowed_and_free(ten: Appointment) -> None:
    assert fee(ten, hours=0.01) == Decimal("0.00")


@pytest.mark.parametrize(
    ("hours", "amount"),
    [(72, "0.00"), (48, "0.00"), (47.99, "10.00"), (24, "10.00"), (23.99, "15.00"), (0.01, "15.00")],
)
def test_the_shorter_the_notice_the_higher_the_step(
    hours: float, amount: str, salon: Salon, ten: Appointment
) -> None:
    policy(salon, fees=STEPS)

    assert str(fee(ten, hours=hours)) == amount
    assert str(fee(ten, hours=hours, kind=ChangeKind.MOVE)) == amount


def test_later_than_the_last_step_costs_what_the_last_step_costs(salon: Salon, ten: Appointment) -> None:
    policy(salon, fees=STEPS[:2])

    assert fee(ten, hours=1) == Decimal("10.00")


@pytest.mark.parametrize(
    ("kind", "field"),
    [(ChangeKind.CANCELLATION, "cancel_hours_before"), (ChangeKind.MOVE, "reschedule_hours_before")],
)
def test_a_deadline_binds_to_the_second(kind: ChangeKind, field: str, salon: Salon, ten: Appointment) -> None:
    policy(salon, **{field: 24})

    assert fee(ten, hours=24, kind=kind) == 0
    with pytest.raises(booking.Denied) as denied:
        fee(ten, hours=23.999, kind=kind)
    assert (denied.value.reason, denied.value.limit) == ("deadline_missed", 24)


STRICT: dict[str, Any] = {
    "cancel_hours_before": 48,
    "reschedule_hours_before": 48,
    "max_reschedules": 0,
    "fees": [{"hours": 0, "amount": "9"}],
}
MILD: dict[str, Any] = {
    "cancel_hours_before": 0,
    "reschedule_hours_before": 0,
    "max_reschedules": 3,
    "fees": [{"hours": 0, "amount": "0"}],
}


@pytest.mark.parametrize("nearest", LEVELS)
@pytest.mark.parametrize("field", STRICT)
def test_the_nearest_rule_counts(field: str, nearest: str, salon: Salon, ten: Appointment) -> None:
    """Stylist, service, branch, company: for each rule, whether the nearer one is milder or stricter."""
    levels = LEVELS[: LEVELS.index(nearest) + 1]
    rows = {level: policy(salon, level, **{field: STRICT[field]}) for level in levels}
    kinds = [ChangeKind.CANCELLATION] if field == "cancel_hours_before" else [ChangeKind.MOVE]

    setattr(rows[nearest], field, MILD[field])
    rows[nearest].save()
    assert [fee(ten, hours=1, kind=kind) for kind in kinds] == [0]

    Policy.objects.update(**{field: MILD[field]})
    Policy.objects.filter(pk=rows[nearest].pk).update(**{field: STRICT[field]})
    if field == "fees":
        assert fee(ten, hours=1) == Decimal("9.00")
        return
    for kind in kinds:
        with pytest.raises(booking.Denied):
            fee(ten, hours=1, kind=kind)


def test_field_by_field(salon: Salon, ten: Appointment) -> None:
    """A stylist's fee leaves the company's deadline as it is; an empty list of fees says nothing."""
    policy(salon, cancel_hours_before=24, fees=STEPS)
    policy(salon, "service", max_reschedules=1)
    policy(salon, "staff", fees=[{"hours": 0, "amount": "7.50"}])

    assert fee(ten, hours=30) == Decimal("7.50")
    with pytest.raises(booking.Denied):
        fee(ten, hours=3)


def test_rules_of_others_do_not_count(salon: Salon, ten: Appointment) -> None:
    stranger = make_salon("abendrot")
    policy(stranger, cancel_hours_before=1000)
    for owner in ({"service": salon.perm}, {"staff": salon.jonas}):
        Policy.objects.create(company=salon.company, cancel_hours_before=1000, **owner)

    assert fee(ten, hours=1) == 0


class TestTheWriter:
    def test_a_cancellation_for_the_customer_is_noted_with_its_fee(
        self, salon: Salon, ten: Appointment
    ) -> None:
        policy(salon, fees=STEPS)

        booking.cancel(ten, now=ten.starts_at - timedelta(hours=30), for_customer=True)

        change = CustomerChange.objects.get()
        assert (change.kind, change.old_starts_at, str(change.fee)) == (
            "cancellation",
            ten.starts_at,
            "10.00",
        )

    def test_twice_is_once(self, salon: Salon, ten: Appointment) -> None:
        for _twice in range(2):
            booking.cancel(ten, now=NOW, for_customer=True)

        assert CustomerChange.objects.count() == 1

    def test_refused_it_leaves_everything_as_it_was(self, salon: Salon, ten: Appointment) -> None:
        policy(salon, cancel_hours_before=24, reschedule_hours_before=24)
        late = ten.starts_at - timedelta(hours=2)

        with pytest.raises(booking.Denied):
            booking.cancel(ten, now=late, for_customer=True)
        with pytest.raises(booking.Denied):
            booking.reschedule(ten, booking.Move(start=at(MONDAY, "14:00")), now=late, for_customer=True)

        ten.refresh_from_db()
        assert (ten.status, ten.starts_at, ten.revision) == (Status.BOOKED, at(MONDAY, "10:00"), 1)
        assert not CustomerChange.objects.exists()

    def test_staff_are_not_bound_and_not_counted(self, salon: Salon, ten: Appointment) -> None:
        policy(salon, cancel_hours_before=1000, reschedule_hours_before=1000, max_reschedules=0)

        moved = booking.reschedule(ten, booking.Move(start=at(MONDAY, "14:00")), now=NOW)
        booking.cancel(moved, now=NOW)

        assert not CustomerChange.objects.exists()

    def test_the_last_move_allowed_is_the_last(self, salon: Salon, ten: Appointment) -> None:
        policy(salon, max_reschedules=2)
        for clock in ("11:00", "12:00"):
            ten = booking.reschedule(ten, booking.Move(start=at(MONDAY, clock)), now=NOW, for_customer=True)

        with pytest.raises(booking.Denied) as denied:
            booking.reschedule(ten, booking.Move(start=at(MONDAY, "13:00")), now=NOW, for_customer=True)

        assert (denied.value.reason, denied.value.limit) == ("max_reschedules_reached", 2)

    def test_a_move_that_is_taken_back_does_not_count(self, salon: Salon, ten: Appointment) -> None:
        """Cal.com refused it, so the customer has had nothing of it."""
        policy(salon, max_reschedules=1, fees=STEPS)
        to = booking.Move(start=at(MONDAY, "14:00"))
        until = NOW + timedelta(minutes=1)
        booking.reschedule(ten, to, now=NOW, for_customer=True, keeps_old_until=until)

        booking.undo_move(ten, now=NOW)

        assert not CustomerChange.objects.exists()
        ten.refresh_from_db()
        booking.reschedule(ten, to, now=NOW, for_customer=True)

    def test_to_where_it_stands_is_no_move(self, salon: Salon, ten: Appointment) -> None:
        booking.reschedule(ten, booking.Move(start=ten.starts_at), now=NOW, for_customer=True)

        assert not CustomerChange.objects.exists()


@pytest.mark.parametrize("missing", [(), ("locks", "exclusion", "ledger")], ids=["guarded", "unguarded"])
def test_two_moves_at_once_are_counted_one_after_the_other(
    missing: tuple[str, ...], committed: Salon
) -> None:
    """Two calls, one appointment, one move allowed: without the locks both see that none has been made."""
    ten = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    policy(committed, max_reschedules=1)

    def move(clock: str) -> Callable[[], Appointment]:
        read = Appointment.objects.select_related("staff__branch__company", "service").get(pk=ten.pk)
        to = booking.Move(start=at(MONDAY, clock))
        return partial(booking.reschedule, read, to, now=NOW, for_customer=True)

    with without(*missing):
        outcomes = meanwhile("appointments.booking.changes.fee_for", move("14:00"), move("16:00"))
        made = CustomerChange.objects.count()

    names = sorted(type(each).__name__ for each in outcomes)
    if missing:
        assert "Denied" not in names
    else:
        assert (names, made) == (["Appointment", "Denied"], 1)


class TestRows:
    @pytest.mark.parametrize("level", LEVELS)
    def test_there_is_one_for_each_owner(self, level: str, salon: Salon) -> None:
        policy(salon, level)

        with pytest.raises(IntegrityError), transaction.atomic():
            policy(salon, level)

    def test_it_is_for_one_of_them(self, salon: Salon) -> None:
        both = Policy(company=salon.company, service=salon.cut, staff=salon.emma)

        with pytest.raises(ValidationError) as refused:
            both.full_clean()
        assert [error.code for error in refused.value.error_dict["__all__"]] == ["of_several"]

    def test_the_notice_of_a_branch_stands_at_the_branch(self, salon: Salon) -> None:
        with pytest.raises(ValidationError):
            Policy(company=salon.company, branch=salon.branch, minimum_notice_minutes=5).full_clean()


class TestNotice:
    """A service or a stylist can have a notice of its own; the solver knows it like the branch's."""

    def verdict(self, salon: Salon, clock: str, *, wished: bool = True) -> Reason | None:
        request = salon.request(salon.cut, salon.emma if wished else None, now=at(MONDAY, "09:00"))
        verdict = check(request, start=at(MONDAY, clock))
        starts = {slot.start for slot in free_starts(request, first=MONDAY, last=MONDAY)}
        assert verdict.is_free == (at(MONDAY, clock) in starts)  # invariant I2
        return verdict.reason

    def test_of_a_service(self, salon: Salon) -> None:
        policy(salon, "service", minimum_notice_minutes=120)

        assert self.verdict(salon, "10:55") is Reason.NOTICE_TOO_SHORT
        assert self.verdict(salon, "11:00") is None

    def test_the_services_own_wins_over_the_branchs(self, salon: Salon) -> None:
        salon.branch.minimum_notice_minutes = 240
        policy(salon, "service", minimum_notice_minutes=0)

        assert self.verdict(salon, "09:00") is None

    def test_the_stylists_own_wins(self, salon: Salon) -> None:
        policy(salon, "service", minimum_notice_minutes=120)
        policy(salon, "staff", minimum_notice_minutes=0)

        assert self.verdict(salon, "09:00") is None

    def test_of_several_stylists_whoever_can_is_offered(self, salon: Salon) -> None:
        policy(salon, "staff", minimum_notice_minutes=240)

        assert self.verdict(salon, "10:00") is Reason.NOTICE_TOO_SHORT
        assert self.verdict(salon, "10:00", wished=False) is None
