"""No list asks the database more for fifty rows than for one, and none counts to a million."""

from itertools import count
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appointments.access import Role
from appointments.admin import paging
from appointments.models import AlarmRule, Appointment, Branch, Company, Customer, Membership, Policy
from calls.models import CallEvent
from tests.admin.pages import LIST
from tests.admin.test_role_matrix import MATRIX, full_company
from tests.admin.test_scoping import OURS
from tests.integrations.calendar import CalendarSalon
from tests.salons import MONDAY, Salon

_numbers = count(1)
# One's own company, its branches, and a row for each rule there is: never fifty.
FEW = (Company, Branch, AlarmRule)


def clones(row: models.Model, number: int) -> list[models.Model]:
    """Rows like ``row``, each with related rows of its own, so that nobody's are remembered for the next."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    related = {
        field.attname: clones(getattr(row, field.name), number)
        for field in fields
        if field.is_relation
        and getattr(row, field.attname)
        and (
            field.unique
            or field.related_model not in (Company, Branch)
            or (field.name == "company" and apart(type(row)))
        )
    }
    made = []
    for position in range(number):
        values = {field.attname: getattr(row, field.attname) for field in fields}
        values |= {name: rows[position].pk for name, rows in related.items()}
        values |= {
            field.name: unlike(field, values[field.attname]) for field in fields if distinct(row, field)
        }
        made.append(type(row)(**values))
    return type(row)._base_manager.bulk_create(made)


def apart(model: type[models.Model]) -> bool:
    """Whether a company has one of them, or one of each kind: then many are of many companies."""
    for one in model._meta.constraints:
        if isinstance(one, models.UniqueConstraint) and "company" in one.fields and "id" not in one.fields:
            others = [model._meta.get_field(name) for name in one.fields if name != "company"]
            return all(field.choices for field in others)
    return any(field.name == "company" and field.unique for field in model._meta.concrete_fields)


def distinct(row: models.Model, field: Any) -> bool:
    constraints = row._meta.constraints
    together = {
        name for one in constraints if isinstance(one, models.UniqueConstraint) for name in one.fields
    }
    return (field.unique or field.name in together) and not field.is_relation


def unlike(field: Any, value: Any) -> Any:
    number = next(_numbers)
    if isinstance(field, models.CharField) and not field.choices and value:
        return f"+4930{1_000_000 + number}" if str(value).startswith("+") else f"{value[:20]}{number}"
    return number if "Integer" in field.get_internal_type() and not field.choices else value


def test_every_list_asks_as_much_for_fifty_rows_as_for_one(
    calendar: CalendarSalon, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_company(calendar)
    Policy.objects.update(service=calendar.salon.cut)  # there is one for a whole company
    CallEvent.objects.create(
        event="call_ended", call_id="call_1", outcome="ignored", received_at=timezone.now()
    )
    boss = User.objects.create_user("chefin", is_staff=True)
    Membership.objects.create(user=boss, company=calendar.salon.company, role=Role.OWNER)
    boss_client, operator = Client(), Client()
    boss_client.force_login(boss)
    operator.force_login(User.objects.create_superuser("betrieb"))
    asked = {}
    for model in site._registry:
        label = model._meta.label_lower
        if model._meta.app_label not in OURS or model in FEW:
            continue
        monkeypatch.setattr(site._registry[model], "list_per_page", 1_000)
        client = operator if label == "calls.callevent" or apart(model) else boss_client
        asked[label] = (questions(client, model, 1), questions(client, model, 50))
    assert {label: one == many for label, (one, many) in asked.items()} == dict.fromkeys(asked, True), asked
    assert len(asked) == len(MATRIX) - len(FEW)


def questions(client: Client, model: Any, rows: int) -> int:
    """How often the list asks when at least ``rows`` stand on its page."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    query = {"when": "all"} if model._meta.model_name == "appointment" else {}
    stored = model._base_manager.order_by("pk")
    first = stored.filter(status="conflict").first() if model._meta.proxy else stored.first()
    with connection.cursor() as cursor:
        # What a row means is not asked here; the ledger's triggers would.
        cursor.execute("SET session_replication_role = replica")
        clones(first, rows - 1 if rows > 1 else 0)
        cursor.execute("SET session_replication_role = origin")
    client.get(url, query)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url, query)
    assert page.status_code == 200, url
    assert len(page.context["cl"].result_list) >= rows, url
    return len(queries)


class TestBoundedPages:
    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(paging, "MOST", 3)

    def test_it_says_that_there_are_more(self, salon: Salon, desk: Client) -> None:
        url = reverse("admin:appointments_customer_changelist")
        for number in range(3):
            Customer.objects.create(company=salon.company, name=f"Kunde {number}")
        assert "mehr als" not in desk.get(url).content.decode()
        Customer.objects.create(company=salon.company, name="Kunde 4")
        page = desk.get(url)
        assert "mehr als" in page.content.decode()
        assert page.context["cl"].result_count == 3

    def test_nothing_is_done_to_rows_that_nobody_has_counted(self, salon: Salon, desk: Client) -> None:
        booked = [salon.book(salon.cut, salon.emma, MONDAY, f"{hour:02}:00") for hour in (9, 10, 11, 12)]
        form = {"action": "cancel_selected", "select_across": "1", "_selected_action": str(booked[0].pk)}
        page = desk.post(f"{LIST}?when=all", form, follow=True)
        assert "Es sind mehr als 3." in page.content.decode()
        assert set(Appointment.objects.values_list("status", flat=True)) == {"booked"}


class TestManyPages:
    @pytest.fixture(autouse=True)
    def short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(site._registry[Appointment], "list_per_page", 2)

    def test_what_hangs_on_a_row_is_looked_up_for_the_rows_of_the_page_alone(
        self, salon: Salon, desk: Client
    ) -> None:
        booked = [salon.book(salon.cut, salon.emma, MONDAY, f"{hour:02}:00") for hour in (9, 10, 11, 12, 13)]
        with CaptureQueriesContext(connection) as queries:
            page = desk.get(LIST, {"when": "all", "p": "2"})
        assert list(page.context["cl"].result_list) == booked[2:4]
        joining = [each["sql"] for each in queries if 'JOIN "appointments_customer"' in each["sql"]]
        (rows,) = joining
        assert f'"id" IN ({booked[2].pk}, {booked[3].pk})' in rows

    def test_a_column_of_names_is_sorted_by_them(self, salon: Salon, desk: Client) -> None:
        salon.book(salon.cut, salon.emma, MONDAY, "09:00")
        salon.book(salon.cut, salon.jonas, MONDAY, "09:00")
        salon.emma.name = "Zoe Keller"
        salon.emma.save()
        column = site._registry[Appointment].list_display.index("staff") + 1
        page = desk.get(LIST, {"when": "all", "o": str(column)})
        assert [row.staff.name for row in page.context["cl"].result_list] == ["Jonas Brandt", "Zoe Keller"]
