"""Two records of one person become one, wholly or not at all (incident 5)."""

from unittest.mock import patch

import pytest

from appointments import booking
from appointments.models import Appointment, Customer, CustomerNumber
from appointments.models.appointment import Source
from calls.models import Call, Callback
from calls.recognition import customer_of
from integrations.models import ContactPreference
from tests.appointments.racing import race
from tests.salons import MONDAY, NOW, Salon, at, make_salon


@pytest.fixture
def salon(db: None) -> Salon:
    return make_salon()


@pytest.fixture
def jana(salon: Salon) -> Customer:
    return Customer.objects.create(
        company=salon.company, name="Jana Probst", phone="+4930231250", notes="Farbe 7/43"
    )


@pytest.fixture
def double(salon: Salon) -> Customer:
    return Customer.objects.create(
        company=salon.company,
        name="J. Probst",
        phone="+4930231251",
        email="jana@probst.example",
        notes="links",
    )


def visit(salon: Salon, customer: Customer, clock: str) -> Appointment:
    return booking.book(
        salon.request(salon.cut, salon.emma),
        start=at(MONDAY, clock),
        visit=booking.Visit(source=Source.PHONE, customer=customer),
    )


def test_everything_of_the_double_is_the_others(salon: Salon, jana: Customer, double: Customer) -> None:
    appointments = [visit(salon, double, "10:00"), booking.cancel(visit(salon, double, "12:00"), now=NOW)]
    call = Call.objects.create(
        company=salon.company, branch=salon.branch, customer=double, call_id="call_1", started_at=NOW
    )
    callback = Callback.objects.create(
        company=salon.company, branch=salon.branch, customer=double, call=call, created_at=NOW, due_at=NOW
    )
    kept = booking.unite(jana, double, now=NOW)

    assert (kept.name, kept.phone, kept.email) == ("Jana Probst", "+4930231250", "jana@probst.example")
    assert kept.notes == "Farbe 7/43\n\nlinks"
    assert not Customer.objects.filter(pk=double.pk).exists()
    for row in (*appointments, call, callback):
        row.refresh_from_db()
        assert row.customer == kept
    newest = appointments[0].history.first()
    assert (newest.customer_id, appointments[0].revision) == (kept.pk, 2)


def test_what_is_chosen_wins_and_nothing_is_lost(salon: Salon, jana: Customer, double: Customer) -> None:
    booking.change_customer(jana, {"email": "j.probst@probst.example"})
    gone = double.pk
    kept = booking.unite(jana, double, now=NOW, taking=["phone", "email"])
    assert (kept.name, kept.phone, kept.email) == ("Jana Probst", "+4930231251", "jana@probst.example")
    assert [str(one) for one in CustomerNumber.objects.all()] == ["+4930231250"]
    assert kept.notes.split("\n\n") == ["Farbe 7/43", "links", "Auch: j.probst@probst.example"]
    reasons = [Customer.history.filter(id=pk).first().history_change_reason for pk in (kept.pk, gone)]
    assert reasons == [f"Mit Kunde Nr. {gone} zusammengeführt.", f"Mit Kunde Nr. {kept.pk} zusammengeführt."]


def test_whoever_wanted_no_messages_wants_none(salon: Salon, jana: Customer, double: Customer) -> None:
    """Nor is a consent carried over to a record that knows of none."""
    ContactPreference.objects.create(company=salon.company, customer=jana)
    ContactPreference.objects.create(
        company=salon.company, customer=double, wants_messages=False, reminders_agreed_at=NOW
    )
    booking.unite(jana, double, now=NOW)
    (left,) = ContactPreference.objects.all()
    assert (left.customer, left.wants_messages, left.reminders_agreed_at) == (jana, False, None)


def test_a_second_number_is_found(salon: Salon, jana: Customer, double: Customer) -> None:
    booking.unite(jana, double, now=NOW)
    assert list(Customer.objects.search("030 231251")) == [jana]


def test_a_call_from_the_second_number_is_still_theirs(
    salon: Salon, jana: Customer, double: Customer
) -> None:
    kept = booking.unite(jana, double, now=NOW)
    for number in ("+4930231250", "+4930231251"):
        assert customer_of(salon.company, number) == kept
        found = booking.find_or_create_customer(salon.company, name="Wer auch immer", phone=number, now=NOW)
        assert found == kept
    other = make_salon(slug="anderswo")
    assert customer_of(other.company, "+4930231251") is None


def test_nobody_else_can_be_given_the_second_number(salon: Salon, jana: Customer, double: Customer) -> None:
    booking.unite(jana, double, now=NOW)
    with pytest.raises(Exception, match="Nummer"):
        booking.add_customer(salon.company, {"name": "Tom Keller", "phone": "+4930231251"}, now=NOW)


def test_who_has_no_number_takes_the_doubles(salon: Salon, double: Customer) -> None:
    nameless = Customer.objects.create(company=salon.company, name="Jana Probst")
    assert booking.unite(nameless, double, now=NOW).phone == "+4930231251"
    assert not CustomerNumber.objects.exists()


def test_what_there_can_be_one_of_stays_the_kept_ones(salon: Salon, jana: Customer, double: Customer) -> None:
    for customer, language in ((jana, "en"), (double, "de")):
        ContactPreference.objects.create(company=salon.company, customer=customer, language=language)
    kept = booking.unite(jana, double, now=NOW)
    assert ContactPreference.objects.get().customer == kept
    assert ContactPreference.objects.get().language == "en"


def test_two_companies_are_never_united(jana: Customer) -> None:
    other = make_salon(slug="anderswo")
    theirs = Customer.objects.create(company=other.company, name="Jana Probst")
    with pytest.raises(ValueError, match=str(theirs.pk)):
        booking.unite(jana, theirs, now=NOW)
    with pytest.raises(ValueError, match=str(jana.pk)):
        booking.unite(jana, jana, now=NOW)


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def pairs(self, salon: Salon) -> tuple[Customer, Customer]:
        one, other = (
            Customer.objects.create(company=salon.company, name=name) for name in ("Jana Probst", "J. Probst")
        )
        visit(salon, one, "10:00")
        visit(salon, other, "12:00")
        return one, other

    def outcomes(self, one: Customer, other: Customer) -> list[object]:
        return race([lambda: booking.unite(one, other, now=NOW), lambda: booking.unite(other, one, now=NOW)])

    def test_one_effect_and_the_second_is_told(self) -> None:
        salon = make_salon()
        one, other = self.pairs(salon)
        done = self.outcomes(one, other)
        assert sorted(type(each).__name__ for each in done) == ["Customer", "NotAllowed"]
        (left,) = Customer.objects.all()
        assert left.appointments.count() == 2

    def test_without_the_lock_nobody_is_told(self) -> None:
        salon = make_salon()
        one, other = self.pairs(salon)
        with patch("appointments.booking.uniting._lock", lambda *_ids: [one, other]):
            done = self.outcomes(one, other)
        assert "NotAllowed" not in [type(each).__name__ for each in done]
