"""The search from anywhere and in every list: any spelling, by sound, in the own company only."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.db import connection
from django.test import Client
from django.urls import reverse

from appointments import booking, search
from appointments.access import Role
from appointments.models import Appointment, Customer
from appointments.models.search import fill
from appointments.rules.search_words import query_of
from appointments.search import Wanted
from calls.models import Call
from integrations.models import CalendarBooking
from tests.admin.test_scoping import OURS, member
from tests.salons import MONDAY, NOW, Salon, make_salon

SEARCH = reverse("admin:search")
BAD = (
    "",
    " ",
    "%",
    "%%__",
    "*",
    "\x01",
    "'",
    "\\",
    "' & |!():*<->",
    "x" * 5000,
    "\ud800",
)


def found(client: Client, text: str) -> list[str]:
    """The titles of all lines but those of pages."""
    groups = client.get(SEARCH, {"s": text}).context["groups"]
    return [line.title for group in groups if group.icon != "list_alt" for line in group.lines]


def customer(salon: Salon, name: str, **facts: Any) -> Customer:
    return Customer.objects.create(company=salon.company, name=name, **facts)


@pytest.fixture
def counter(salon: Salon) -> Client:
    return member(salon, Role.RECEPTIONIST)


@pytest.mark.parametrize(
    "typed",
    ["030 901820-0", "+49 30 9018200", "0049309018200", "+49 (0)30/901820-0", "9018200", "8200", "030 9018"],
)
def test_a_number_is_found_in_any_spelling(typed: str, salon: Salon, counter: Client) -> None:
    customer(salon, "Jana Probst", phone="+49309018200")
    customer(salon, "Lena Vogel", phone="+493012345678")
    assert found(counter, typed) == ["Jana Probst"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Maier", "Anna Meyer"),
        ("anna mayr", "Anna Meyer"),
        ("Schmitt", "Tom Schmidt"),
        ("Muller", "Ina Müller-Lüdenscheidt"),
        ("LÜDEN", "Ina Müller-Lüdenscheidt"),
        ("luedensch ina", "Ina Müller-Lüdenscheidt"),
        ("Groß", "Uwe Gross"),
        ("o'neil", "Kim O’Neil"),
        ("jana@", "Jana Probst"),
        ("jana@example", "Jana Probst"),
        ("bst", ""),
    ],
)
def test_a_name_is_found_by_beginning_and_sound(
    typed: str, stored: str, salon: Salon, counter: Client
) -> None:
    for name in ("Anna Meyer", "Tom Schmidt", "Ina Müller-Lüdenscheidt", "Uwe Gross", "Kim O’Neil"):
        customer(salon, name)
    customer(salon, "Jana Probst", email="Jana@Example.org")
    assert found(counter, typed) == ([stored] if stored else [])


def test_whoever_is_spelled_so_comes_first(salon: Salon, counter: Client) -> None:
    for name in ("Bo Maier", "Al Meyer", "Cy Mayer"):
        customer(salon, name)
    assert found(counter, "mayer") == ["Cy Mayer", "Al Meyer", "Bo Maier"]


def test_what_is_found_by_follows_the_name(salon: Salon, counter: Client, jana: Customer) -> None:
    assert found(counter, "Vogel") == []
    booking.change_customer(jana, {"name": "Jana Vogel"})
    assert found(counter, "Vogel") == ["Jana Vogel"]
    assert found(counter, "Probst") == []


class TestAppointments:
    @pytest.fixture
    def booked(self, salon: Salon, jana: Customer) -> Appointment:
        booked = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
        facts = {"customer": jana, "attendee_name": "Mia Probst", "contact_phone": "+493055500199"}
        return booking.edit(booked, facts, now=NOW)

    def test_by_number_customer_attendee_and_contact(self, booked: Appointment, counter: Client) -> None:
        for typed in (f"#{booked.pk}", str(booked.pk), "Mia", "900101", "030 555 00 199"):
            assert "Mo, 24. Nov. 2025, 10:00 · Mia Probst" in found(counter, typed), typed

    def test_by_the_booking_at_calcom_and_by_its_call(
        self, booked: Appointment, salon: Salon, counter: Client
    ) -> None:
        CalendarBooking.objects.create(
            company=salon.company,
            appointment=booked,
            state="exists",
            origin="created",
            uid="bXk3uid",
            starts_at=booked.starts_at,
            ends_at=booked.ends_at,
            created_at=NOW,
        )
        call = Call.objects.create(
            company=salon.company, branch=salon.branch, call_id="call_7f3a", started_at=NOW
        )
        call.appointment_links.create(
            company=salon.company, appointment=booked, relationship="booked", created_at=NOW
        )
        assert found(counter, "bXk3uid") == ["Mo, 24. Nov. 2025, 10:00 · Mia Probst"]
        assert len(found(counter, "call_7f3")) == 2

    def test_the_list_finds_the_same(self, booked: Appointment, counter: Client) -> None:
        url = reverse("admin:appointments_appointment_changelist")
        for typed in ("Probst", "030 900101", str(booked.pk)):
            assert list(counter.get(url, {"q": typed}).context["cl"].result_list) == [booked], typed


class TestScope:
    def test_another_company_is_not_found(self, salon: Salon, jana: Customer) -> None:
        stranger = member(make_salon(slug="anderswo"), Role.OWNER)
        booked = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
        for typed in ("Jana", "900101", f"#{booked.pk}"):
            assert found(stranger, typed) == [], typed

    def test_a_stylist_finds_the_own_customers_and_no_calls(self, salon: Salon, jana: Customer) -> None:
        customer(salon, "Jana Vogel")
        booking.edit(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), {"customer": jana}, now=NOW)
        Call.objects.create(
            company=salon.company, branch=salon.branch, call_id="call_jana", customer=jana, started_at=NOW
        )
        stylist = member(salon, Role.STYLIST, staff=salon.emma)
        assert found(stylist, "Jana") == ["Jana Probst", "Mo, 24. Nov. 2025, 10:00 · Jana Probst"]
        assert found(stylist, "call_jana") == []

    def test_nobody_unknown_finds_anything(self, salon: Salon) -> None:
        assert Client().get(SEARCH, {"s": "Jana"}).status_code == 302


class TestBadInput:
    @pytest.mark.parametrize("extended", [{}, {"extended": "1"}])
    def test_it_finds_nothing(self, extended: dict[str, str], desk: Client, jana: Customer) -> None:
        for text in BAD:
            page = desk.get(SEARCH, {"s": text.encode("utf-8", "surrogatepass"), "page": "x", **extended})
            assert page.status_code == 200, text
            kinds = {group.icon for group in page.context["groups"]}
            assert not kinds, text

    def test_no_list_and_no_autocomplete_stumbles(self, desk: Client, jana: Customer) -> None:
        for model in site._registry:
            if model._meta.app_label not in OURS:
                continue
            url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            for text in ("\x01", "x" * 5000, "%_\\'"):
                assert desk.get(url, {"q": text}).status_code == 200, (url, text)
        asked = {"app_label": "appointments", "model_name": "appointment", "field_name": "customer"}
        for text in BAD:
            answer = desk.get(
                reverse("admin:autocomplete"), {**asked, "term": text.encode("utf-8", "surrogatepass")}
            )
            assert answer.status_code == 200, text


class TestIndexes:
    """At half a million customers nothing may be looked for row by row."""

    def plan(self, source_model: Any, typed: str, *, company: int | None) -> str:
        source = search.source_of(source_model)
        assert source is not None
        rows = search.narrowed(source_model.objects.all(), source, Wanted.of(typed, company_id=company))
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            return rows.explain()

    @pytest.mark.parametrize("typed", ["Maier", "030 901820-0", "8200", "jana@example.org"])
    def test_customers(self, typed: str, salon: Salon) -> None:
        plan = self.plan(Customer, typed, company=None)
        assert "customer_search_words" in plan
        assert "Seq Scan" not in plan

    @pytest.mark.parametrize("typed", ["Maier", "030 901820-0", "4711", "call_7f3a"])
    @pytest.mark.parametrize("model", [Appointment, Call, CalendarBooking])
    def test_what_hangs_on_them(self, model: Any, typed: str, salon: Salon) -> None:
        assert "Seq Scan" not in self.plan(model, typed, company=salon.company.pk)


def test_rows_from_before_are_filled_in_batches(salon: Salon) -> None:
    rows = [customer(salon, f"Kunde {number}") for number in range(5)]
    Customer.objects.bulk_create([Customer(company=salon.company, name="Aus einer Liste")])
    expected = list(Customer.objects.order_by("pk").values_list("search_words", flat=True))
    Customer.objects.filter(pk__in=[row.pk for row in rows]).update(search_words=None)
    fill(Customer.objects.all(), batch=2)
    assert list(Customer.objects.order_by("pk").values_list("search_words", flat=True)) == expected
    assert None not in expected


def test_a_question_costs_the_same_for_one_and_for_many(
    salon: Salon, counter: Client, django_assert_max_num_queries: Any
) -> None:
    def ask() -> None:
        counter.get(SEARCH, {"s": "Maier", "extended": "1"})

    customer(salon, "Anna Maier")
    ask()
    with django_assert_max_num_queries(15) as one:
        ask()
    for number in range(9):
        row = customer(salon, f"Bea Maier {number}")
        booked = salon.book(salon.cut, salon.emma, MONDAY, f"{8 + number:02}:00")
        booking.edit(booked, {"customer": row}, now=NOW)
    with django_assert_max_num_queries(len(one)):
        ask()


def test_too_little_is_nothing_to_look_for() -> None:
    assert [query_of(text) for text in ("", "x", "123", "030", "- -", "%")] == [None] * 6
