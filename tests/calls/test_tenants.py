"""Two salons with the same names everywhere: nothing of one is ever seen in the other (invariant I8)."""

import logging
from typing import Any

import pytest

from appointments.models import Appointment, Branch, BranchPhoneNumber, Company, Customer, Policy, Staff
from calls.models import Call, Callback, FunctionCall, VoiceAgent
from tests.calls.phone import CALLER, CUT, Phone, booked, give, held, nothing_blocks
from tests.salons import MONDAY, Salon, make_salon, make_service, open_on

ANNA = {"name": "Anna Sommer"}


@pytest.fixture
def other(salon: Salon) -> Salon:
    """Another company: the same opening hours, names of people and names of services."""
    return make_salon("abendrot")


@pytest.fixture
def agents(salon: Salon, other: Salon) -> None:
    VoiceAgent.objects.create(branch=salon.branch, agent_id="agent_morgenrot")
    VoiceAgent.objects.create(branch=other.branch, agent_id="agent_abendrot")


class TestWhoseCall:
    def test_the_dialled_number_decides(self, salon: Salon, other: Salon) -> None:
        Phone(other.number).ask("start_booking", **CUT, **ANNA)

        appointment = Appointment.objects.get()
        assert appointment.customer
        owners = {
            appointment.company,
            appointment.branch.company,
            appointment.staff.company,
            appointment.service.company,
            appointment.customer.company,
            Call.objects.get().company,
        }
        assert owners == {other.company}

    def test_the_callers_number_does_not(self, salon: Salon, other: Salon) -> None:
        """Incident H3. Somebody calls one salon from the other one's telephone."""
        Phone(salon.number, other.number).ask("list_services")

        assert Call.objects.get().company == salon.company

    @pytest.mark.parametrize("argument", ["company", "company_id", "branch", "to_number", "agent_id", "slug"])
    def test_arguments_do_not(self, argument: str, salon: Salon, other: Salon) -> None:
        Phone(salon.number).ask("list_services", **{argument: other.company.pk})

        assert Call.objects.get().company == salon.company

    def test_of_an_outbound_call_our_number_is_the_other_one(self, salon: Salon, jana: Customer) -> None:
        Phone(salon.number, CALLER, outbound=True).ask("start_booking", **CUT)

        call = Call.objects.get()
        assert (call.company, call.customer, call.caller, call.direction) == (
            salon.company,
            jana,
            CALLER,
            "outbound",
        )

    def test_without_a_number_the_agent_decides(self, other: Salon, agents: None) -> None:
        """A web call has no numbers."""
        reply = Phone(None, None, agent_id="agent_abendrot").ask("start_booking", **CUT, **ANNA)

        assert reply["status"] == "booked"
        assert Appointment.objects.get().company == other.company

    def test_of_two_branches_the_dialled_number_decides(self, salon: Salon, agents: None) -> None:
        west = Branch.objects.create(company=salon.company, name="West", calendar="off")
        BranchPhoneNumber.objects.create(branch=west, number="+4930123459999")
        open_on(west, range(6))
        Staff.objects.create(company=salon.company, branch=west, name="Mara Vogt")

        reply = Phone("+4930123459999", agent_id="agent_morgenrot").ask("check_availability", **CUT)

        assert reply["staff"] == "Mara Vogt"

    def test_an_agent_nobody_has_registered_does_not_matter(self, salon: Salon) -> None:
        assert Phone(salon.number, agent_id="agent_of_a_test").ask("list_services")["status"] == "found"

    @pytest.mark.parametrize(
        ("number", "agent_id"),
        [
            (None, None),
            (None, "agent_of_nobody"),
            ("+4930999999999", None),
            ("+4930999999999", "agent_morgenrot"),
        ],
    )
    def test_there_is_no_default(self, number: str | None, agent_id: str | None, agents: None) -> None:
        """Incidents G15, G16."""
        reply = Phone(number, agent_id=agent_id).ask("start_booking", **CUT, **ANNA)

        assert reply["status"] == "unknown_number"
        assert nothing_blocks()
        assert not Call.objects.exists()

    @pytest.mark.parametrize("closed", ["company", "branch"])
    def test_who_is_no_longer_with_us_has_no_phone(self, closed: str, salon: Salon) -> None:
        model: type[Company | Branch] = Company if closed == "company" else Branch
        model.objects.update(active=False)

        assert Phone(salon.number).ask("list_services")["status"] == "unknown_number"

    def test_number_and_agent_of_two_companies_are_refused_and_alarm(
        self, salon: Salon, agents: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        reply = Phone(salon.number, agent_id="agent_abendrot").ask("start_booking", **CUT, **ANNA)

        assert reply["status"] == "unknown_number"
        assert logging.ERROR in [each.levelno for each in caplog.records]
        assert nothing_blocks()
        assert not Call.objects.exists()

    def test_a_call_id_stays_with_the_company_it_began_with(
        self, salon: Salon, other: Salon, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Incident G3."""
        phone = Phone(salon.number)
        phone.ask("check_availability", **CUT, mitarbeiter="Emma")

        reply = Phone(other.number, call_id=phone.call_id).ask("start_booking", **CUT, **ANNA)

        assert reply["status"] == "unknown_number"
        assert logging.ERROR in [each.levelno for each in caplog.records]
        assert FunctionCall.objects.count() == 1
        assert (held(), booked()) == ([("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")], [])


class TestNothingCrosses:
    def test_a_namesake_who_is_taken_in_one_salon_is_free_in_the_other(
        self, salon: Salon, other: Salon
    ) -> None:
        for phone in (Phone(salon.number), Phone(other.number)):
            reply = phone.ask("check_availability", **CUT, mitarbeiter="Emma")
            assert reply["status"] == "available"

    def test_a_customer_of_one_is_a_stranger_in_the_other(
        self, salon: Salon, other: Salon, jana: Customer
    ) -> None:
        """Incident I7."""
        assert Phone(other.number).ask("start_booking", **CUT)["status"] == "needs_name"

        Phone(other.number).ask("start_booking", **CUT, **ANNA)

        people = Customer.objects.order_by("pk").values_list("company__slug", "name", "phone")
        assert list(people) == [("morgenrot", "Jana Probst", CALLER), ("abendrot", "Anna Sommer", CALLER)]

    def test_an_appointment_in_one_is_not_existing_in_the_other(
        self, salon: Salon, other: Salon, jana: Customer
    ) -> None:
        give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), jana)

        phone = Phone(other.number)
        functions = ("check_availability", "pre_booking_revalidation", "start_booking")
        statuses = [phone.ask(function, **CUT, **ANNA)["status"] for function in functions]

        assert statuses == ["available", "valid", "booked"]

    def test_a_stylist_of_one_is_nobody_in_the_other(self, salon: Salon, other: Salon) -> None:
        Staff.objects.create(company=salon.company, branch=salon.branch, name="Mara Vogt")

        reply = Phone(other.number).ask("check_availability", **CUT, mitarbeiter="Mara")

        assert reply["reason"] == "staff_unknown"

    def test_a_service_of_one_is_not_offered_in_the_other(self, salon: Salon, other: Salon) -> None:
        """Incidents I4, B6."""
        make_service(salon.company, "Hochsteckfrisur", [("", 60, True)])

        reply = Phone(other.number).ask("check_availability", **{**CUT, "dienstleistung": "Hochsteckfrisur"})
        services = Phone(other.number).ask("list_services")["services"]

        assert reply["status"] == "not_offered"
        assert [each["name"] for each in services] == reply["services"] == ["Dauerwelle", "Herrenhaarschnitt"]

    def test_alternatives_are_the_salons_own(self, salon: Salon, other: Salon) -> None:
        Staff.objects.filter(company=other.company).exclude(name="Jonas Brandt").update(active=False)

        offers = Phone(other.number).ask("get_alternatives", **CUT)["alternatives"]

        assert {each["staff"] for each in offers} == {"Jonas Brandt"}

    def test_opening_hours_are_the_salons_own(self, salon: Salon, other: Salon) -> None:
        other.branch.opening_hours.all().delete()

        assert Phone(other.number).ask("get_opening_hours")["opening_hours"] == []

    @pytest.mark.parametrize("function", ["check_availability", "pre_booking_revalidation", "start_booking"])
    @pytest.mark.parametrize("kind", ["reservation_id", "offer_id"])
    def test_ids_of_one_mean_nothing_in_the_other(
        self, kind: str, function: str, salon: Salon, other: Salon
    ) -> None:
        phone = Phone(salon.number)
        ids: dict[str, Any] = {
            "reservation_id": phone.ask("check_availability", **CUT, mitarbeiter="Emma")["reservation_id"],
            "offer_id": phone.ask("get_alternatives", **CUT)["alternatives"][0]["offer_id"],
        }

        reply = Phone(other.number).ask(function, **{kind: ids[kind]}, **ANNA)

        assert reply["status"] == "needs_clarification"
        assert (held(), booked()) == ([("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")], [])

    def test_appointments_of_one_cannot_be_reached_from_the_other(
        self, salon: Salon, other: Salon, jana: Customer
    ) -> None:
        """A customer of both, with the same number, and an id from the first one (incidents I7, I8)."""
        Customer.objects.create(company=other.company, name="Jana Probst", phone=CALLER)
        mine = give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), jana)
        phone = Phone(other.number)
        to = {"neues_datum": "2025-11-25", "neue_uhrzeit": "10:00"}

        statuses = [
            phone.ask("get_customer_appointments")["status"],
            phone.ask("reschedule_appointment", appointment_id=mine.pk, **to)["status"],
            phone.ask("cancel_appointment", appointment_id=mine.pk)["status"],
            phone.ask("confirm_booking")["status"],
        ]

        assert statuses == ["none", "none", "none", "needs_clarification"]
        mine.refresh_from_db()
        assert (mine.status, mine.revision) == ("booked", 2)

    def test_who_is_known_in_one_is_unknown_in_the_other(
        self, salon: Salon, other: Salon, jana: Customer
    ) -> None:
        assert Phone(salon.number).ask("get_current_context")["status"] == "known"
        assert Phone(other.number).ask("get_current_context")["status"] == "unknown"

    def test_callbacks_are_the_salons_own(self, salon: Salon, other: Salon, jana: Customer) -> None:
        Phone(other.number).ask("request_callback")

        callback = Callback.objects.get()
        assert (callback.company, callback.branch, callback.customer) == (other.company, other.branch, None)

    def test_rules_of_one_do_not_bind_the_other(self, salon: Salon, other: Salon, jana: Customer) -> None:
        Policy.objects.create(company=other.company, cancel_hours_before=1000)
        give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), jana)

        assert Phone(salon.number).ask("cancel_appointment")["status"] == "cancelled"

    def test_a_hold_of_one_is_not_released_from_the_other(self, salon: Salon, other: Salon) -> None:
        reservation_id = Phone(salon.number).ask("check_availability", **CUT, mitarbeiter="Emma")[
            "reservation_id"
        ]

        Phone(other.number).ask("release_reservation", reservation_id=reservation_id)

        assert held() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]
