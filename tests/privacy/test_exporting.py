"""Whoever asks what is held about them gets all of it, in a file to read and one for programmes."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments import booking, privacy
from appointments.access import Role
from appointments.models import Customer, DataRequest
from integrations.models import CalendarEvent
from tests.admin.test_scoping import member
from tests.integrations.calendar import CalendarSalon
from tests.privacy.life import CHILD, DOUBLE, FORMER, MAIL, NAME, NOTE, NUMBER, OLD_MAIL, SAID, SECOND
from tests.salons import make_salon

# What is not of theirs alone or says nothing that is not in another table.
SELDOM = {"outagedecision", "quarantine", "customerchange", "offer", "callclaim"}


def file_of(content: bytes) -> tuple[str, dict[str, object]]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert sorted(file.namelist()) == ["auskunft.html", "daten.json"]
        return file.read("auskunft.html").decode(), json.loads(file.read("daten.json"))


def test_everything_is_in_it_and_nothing_of_others(
    place: CalendarSalon, customer: Customer, tmp_path: Path
) -> None:
    target = tmp_path / "a.zip"
    call_command("export_customer", NUMBER, "--to", str(target), stdout=io.StringIO())

    page, facts = file_of(target.read_bytes())
    tables = facts["tables"]
    assert isinstance(tables, dict)
    assert target.stat().st_mode & 0o077 == 0
    assert {key for key, rows in tables.items() if not rows} <= SELDOM
    for text in (page, json.dumps(tables, ensure_ascii=False)):
        for mark in (NAME, FORMER, DOUBLE, NUMBER, SECOND, MAIL, OLD_MAIL, NOTE, SAID, CHILD):
            assert mark in text, mark
        assert place.customer.name not in text
    assert [row["name"] for row in tables["customer"]] == [NAME]
    assert {row["call__call_id"] for row in tables["transcript"]} <= {
        row["call_id"] for row in tables["call"]
    }
    assert "Was über Wilhelmine Zumpe gespeichert ist" in page
    assert "<script" not in page
    act = DataRequest.objects.get()
    assert (act.kind, act.number, act.counts["customer"]) == ("export", customer.pk, 1)


def test_a_namesake_and_a_number_that_is_longer_are_somebody_else(place: CalendarSalon) -> None:
    company, now = place.salon.company, timezone.now()
    customer = booking.add_customer(company, {"name": NAME, "phone": NUMBER, "email": MAIL}, now=now)
    others = (f"{NAME}, {NUMBER}9", f"{NAME}, x{MAIL}", f"{NAME}, 9{NUMBER[1:]}", f"{MAIL}-bau", NAME)
    bodies = [CalendarEvent(company=company, trigger="x", uid=each, body={"x": each}) for each in others]
    mine = CalendarEvent(company=company, trigger="x", uid="mine", body={"x": f"Tel. {NUMBER}."})
    for event in (*bodies, mine):
        event.received_at, event.outcome = now, "echo"
        event.save()
    found = {each.table.key: each.rows for each in privacy.everything_about(customer, now=now)}
    assert [row["uid"] for row in found["calendarevent"]] == ["mine"]
    privacy.erase(customer, coming=booking.Coming.REFUSE, now=now)
    assert CalendarEvent.objects.filter(body={}).values_list("uid", flat=True).get() == "mine"


def test_it_can_be_had_as_one_file(place: CalendarSalon, tmp_path: Path) -> None:
    for kind, begins in (("json", "{"), ("html", "<!DOCTYPE html>")):
        target = tmp_path / kind
        call_command("export_customer", str(place.customer.pk), format=kind, to=target, stdout=io.StringIO())
        assert target.read_text().startswith(begins)


def test_everything_that_a_customer_has_is_asked_for() -> None:
    """A table that gets a key to customers has to be given out, too."""
    given = {table.key for table in privacy.parts.tables()}
    pointing = {each.related_model._meta.model_name for each in Customer._meta.related_objects}
    assert pointing - {"historicalcustomer"} <= given


class TestThePages:
    @pytest.mark.parametrize(
        ("role", "may"), [(Role.OWNER, True), (Role.MANAGER, True), (Role.RECEPTIONIST, False)]
    )
    def test_owner_and_manager_have_the_buttons(
        self,
        place: CalendarSalon,
        role: Role,
        may: bool,  # noqa: FBT001
    ) -> None:
        desk, customer = member(place.salon, role), place.customer
        page = desk.get(reverse("admin:appointments_customer_change", args=[customer.pk]))
        information = reverse("admin:appointments_customer_export_person", args=[customer.pk])
        erase = reverse("admin:appointments_customer_erase", args=[customer.pk])
        assert (information in page.content.decode(), erase in page.content.decode()) == (may, may)
        answer = desk.post(information)
        assert answer.status_code == (200 if may else 403)
        assert desk.get(erase).status_code == (200 if may else 403)
        if may:
            assert file_of(answer.content)[1]["customer"] == customer.pk
            assert desk.get(information).status_code == 405, "it is an act that is noted"
            assert DataRequest.objects.get().made_by is not None

    def test_another_companys_customer_does_not_exist(self, place: CalendarSalon) -> None:
        desk = member(make_salon(slug="anderswo"), Role.OWNER)
        for name in ("export_person", "erase"):
            address = reverse(f"admin:appointments_customer_{name}", args=[place.customer.pk])
            assert desk.post(address, {"understood": "on"}).status_code == 404
        assert Customer.objects.filter(pk=place.customer.pk).exists()

    def test_erasing_says_what_happens_and_asks_what_becomes_of_appointments(
        self, place: CalendarSalon
    ) -> None:
        desk, customer = member(place.salon, Role.MANAGER), place.customer
        place.cut("10:00")
        address = reverse("admin:appointments_customer_erase", args=[customer.pk])
        page = desk.get(address).content.decode()
        assert all(text in page for text in ("Was geschieht", "Kommende Termine", "Termine: 1", "absagen"))
        for given in ({}, {"understood": "on"}, {"coming": "cancel"}, {"coming": "x", "understood": "on"}):
            assert desk.post(address, given).status_code == 200
        assert Customer.objects.filter(pk=customer.pk).exists()
        answer = desk.post(address, {"coming": "cancel", "understood": "on"}, follow=True)
        assert not Customer.objects.filter(pk=customer.pk).exists()
        said = [str(each) for each in answer.context["messages"]]
        assert said == [f"Kunde Nr. {customer.pk} wurde gelöscht. Die Termine stehen ohne Namen da."]
        assert desk.post(address, {"coming": "cancel", "understood": "on"}).status_code == 404
        assert customer.appointments.model.objects.get().status == "cancelled"

    def test_the_owner_sees_what_is_held(
        self, place: CalendarSalon, django_assert_max_num_queries: object
    ) -> None:
        desk = member(place.salon, Role.OWNER)
        page = desk.get(reverse("held")).content.decode()
        for text in ("Kundinnen und Kunden: Name", "90 Tage", "365 Tage", "bis die Person gelöscht wird"):
            assert text in page
        assert "Fehlgeschlagene Anmeldungen" not in page, "that is the operator's"
        assert member(make_salon(slug="anderswo"), Role.MANAGER).get(reverse("held")).status_code == 403

    def test_the_operator_sees_the_rest(self, place: CalendarSalon, admin_client: Client) -> None:
        page = admin_client.get(reverse("held")).content.decode()
        assert "Fehlgeschlagene Anmeldungen" in page
        assert "wie jeder Salon es festlegt" in page
