"""Every list as CSV and Excel: what it shows, to whom it is shown, and never a formula."""

import csv
import tracemalloc
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from appointments import booking
from appointments.access import Role
from appointments.admin import spreadsheets
from appointments.models import Customer
from tests.admin.test_role_matrix import MATRIX, ROLES
from tests.admin.test_scoping import OURS, member
from tests.salons import MONDAY, NOW, Salon, make_salon

FORMULAS = ("=1+1", "+49 30", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1")


def url_of(model: str, kind: str) -> str:
    return reverse(f"admin:{model.replace('.', '_')}_export", args=[kind])


def csv_of(client: Client, model: str = "appointments.customer", **query: str) -> list[list[str]]:
    answer = client.get(url_of(model, "csv"), query)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def excel_of(client: Client, model: str = "appointments.customer", **query: str) -> list[tuple[Any, ...]]:
    answer = client.get(url_of(model, "xlsx"), query)
    assert answer.status_code == 200
    return list(load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0].values)


def test_columns_are_german_and_times_local(salon: Salon, jana: Customer) -> None:
    booked = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    booking.edit(booked, {"customer": jana}, now=NOW)
    owner = member(salon, Role.OWNER)
    header, row = csv_of(owner, "appointments.appointment")
    assert header[:6] == ["Beginn", "Leistung", "Kundin/Kunde", "Stylist/in", "Status", "Herkunft"]
    assert row[:6] == [
        "24.11.2025 10:00",
        "Herrenhaarschnitt",
        "Jana Probst",
        "Emma Keller",
        "gebucht",
        "Team",
    ]
    assert excel_of(owner, "appointments.appointment")[1][0] == datetime(2025, 11, 24, 10, 0)  # noqa: DTZ001


def test_it_holds_what_the_list_is_narrowed_to(salon: Salon, jana: Customer) -> None:
    Customer.objects.create(company=salon.company, name="Lena Vogel")
    owner = member(salon, Role.OWNER)
    assert [row[0] for row in csv_of(owner, q="Probst", p="7")] == ["Name", "Jana Probst"]
    assert [row[0] for row in csv_of(owner, o="-1")] == ["Name", "Lena Vogel", "Jana Probst"]
    links = owner.get(reverse("admin:appointments_customer_changelist"), {"q": "Probst"}).content.decode()
    assert "/export/xlsx/?q=Probst" in links


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(formula: str, salon: Salon) -> None:
    Customer.objects.create(company=salon.company, name=formula)
    owner = member(salon, Role.OWNER)
    assert csv_of(owner)[1][0] == f"'{formula}"
    name = excel_of(owner)[1][0]
    assert name.startswith("'")


def test_control_characters_do_not_break_the_file(salon: Salon) -> None:
    Customer.objects.create(company=salon.company, name='Ja\x01na;"Probst"\nx')
    owner = member(salon, Role.OWNER)
    assert csv_of(owner)[1][0] == 'Jana;"Probst"\nx'
    assert excel_of(owner)[1][0] == 'Jana;"Probst"\nx'


@pytest.mark.parametrize(("position", "role"), list(enumerate(ROLES)), ids=ROLES)
def test_who_may_take_a_list_as_a_file(position: int, role: Role, salon: Salon) -> None:
    """Owner and manager, of the lists they see; nobody else."""
    desk = member(salon, role, staff=salon.emma)
    for label, roles in MATRIX.items():
        may = role in {Role.OWNER, Role.MANAGER} and bool(roles[position])
        assert (label, desk.get(url_of(label, "csv")).status_code) == (label, 200 if may else 403)
    page = desk.get(reverse("admin:appointments_customer_changelist")).content.decode()
    assert ("/export/csv/" in page) == (role in {Role.OWNER, Role.MANAGER})


def test_another_companys_rows_are_in_no_file(salon: Salon, jana: Customer) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    stranger = member(make_salon(slug="anderswo"), Role.OWNER)
    for label in MATRIX:
        if label.startswith("appointments."):
            cells = " ".join(cell for row in csv_of(stranger, label) for cell in row)
            assert "Jana" not in cells, label
            assert "Morgenrot" not in cells, label
    assert len(csv_of(stranger, "appointments.appointment", when="all")) == 1


def test_every_list_can_be_taken(desk: Client, salon: Salon) -> None:
    for model in site._registry:
        if model._meta.app_label in OURS:
            assert len(csv_of(desk, model._meta.label_lower)[0]) > 0
            assert len(excel_of(desk, model._meta.label_lower)[0]) > 0


def test_an_unknown_kind_and_senseless_filters_are_refused_politely(desk: Client, salon: Salon) -> None:
    assert desk.get(url_of("appointments.customer", "pdf")).status_code == 404
    make_salon(slug="anderswo")
    assert desk.get(url_of("appointments.customer", "csv"), {"company__id__exact": "x"}).status_code == 302


def parts(response: Any) -> Iterator[bytes]:
    """The file as a server sends it and puts it away."""
    yield from response
    if hasattr(response, "file_to_stream"):
        response.file_to_stream.close()


@pytest.mark.parametrize("answer", [spreadsheets.csv_response, spreadsheets.excel_response])
def test_many_rows_take_no_more_memory_than_few(answer: Any) -> None:
    def peak(rows: int) -> int:
        tracemalloc.start()
        for part in parts(
            answer(header=["a", "b"], rows=([f"Kunde {n}", NOW] for n in range(rows)), name="x")
        ):
            del part
        _now, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(10)
    assert peak(3000) < peak(300) + 300_000


def test_more_rows_than_a_sheet_holds_go_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "ROWS_PER_SHEET", 2)
    response = spreadsheets.excel_response(header=["Name"], rows=[["a"], ["b"], ["c"]], name="x")
    sheets = load_workbook(BytesIO(b"".join(parts(response)))).worksheets
    assert [[row[0] for row in sheet.values] for sheet in sheets] == [["Name", "a", "b"], ["Name", "c"]]
