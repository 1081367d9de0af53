"""Emma is ill: what is proposed, and what carrying it out does."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import booking
from appointments.access import Role, access_of
from appointments.availability import Slot, check
from appointments.availability.several import load_several
from appointments.availability.snapshot import load
from appointments.availability.solver import free_starts_of
from appointments.models import (
    Absence,
    Appointment,
    Customer,
    Membership,
    Outage,
    OutageDecision,
    Policy,
    Staff,
    StaffServicePhases,
    StaffSkill,
)
from appointments.models.outage import Choice
from appointments.replanning import Away, Decision, Overtaken, Proposal, TooMany, apply, propose, uncovered
from appointments.rules.periods import Period
from calls.models import Callback
from tests.appointments.racing import meanwhile, overlaps, race, without
from tests.salons import MONDAY, NOW, Salon, at

TUESDAY = MONDAY + timedelta(days=1)
DAY = Period(at(MONDAY, "00:00"), at(TUESDAY, "00:00"))


@pytest.fixture
def mara(salon: Salon) -> Staff:
    return Staff.objects.create(company=salon.company, branch=salon.branch, name="Mara Vogt")


def ill(salon: Salon, first: str = "00:00", last: str = "") -> Away:
    period = Period(at(MONDAY, first), at(MONDAY, last)) if last else DAY
    return Away(salon.emma, period, "krank")


def shown(places: Sequence[Slot]) -> list[str]:
    return [f"{slot.staff.first_name} {slot.start.astimezone(NOW.tzinfo):%d. %H:%M}" for slot in places]


def proposed(proposal: Proposal) -> list[str]:
    return [shown(row.places[:1])[0] if row.places else "–" for row in proposal.rows]


def as_proposed(proposal: Proposal) -> dict[int, Decision]:
    return {
        row.appointment.pk: Decision(
            Choice.MOVE, row.appointment.revision, row.proposed.staff, row.proposed.start
        )
        if row.proposed
        else Decision(Choice.CALL, row.appointment.revision)
        for row in proposal.rows
    }


def carry_out(away: Away, decisions: dict[int, Decision], *, again: str = "") -> Outage:
    outage, _is_new = apply(away, decisions, token=f"token{again}", by=None, now=NOW)
    return outage


def place_of(appointment: Appointment) -> str:
    appointment.refresh_from_db()
    return shown([Slot(appointment.staff, appointment.starts_at, appointment.plan)])[0]


def test_the_same_time_with_somebody_else_comes_first(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    assert proposed(propose(ill(salon), now=NOW)) == ["Jonas 24. 10:00"]


def test_else_the_nearest_time_and_no_two_in_one_place(salon: Salon) -> None:
    for clock in ("10:00", "11:00"):
        salon.book(salon.cut, salon.emma, MONDAY, clock)
    salon.book(salon.cut, salon.jonas, MONDAY, "10:00")
    salon.book(salon.cut, salon.jonas, MONDAY, "11:30")
    # Eleven is not free with Jonas for 55 minutes, and both need a place in his day.
    assert proposed(propose(ill(salon), now=NOW)) == ["Jonas 24. 09:05", "Jonas 24. 12:25"]


def test_who_wished_for_her_is_offered_her_when_she_is_back(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    (row,) = propose(ill(salon), now=NOW).rows
    assert "Emma 25. 10:00" in shown(row.places)
    (row,) = propose(ill(salon, "09:00", "11:30"), now=NOW).rows
    assert "Emma 24. 11:30" in shown(row.places)


def test_a_gap_does_not_need_her(salon: Salon) -> None:
    """A perm at ten has its first gap from 10:50 to 11:05."""
    salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    assert propose(ill(salon, "10:50", "11:05"), now=NOW).rows == []
    assert len(propose(ill(salon, "10:50", "11:06"), now=NOW).rows) == 1


def test_only_who_can_do_it(salon: Salon, mara: Staff) -> None:
    Staff.objects.filter(pk=salon.jonas.pk).update(offers_all_services=False)
    salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    assert proposed(propose(ill(salon), now=NOW)) == ["Mara 24. 10:00"]


def test_notice_binds_new_times_but_not_the_time_that_was_promised(salon: Salon, mara: Staff) -> None:
    """Emma rings at 9:55; at ten somebody stands in the door anyway."""
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    (row,) = propose(ill(salon), now=at(MONDAY, "09:55")).rows
    starts = [slot.start for slot in row.places]
    assert shown(row.places[:2]) == ["Jonas 24. 10:00", "Mara 24. 10:00"]
    assert min(start for start in starts if start != at(MONDAY, "10:00")) >= at(MONDAY, "10:10")


def test_nobody_is_sent_to_two_stylists_at_once(salon: Salon) -> None:
    jana = Customer.objects.create(company=salon.company, name="Jana Probst")
    for staff, clock in ((salon.emma, "10:00"), (salon.jonas, "10:00")):
        booking.edit(salon.book(salon.cut, staff, MONDAY, clock), {"customer": jana}, now=NOW)
    Absence.objects.create(staff=salon.jonas, starts_at=at(MONDAY, "11:00"), ends_at=at(TUESDAY, "00:00"))
    (row,) = propose(ill(salon, "09:00", "11:00"), now=NOW).rows
    jana_is_at = Period(at(MONDAY, "10:00"), at(MONDAY, "10:55"))
    assert row.places
    assert not any(Period(slot.start, slot.end).overlaps(jana_is_at) for slot in row.places)


def test_without_any_place_a_call_is_all_that_is_left(salon: Salon) -> None:
    appointment = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    Staff.objects.filter(pk=salon.jonas.pk).update(active=False)
    away = Away(salon.emma, Period(DAY.start, DAY.start + timedelta(days=30)), "krank")
    proposal = propose(away, now=NOW)
    assert (proposed(proposal), proposal.placed) == (["–"], 0)
    carry_out(away, as_proposed(proposal))
    assert place_of(appointment) == "Emma 24. 10:00"
    assert "noch keine andere Zeit vereinbart" in Callback.objects.get().reason


def test_carried_out_all_is_there_at_once(salon: Salon) -> None:
    jana = Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4930900101")
    first = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    booking.edit(first, {"customer": jana}, now=NOW)
    away = ill(salon)
    outage = carry_out(away, as_proposed(propose(away, now=NOW)))
    assert place_of(first) == "Jonas 24. 10:00"
    absence = Absence.objects.get()
    assert (absence.staff, absence.starts_at, absence.ends_at) == (salon.emma, *DAY)
    (decision,) = outage.decisions.all()
    assert (decision.choice, decision.new_staff) == ("move", salon.jonas)
    callback = Callback.objects.get()
    assert (callback.name, callback.phone, callback.appointment) == ("Jana Probst", "+4930900101", first)
    assert callback.reason == (
        "Termin verlegt: war am Mo, 24. Nov., 10:00 bei Emma Keller, "
        "ist jetzt am Mo, 24. Nov., 10:00 bei Jonas Brandt."
    )
    # An hour of opening time: Monday at nine, and before somebody leaves the house.
    assert callback.due_at == at(MONDAY, "09:00")


def test_the_time_that_one_leaves_is_anothers(salon: Salon) -> None:
    """She has to go for ten minutes; what the perm leaves of her morning can be taken at once."""
    perm = salon.book(salon.perm, salon.emma, MONDAY, "08:30")
    cut = salon.book(salon.cut, salon.emma, MONDAY, "10:45")
    away = ill(salon, "10:40", "10:50")
    decisions = {
        perm.pk: Decision(Choice.MOVE, perm.revision, salon.jonas, at(MONDAY, "08:30")),
        cut.pk: Decision(Choice.MOVE, cut.revision, salon.emma, at(MONDAY, "09:00")),
    }
    carry_out(away, decisions)
    assert (place_of(perm), place_of(cut)) == ("Jonas 24. 08:30", "Emma 24. 09:00")


def test_an_absence_that_stands_already_is_not_entered_twice(salon: Salon) -> None:
    Absence.objects.create(staff=salon.emma, starts_at=DAY.start, ends_at=DAY.end, reason="Urlaub")
    carry_out(ill(salon), {})
    assert Absence.objects.get().reason == "Urlaub"


def test_somebody_was_faster_nothing_happens_and_it_is_said_who(salon: Salon) -> None:
    mine = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    away = ill(salon)
    decisions = as_proposed(propose(away, now=NOW))
    lena = Customer.objects.create(company=salon.company, name="Lena Weber")
    booking.edit(salon.book(salon.cut, salon.jonas, MONDAY, "10:30"), {"customer": lena}, now=NOW)
    with pytest.raises(Overtaken) as caught:
        carry_out(away, decisions)
    (sentence,) = caught.value.sentences
    assert "Lena Weber" in sentence
    assert "kann nicht mehr" in sentence
    assert place_of(mine) == "Emma 24. 10:00"
    assert [model.objects.count() for model in (Absence, Outage, Callback)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("meanwhile", "said"),
    [
        (lambda _salon, one: booking.cancel(one, now=NOW), "nicht mehr betroffen"),
        (lambda _salon, one: booking.edit(one, {"notes": "Hund"}, now=NOW), "inzwischen geändert"),
        (lambda salon, _one: salon.book(salon.cut, salon.emma, MONDAY, "15:00"), "dazugekommen"),
        (
            lambda salon, _one: Absence.objects.create(
                staff=salon.jonas, starts_at=DAY.start, ends_at=DAY.end
            ),
            "nicht mehr frei",
        ),
    ],
    ids=["cancelled", "changed", "new", "colleague away"],
)
def test_what_was_shown_must_still_be_so(salon: Salon, meanwhile: Any, said: str) -> None:
    mine = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    away = ill(salon)
    decisions = as_proposed(propose(away, now=NOW))
    meanwhile(salon, mine)
    with pytest.raises(Overtaken, match=said):
        carry_out(away, decisions)
    assert not Outage.objects.exists()


def test_two_choices_for_one_place_are_refused(salon: Salon) -> None:
    one, other = (salon.book(salon.cut, salon.emma, MONDAY, clock) for clock in ("10:00", "11:00"))
    decisions = {
        each.pk: Decision(Choice.MOVE, each.revision, salon.jonas, at(MONDAY, "10:00"))
        for each in (one, other)
    }
    with pytest.raises(booking.NotAllowed, match="Jonas Brandt"):
        carry_out(ill(salon), decisions)
    assert not Outage.objects.exists()


def test_twice_has_the_effect_of_once(committed: Salon) -> None:
    """A double click: both wait for Emma's lock, the second finds what the first has done."""
    committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    away = ill(committed)
    decisions = as_proposed(propose(away, now=NOW))

    def click() -> tuple[Outage, bool]:
        return apply(away, decisions, token="once", by=None, now=NOW)

    outcomes = race([click, click])
    assert sorted(is_new for _outage, is_new in outcomes) == [False, True]
    assert len({outage.pk for outage, _is_new in outcomes}) == 1
    assert (Outage.objects.count(), Callback.objects.count(), Absence.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("missing", "stored"),
    [((), 0), (("locks",), 0), (("exclusion",), 0), (("locks", "exclusion"), 1)],
    ids=["both", "constraint", "locks", "neither"],
)
def test_a_call_takes_the_place_while_the_plan_is_carried_out(
    committed: Salon, missing: tuple[str, ...], stored: int
) -> None:
    """The plan has asked the diary again and not yet taken the time; with neither guard both are stored."""
    committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    away = ill(committed)
    decisions = as_proposed(propose(away, now=NOW))
    with without(*missing):
        meanwhile(
            "appointments.booking.changes.move",
            lambda: carry_out(away, decisions),
            lambda: committed.book(committed.cut, committed.jonas, MONDAY, "10:30"),
        )
        assert overlaps() == stored
        assert Outage.objects.count() == Callback.objects.count()


