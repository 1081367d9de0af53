"""What staff see of messages and of those who did not come: on pages, in lists, and as figures with their rows."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appointments import booking
from appointments.access import Role
from appointments.models import Appointment, Branch, Customer, Membership, Staff
from appointments.models.appointment import Status
from calls.models import Call
from integrations.models import Message, MessageKind, MessageState
from tests.admin.pages import change_url
from tests.admin.test_dashboard import count_at, figures, tiles_of
from tests.admin.test_scoping import member
from tests.integrations.messaging.conftest import Letterbox, book, later, work
from tests.salons import MONDAY, NOW, Salon, at, make_salon

CLOCKS = ("09:00", "10:00", "11:00", "12:00", "13:00")


@pytest.fixture
def desk(salon: Salon) -> Client:
    return member(salon, Role.MANAGER)


def customer(salon: Salon, number: int) -> Customer:
    return Customer.objects.create(company=salon.company, name=f"Kundin {number}")


def reminder(appointment: Appointment, state: MessageState) -> None:
    Message.objects.create(
        company=appointment.company,
        appointment=appointment,
        kind=MessageKind.REMINDER,
        language="de",
        recipient="kundin@probst.example",
        starts_at=appointment.starts_at,
        state=state,
    )


def page_of(desk: Client, one: Any) -> str:
    name = f"admin:{one._meta.app_label}_{one._meta.model_name}_change"
    return desk.get(reverse(name, args=[one.pk])).content.decode()


def miss(appointment: Appointment) -> None:
    booking.mark(appointment, Status.NO_SHOW, now=timezone.now())


class TestMessages:
    def test_stand_on_the_page_of_appointment_and_customer(
        self,
        salon: Salon,
        jana: Customer,
        desk: Client,
        letterbox: Letterbox,
        time: time_machine.Traveller,
    ) -> None:
        appointment = book(salon, jana, "13:00")
        letterbox.answers.append("550 no such user")
        later(time)
        work()
        address = reverse("admin:integrations_message_change", args=[Message.objects.get().pk])
        for one in (appointment, jana):
            shown = page_of(desk, one)
            assert address in shown
            assert "Bestätigung" in shown
            assert "konnte nicht gesendet werden" in shown
        assert desk.get(address).status_code == 200

    def test_about_no_appointment_stand_on_the_customers_page(
        self, salon: Salon, jana: Customer, desk: Client, time: time_machine.Traveller
    ) -> None:
        """A promised callback, a call in vain, an offer; of those of another branch only its own staff read."""
        north = Branch.objects.create(company=salon.company, name="Nord", calendar="off")
        for kind in (MessageKind.CALLBACK, MessageKind.CALL_US, MessageKind.OFFER):
            Message.objects.create(
                company=salon.company,
                branch=north if kind == MessageKind.CALL_US else salon.branch,
                customer=jana,
                kind=kind,
                about=f"{kind}/1",
                language="de",
                recipient=jana.email,
                starts_at=at(MONDAY, "13:00"),
            )
        shown = page_of(desk, jana)
        for words in (
            "Rückruf zugesagt",
            "vergeblich angerufen",
            "Angebot von der Warteliste",
            "Mo, 24. Nov., 13:00</td>",
        ):
            assert words in shown
        reception = member(salon, Role.RECEPTIONIST)
        Membership.objects.get(role=Role.RECEPTIONIST).branches.add(
            salon.branch, through_defaults={"company": salon.company}
        )
        here = page_of(reception, jana)
        assert ("Rückruf zugesagt" in here, "vergeblich angerufen" in here) == (True, False)

    def test_are_for_those_who_may_see_them_and_never_another_companys(
        self, salon: Salon, jana: Customer, time: time_machine.Traveller, letterbox: Letterbox
    ) -> None:
        appointment = book(salon, jana, "13:00")
        later(time)
        work()
        heading = 'aria-label="Nachrichten"'
        stylist = member(salon, Role.STYLIST, staff=salon.emma)
        assert heading not in page_of(stylist, appointment)
        other = make_salon("anderswo")
        theirs = Customer.objects.create(company=other.company, name="Jana Probst", email=jana.email)
        assert heading not in page_of(member(other, Role.OWNER), theirs)

    def test_cost_no_query_more_for_many(
        self, salon: Salon, jana: Customer, desk: Client, letterbox: Letterbox, time: time_machine.Traveller
    ) -> None:
        book(salon, jana, "09:00")
        later(time)
        work()
        page_of(desk, jana)
        with CaptureQueriesContext(connection) as few:
            page_of(desk, jana)
        for clock in ("11:00", "13:00", "15:00"):
            book(salon, jana, clock)
        later(time)
        work()
        first = Message.objects.first()
        assert first is not None
        first.pk, first.appointment, first.kind, first.about = None, None, MessageKind.OFFER, "offer/1-1-1"
        first.save(force_insert=True)
        with CaptureQueriesContext(connection) as many:
            page_of(desk, jana)
        assert len(many) == len(few)


class TestWhoDidNotCome:
    def test_is_counted_by_branch_on_the_customers_page(
        self, salon: Salon, jana: Customer, desk: Client
    ) -> None:
        for clock in ("09:00", "11:00", "13:00"):
            miss(book(salon, jana, clock))
        north = Branch.objects.create(company=salon.company, name="Nord", calendar="off")
        Appointment.objects.filter(starts_at=at(MONDAY, "13:00")).update(branch=north)
        assert "(Mitte: 2, Nord: 1)" in page_of(desk, jana)

    def test_shows_when_they_call(self, salon: Salon, jana: Customer, desk: Client) -> None:
        calls = [
            Call.objects.create(
                company=salon.company,
                branch=salon.branch,
                call_id=f"call_{number}",
                customer=who,
                started_at=NOW,
            )
            for number, who in enumerate((jana, None))
        ]
        miss(book(salon, jana, "09:00"))
        miss(book(salon, jana, "11:00"))
        marked = ["2×" in page_of(desk, call) for call in calls]
        assert marked == [True, False]
        assert desk.get(reverse("admin:calls_call_changelist")).content.decode().count("2×") == 1

    def test_shows_where_they_are_booked(self, salon: Salon, jana: Customer, desk: Client) -> None:
        missed, coming = book(salon, jana, "09:00"), book(salon, jana, "11:00")
        miss(missed)
        planner = desk.get(reverse("planner"), {"day": str(MONDAY)})
        blocks = {
            event["extendedProps"]["appointment"]: event["extendedProps"]["missed"]
            for event in planner.context["board"]["events"]
            if event["extendedProps"]["kind"] == "visit"
        }
        # Of the missed one itself that goes without saying.
        assert blocks == {missed.pk: 0, coming.pk: 1}
        found = desk.get(reverse("planner-customers"), {"q": "Probst", "branch": salon.branch.pk})
        assert [one["missed"] for one in found.json()["customers"]] == [1]
        assert "schon einmal nicht gekommen" in desk.get(change_url(coming)).text


class TestWhatRemindersDo:
    @pytest.fixture
    def week(self, salon: Salon, time: time_machine.Traveller) -> list[Appointment]:
        """Five on Monday: three were reminded, of whom one did not come; of the others one did not."""
        made = [book(salon, customer(salon, number), clock) for number, clock in enumerate(CLOCKS)]
        states = [MessageState.SENT] * 3 + [MessageState.FAILED]  # which reminded nobody
        for appointment, state in zip(made, states, strict=False):
            reminder(appointment, state)
        for missed in (made[1], made[3]):
            miss(missed)
        time.move_to(at(MONDAY, "20:00"))
        return made

    def test_is_a_figure_with_its_rows(self, salon: Salon, week: list[Appointment]) -> None:
        desk = member(salon, Role.OWNER)
        tile = tiles_of(desk)["reminders"]
        assert figures(tile) == {
            "nicht erschienen, erinnert": "33,3 %",
            "erinnert": "3",
            "nicht erschienen, nicht erinnert": "50,0 %",
            "nicht erinnert": "2",
        }
        assert [count_at(desk, figure.url) for figure in tile.figures] == [1, 3, 1, 2]
        assert tile.bars == []

    def test_is_told_apart_by_branch(self, salon: Salon, week: list[Appointment]) -> None:
        desk = member(salon, Role.OWNER)
        north = Branch.objects.create(company=salon.company, name="Nord", calendar="off")
        Staff.objects.create(company=salon.company, branch=north, name="Nora Lind")
        tiles = tiles_of(desk)
        assert [(bar.label, bar.detail) for bar in tiles["reminders"].bars] == [
            ("Mitte, erinnert", "1 von 3"),
            ("Mitte, nicht erinnert", "1 von 2"),
        ]
        assert [(bar.label, bar.detail, count_at(desk, bar.url)) for bar in tiles["kept"].bars] == [
            ("Mitte", "2 von 5", 2)
        ]
        assert tiles_of(desk, branch=str(north.pk))["reminders"].figures[1].amount.value == 0
