"""The customer's page, uniting two, and one click for what has become of an appointment."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments import booking
from appointments.access import Role
from appointments.audit import Channel, acting
from appointments.models import Appointment, Customer
from appointments.models.appointment import Source, Status
from calls.models import Call, CallAppointment
from tests.admin.pages import change_url
from tests.admin.test_scoping import member
from tests.salons import MONDAY, NOW, Salon, at, make_salon

UNITE = "admin:appointments_customer_unite"


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(salon: Salon, clock: Any) -> Client:
    return member(salon, Role.RECEPTIONIST)


@pytest.fixture
def double(salon: Salon) -> Customer:
    return Customer.objects.create(company=salon.company, name="Jana Propst", phone="+4930231251")


def visit(salon: Salon, customer: Customer, clock: str, **facts: Any) -> Appointment:
    return booking.book(
        salon.request(facts.get("service", salon.cut), salon.emma, now=timezone.now()),
        start=at(MONDAY, clock),
        visit=booking.Visit(source=Source.PHONE, customer=customer),
    )


def page_of(customer: Customer) -> str:
    return reverse("admin:appointments_customer_change", args=[customer.pk])


class TestTheCustomersPage:
    def test_shows_what_is_coming_what_was_and_what_is_usual(
        self, desk: Client, salon: Salon, jana: Customer, clock: Any
    ) -> None:
        for hour in ("08:00", "09:00", "10:00"):
            visit(salon, jana, hour)
        missed, *kept = Appointment.objects.order_by("pk")
        visit(salon, jana, "18:00", service=salon.cut)
        clock.move_to(at(MONDAY, "13:00"))
        booking.mark(missed, Status.NO_SHOW, now=timezone.now())
        for each in kept:
            if each.starts_at < timezone.now():
                booking.mark(each, Status.COMPLETED, now=timezone.now())
        facts = member(salon, Role.MANAGER).get(page_of(jana)).context["facts"]
        assert (facts.visits, facts.no_shows) == (2, 1)
        assert (facts.usual_service, facts.usual_staff) == ("Herrenhaarschnitt", "Emma Keller")
        assert [each.starts_at for each in facts.coming] == [at(MONDAY, "18:00")]
        assert len(facts.past) == 3

    def test_calls_are_shown_to_whoever_may_see_calls(self, salon: Salon, jana: Customer, clock: Any) -> None:
        Call.objects.create(
            company=salon.company, branch=salon.branch, customer=jana, call_id="call_1", started_at=NOW
        )
        visit(salon, jana, "10:00")
        assert "Alle Anrufe" in member(salon, Role.RECEPTIONIST).get(page_of(jana)).text
        assert "Alle Anrufe" not in member(salon, Role.STYLIST, staff=salon.emma).get(page_of(jana)).text

    def test_asks_no_more_for_many_than_for_one(
        self, desk: Client, salon: Salon, jana: Customer, django_assert_max_num_queries: Any
    ) -> None:
        visit(salon, jana, "08:00")
        desk.get(page_of(jana))
        with django_assert_max_num_queries(100) as few:
            desk.get(page_of(jana))
        for number in range(9, 19):
            visit(salon, jana, f"{number:02}:00")
            Call.objects.create(
                company=salon.company,
                branch=salon.branch,
                customer=jana,
                call_id=f"c{number}",
                started_at=NOW,
            )
        with django_assert_max_num_queries(len(few) + 1):  # the links of the calls
            desk.get(page_of(jana))


class TestUniting:
    def test_a_double_is_suspected_by_its_sound_and_united(
        self, desk: Client, salon: Salon, jana: Customer, double: Customer
    ) -> None:
        visit(salon, double, "10:00")
        assert [one.pk for one in desk.get(page_of(jana)).context["suspected"]] == [double.pk]
        address = f"{reverse(UNITE)}?ids={jana.pk},{double.pk}"
        assert "Jana Propst bleibt" in desk.get(address).text
        body = {"ids": f"{jana.pk},{double.pk}", "kept": jana.pk}
        assert "sind jetzt einer" in desk.post(address, body, follow=True).text
        assert jana.appointments.count() == 1
        second = desk.post(address, body, follow=True)
        assert "Vielleicht wurden sie gerade zusammengeführt" in second.text
        assert second.redirect_chain[-1][0] == page_of(jana)

    def test_what_wins_is_chosen(self, desk: Client, jana: Customer, double: Customer) -> None:
        body = {"ids": f"{jana.pk},{double.pk}", "kept": jana.pk, "name": double.pk, "phone": "unsinn"}
        desk.post(reverse(UNITE), body)
        (left,) = Customer.objects.all()
        assert (left.pk, left.name, left.phone) == (jana.pk, "Jana Propst", jana.phone)
        history = reverse("admin:appointments_customer_history", args=[jana.pk])
        assert f"Mit Kunde Nr. {double.pk} zusammengeführt." in desk.get(history).text
        assert (
            "Jana Propst"
            in desk.get(reverse("admin:appointments_customer_changelist"), {"q": "030 231251"}).text
        )

    def test_with_whomever_is_searched_for(
        self, desk: Client, salon: Salon, jana: Customer, double: Customer
    ) -> None:
        lena = Customer.objects.create(company=salon.company, name="Lena Vogel", email="lena@vogel.example")
        Customer.objects.create(company=make_salon(slug="anderswo").company, name="Lena Vogel")
        page = reverse("admin:appointments_customer_partner", args=[jana.pk])
        found = {
            text: list(desk.get(page, {"q": text}).context["found"])
            for text in ("", "vogel", "030 231251", "lena@vogel.example", "x")
        }
        expected = {"": [double], "vogel": [lena], "030 231251": [double], "lena@vogel.example": [lena]}
        assert found == {**expected, "x": []}
        stylist = member(salon, Role.STYLIST, staff=salon.emma)
        assert stylist.get(page).status_code == 403
        theirs = member(make_salon(slug="dort"), Role.OWNER)
        assert theirs.get(page).status_code == 404

    def test_says_what_moves_along(
        self, desk: Client, salon: Salon, jana: Customer, double: Customer
    ) -> None:
        visit(salon, double, "10:00")
        assert "1 Termine" in desk.get(f"{reverse(UNITE)}?ids={jana.pk},{double.pk}").text

    def test_the_lists_action_leads_there(self, desk: Client, jana: Customer, double: Customer) -> None:
        data = {"action": "unite_selected", "_selected_action": [jana.pk, double.pk]}
        answer = desk.post(reverse("admin:appointments_customer_changelist"), data)
        assert answer.url == f"{reverse(UNITE)}?ids={jana.pk},{double.pk}"

    def test_who_are_expected_at_once_may_be_two(
        self, desk: Client, salon: Salon, jana: Customer, double: Customer
    ) -> None:
        visit(salon, jana, "10:00")
        booking.book(
            salon.request(salon.cut, salon.jonas, now=timezone.now()),
            start=at(MONDAY, "10:30"),
            visit=booking.Visit(source=Source.STAFF, customer=double),
        )
        assert "können gut zwei Personen sein" in desk.get(f"{reverse(UNITE)}?ids={jana.pk},{double.pk}").text

    @pytest.mark.parametrize("ids", ["", "1", "x,y", "1,1", "1,2,3", "9" * 40])
    def test_anything_but_two_is_one_sentence(self, desk: Client, ids: str) -> None:
        assert "zwei Kunden desselben Salons" in desk.get(reverse(UNITE), {"ids": ids}, follow=True).text

    def test_another_company_and_other_roles_are_out_of_reach(
        self, salon: Salon, jana: Customer, double: Customer, clock: Any
    ) -> None:
        body = {"ids": f"{jana.pk},{double.pk}", "kept": jana.pk}
        member(make_salon(slug="anderswo"), Role.OWNER).post(reverse(UNITE), body)
        visit(salon, jana, "10:00")
        stylist = member(salon, Role.STYLIST, staff=salon.emma)
        assert stylist.post(reverse(UNITE), body).status_code == 403
        assert Customer.objects.filter(pk=double.pk).exists()


class TestOneClick:
    def step(self, desk: Client, appointment: Appointment, status: str, revision: int | None = None) -> str:
        body = {"status": status, "revision": appointment.revision if revision is None else revision}
        url = reverse("admin:appointments_appointment_step", args=[appointment.pk])
        return str(desk.post(url, body, follow=True).text)

    def test_did_not_come_and_came_after_all(
        self, desk: Client, salon: Salon, jana: Customer, clock: Any
    ) -> None:
        appointment = visit(salon, jana, "10:00")
        assert [status for status, _words in desk.get(change_url(appointment)).context["steps"]] == [
            "confirmed",
            "cancelled",
        ]
        clock.move_to(at(MONDAY, "10:20"))
        desk = member(salon, Role.MANAGER)
        assert "Nicht erschienen" in desk.get(change_url(appointment)).text
        assert "Jetzt „nicht erschienen“." in self.step(desk, appointment, "no_show")
        appointment.refresh_from_db()
        assert "War doch da" in desk.get(change_url(appointment)).text
        self.step(desk, appointment, "completed")
        appointment.refresh_from_db()
        assert appointment.status == Status.COMPLETED

    def test_staff_are_told_of_those_who_did_not_come(
        self, desk: Client, salon: Salon, jana: Customer
    ) -> None:
        missed, other = (visit(salon, jana, clock) for clock in ("10:00", "12:00"))
        booking.mark(missed, Status.NO_SHOW, now=NOW)
        assert "schon einmal nicht gekommen" in desk.get(change_url(other)).text
        assert "schon einmal nicht gekommen" not in desk.get(change_url(missed)).text

    def test_a_second_click_is_told(self, desk: Client, salon: Salon, jana: Customer) -> None:
        appointment = visit(salon, jana, "10:00")
        self.step(desk, appointment, "confirmed")
        assert "inzwischen" in self.step(desk, appointment, "cancelled")
        for status in ("", "unsinn", "provisional"):
            self.step(desk, appointment, status, revision=2)
        appointment.refresh_from_db()
        assert appointment.status == Status.CONFIRMED

    def test_another_company_is_out_of_reach(self, salon: Salon, jana: Customer, clock: Any) -> None:
        appointment = visit(salon, jana, "10:00")
        theirs = member(make_salon(slug="anderswo"), Role.OWNER)
        url = reverse("admin:appointments_appointment_step", args=[appointment.pk])
        assert theirs.post(url, {"status": "cancelled", "revision": 1}).status_code == 404


def test_the_story_says_who_did_what_from_where(desk: Client, salon: Salon, jana: Customer) -> None:
    appointment = visit(salon, jana, "10:00")
    with acting(Channel.PHONE, "call_1"):
        booking.reschedule(appointment, booking.Move(start=at(MONDAY, "12:00"), staff=salon.jonas), now=NOW)
    desk.post(
        reverse("admin:appointments_appointment_step", args=[appointment.pk]),
        {"status": "cancelled", "revision": 2},
    )
    cancelled, moved, entered = desk.get(change_url(appointment)).context["story"]
    assert (cancelled.who, cancelled.what) == ("receptionist-morgenrot", ["Jetzt „abgesagt“."])
    assert moved.who == "Telefon"
    assert moved.what == [
        "Verschoben von Mo, 24. Nov., 10:00 auf Mo, 24. Nov., 12:00.",
        "Von Emma Keller zu Jonas Brandt.",
    ]
    assert entered.what == ["Eingetragen."]


def test_a_call_shows_its_appointments_and_who_else_called_about_them(
    desk: Client, salon: Salon, jana: Customer
) -> None:
    appointment = visit(salon, jana, "10:00")
    calls = [
        Call.objects.create(
            company=salon.company, branch=salon.branch, customer=jana, call_id=f"call_{n}", started_at=NOW
        )
        for n in (1, 2)
    ]
    for call, relationship in zip(calls, ("original", "enquiry"), strict=True):
        CallAppointment.objects.create(
            company=salon.company,
            call=call,
            appointment=appointment,
            relationship=relationship,
            created_at=NOW,
        )
    (matter,) = desk.get(reverse("admin:calls_call_change", args=[calls[0].pk])).context["matters"]
    assert matter.appointment == appointment
    assert [other.pk for other, _words in matter.others] == [calls[1].pk]
    assert "Anrufe" in desk.get(change_url(appointment)).text


def test_an_appointment_shows_its_phases_to_scale(desk: Client, salon: Salon, jana: Customer) -> None:
    perm = visit(salon, jana, "10:00", service=salon.perm)
    strips = desk.get(change_url(perm)).context["timeline"]
    assert [(each.minutes, each.busy) for each in strips] == [
        *((50, True), (15, False), (5, True), (10, False), (15, True), (40, True))
    ]
    assert (strips[0].x, sum(each.width for each in strips)) == (0, 1000)
    assert "15 Min., Stylistin frei" in desk.get(change_url(perm)).text