def test_what_is_undecided_waits_until_somebody_decides(salon: Salon) -> None:
    user = User.objects.create_user("rezeption", is_staff=True)
    Membership.objects.create(user=user, company=salon.company, role=Role.RECEPTIONIST)
    salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    away = ill(salon, "10:50", "11:00")
    Absence.objects.create(staff=salon.emma, starts_at=away.period.start, ends_at=away.period.end)

    def waiting() -> list[Appointment]:
        return list(uncovered(access_of(user), now=NOW))

    assert waiting() == []  # only the gap of the perm lies in it
    cut = salon.book(salon.cut, salon.emma, MONDAY, "14:00")
    away = ill(salon, "13:30", "15:00")
    carry_out(away, {cut.pk: Decision(Choice.CALL, cut.revision)})
    assert waiting() == [cut]
    carry_out(away, {cut.pk: Decision(Choice.STAY, cut.revision)}, again="2")
    assert waiting() == []
    assert [one.choice for one in OutageDecision.objects.order_by("pk")] == ["call", "stay"]
    booking.reschedule(cut, booking.Move(at(MONDAY, "13:00")), now=NOW, overrides_hours=True)
    assert waiting() == [cut]  # what was decided was about another time


def test_a_season_is_no_sick_day(salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appointments.replanning.situation.MOST", 2)
    for clock in ("10:00", "11:00", "12:00"):
        salon.book(salon.cut, salon.emma, MONDAY, clock)
    with pytest.raises(TooMany):
        propose(ill(salon), now=NOW)


# Against every day that can be thought of


def a_day(salon: Salon, people: Sequence[Staff], random: Random) -> None:
    for _each in range(random.randint(4, 22)):
        service = random.choice([salon.cut, salon.cut, salon.perm])
        start = at(MONDAY, f"{random.randint(8, 18):02d}:{random.choice([0, 15, 30, 45]):02d}")
        request = salon.request(service, random.choice(people))
        if check(request, start=start).is_free:
            booking.book(
                request, start=start, visit=booking.Visit(source="staff", staff_wished=random.random() < 0.5)
            )


@pytest.mark.parametrize("seed", range(6))
def test_every_proposal_can_be_carried_out(salon: Salon, mara: Staff, seed: int) -> None:
    random = Random(seed)
    a_day(salon, [salon.emma, salon.emma, salon.jonas, mara], random)
    first = random.choice(["00:00", "10:10", "13:00"])
    away = ill(salon, first, random.choice(["23:59", "15:20"]))
    before = {one.pk: place_of(one) for one in Appointment.objects.all()}
    proposal = propose(away, now=NOW)
    assert [row.places for row in propose(away, now=NOW).rows] == [row.places for row in proposal.rows]
    affected = {row.appointment.pk for row in proposal.rows}
    carry_out(away, as_proposed(proposal))
    assert overlaps() == 0
    after = {one.pk: place_of(one) for one in Appointment.objects.all()}
    assert {pk for pk in before if before[pk] != after[pk]} <= affected
    assert [after[row.appointment.pk] for row in proposal.rows if row.places] == [
        place for place in proposed(proposal) if place != "–"
    ]
    # Nothing is left of what the outage affected, and whoever was moved stands where the solver says "free".
    assert len(propose(away, now=NOW).rows) == len(proposal.rows) - proposal.placed


def test_as_many_queries_for_many_as_for_one(salon: Salon, mara: Staff) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert propose(ill(salon), now=NOW).rows
        return len(seen)

    jana = Customer.objects.create(company=salon.company, name="Jana Probst")
    booking.edit(salon.book(salon.cut, salon.emma, MONDAY, "08:00"), {"customer": jana}, now=NOW)
    one = queries()
    for clock, service in (("09:00", salon.perm), ("12:00", salon.cut), ("13:00", salon.perm)):
        salon.book(service, salon.emma, MONDAY, clock)
    assert queries() == one <= 14


def test_several_services_are_asked_as_each_alone(salon: Salon, mara: Staff) -> None:
    """Skills, own minutes and notices, and a hold that has expired."""
    company = {"company": salon.company}
    Staff.objects.filter(pk__in=[salon.jonas.pk, mara.pk]).update(offers_all_services=False)
    StaffSkill.objects.create(**company, staff=mara, service=salon.cut)
    StaffServicePhases.objects.create(**company, staff=salon.emma, service=salon.cut, minutes=[40])
    Policy.objects.create(**company, staff=salon.emma, minimum_notice_minutes=900)
    Policy.objects.create(**company, service=salon.cut, minimum_notice_minutes=1000)
    booking.hold(salon.request(salon.cut, mara, holder="call:1"), start=at(MONDAY, "12:00"))
    salon.book(salon.cut, salon.emma, MONDAY, "13:00")
    requests = [salon.request(service) for service in (salon.cut, salon.perm)]
    together = load_several(requests, MONDAY, TUESDAY)
    for request, snapshot in zip(requests, together, strict=True):
        alone = load(request, MONDAY, TUESDAY)
        assert snapshot.staff == alone.staff
        assert [list(free_starts_of(time, snapshot)) for time in snapshot.staff] == [
            list(free_starts_of(time, alone)) for time in alone.staff
        ]
