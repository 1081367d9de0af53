"""The morning page: what is new, what to do first, and the ways out, each with its permission."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_q.models import OrmQ

from appointments import tasks
from appointments.access import Role
from appointments.models import Appointment, Finding, IntegrityReport, Membership, Repair
from tests.appointments.integrity.planting import old_row
from tests.salons import Salon, make_salon

MORNING = reverse("admin:appointments_integrityreport_morning")
RUN = reverse("admin:appointments_integrityreport_run")


def page_of(finding: Finding, action: str = "change") -> str:
    return reverse(f"admin:appointments_finding_{action}", args=[finding.pk])


@pytest.fixture
def manager(salon: Salon) -> Client:
    user = User.objects.create_user("leitung", password="x", is_staff=True)
    Membership.objects.create(user=user, company=salon.company, role=Role.MANAGER)
    client = Client()
    client.force_login(user)
    return client


def check_now(client: Client, query: str = "") -> str:
    """The button, and the worker that does it."""
    client.post(RUN + query)
    for queued in OrmQ.objects.all():
        assert queued.task["func"] == "appointments.tasks.run_integrity"
        tasks.run_integrity(*queued.task["args"])
        queued.delete()
    return client.get(MORNING + query).content.decode()


def test_from_the_check_to_the_repair(manager: Client, salon: Salon) -> None:
    row = old_row(salon, "10:00", allocations=False)
    assert "Noch ist nichts geprüft." in manager.get(MORNING).content.decode()
    page = check_now(manager)
    assert "1 Sache wartet auf Sie." in page
    assert "ist versprochen, aber die Zeit ist nicht" in page
    finding = Finding.objects.get()
    assert f"/appointments/appointment/{row.pk}/change/" in manager.get(page_of(finding)).content.decode()
    assert "Das würde getan" in manager.get(page_of(finding, "repair")).content.decode()
    assert not row.allocations.exists()
    manager.post(page_of(finding, "repair"))
    made = Repair.objects.get()
    assert (row.allocations.count(), made.outcome, made.made_by.username) == (4, "done", "leitung")
    page = manager.get(reverse("admin:appointments_repair_change", args=[made.pk])).content.decode()
    assert "belegte Zeit" in page
    assert "Mo, 24. Nov" in page
    page = check_now(manager)
    assert "Alles ist, wie es sein soll." in page
    assert "Zuletzt repariert" in page


def test_while_it_is_being_checked_the_page_says_so_and_comes_again(
    manager: Client, salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clicked twice it is one report; without a worker nobody is told that something happens."""
    for _click in range(2):
        manager.post(RUN)
    assert OrmQ.objects.count() == IntegrityReport.objects.count() == 1
    page = manager.get(MORNING).content.decode()
    assert "der Hintergrunddienst läuft nicht" in page
    assert "http-equiv" not in page
    monkeypatch.setattr("appointments.admin.integrity_page.is_worker_alive", lambda: True)
    page = manager.get(MORNING).content.decode()
    assert 'http-equiv="refresh"' in page
    assert "Diese Seite lädt sich von selbst neu." in page
    assert "http-equiv" not in check_now(manager)
    again = tasks.run_integrity(IntegrityReport.objects.get().pk)
    assert again == "", "a task that comes twice makes one report"


def test_acknowledging_needs_a_reason_and_keeps_what_was_typed(manager: Client, salon: Salon) -> None:
    old_row(salon, "10:00", allocations=False)
    check_now(manager)
    finding = Finding.objects.get()
    page = manager.post(page_of(finding, "acknowledge"), {"reason": " "}).content.decode()
    assert "Bitte geben Sie einen Grund an" in page
    manager.post(page_of(finding, "acknowledge"), {"reason": "Ist so besprochen"})
    finding.refresh_from_db()
    assert (finding.reason, finding.acknowledged_by.username) == ("Ist so besprochen", "leitung")
    assert "Ist so besprochen" in manager.get(MORNING).content.decode()


def test_another_company_does_not_exist(manager: Client, salon: Salon, desk: Client) -> None:
    other = make_salon("abendstern")
    old_row(other, "10:00", allocations=False)
    check_now(desk, "?company=abendstern")
    finding = Finding.objects.get()
    for action in ("change", "repair"):
        assert manager.get(page_of(finding, action)).status_code in (302, 404)
    assert manager.post(page_of(finding, "repair")).status_code == 404
    assert manager.get(f"{MORNING}?company=abendstern").status_code == 404
    assert not Repair.objects.exists()


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.STYLIST])
def test_who_may_not_see_it_is_refused(salon: Salon, role: Role) -> None:
    user = User.objects.create_user("team", password="x", is_staff=True)
    staff: Any = salon.emma if role == Role.STYLIST else None
    Membership.objects.create(user=user, company=salon.company, role=role, staff=staff)
    client = Client()
    client.force_login(user)
    assert client.get(MORNING).status_code == 403
    assert client.post(RUN).status_code == 403


def test_its_queries_do_not_depend_on_how_much_there_is(desk: Client, salon: Salon) -> None:
    counts = []
    for clocks in (("10:00",), ("12:30", "15:00", "17:30")):
        for clock in clocks:
            old_row(salon, clock, allocations=False)
        check_now(desk)
        with CaptureQueriesContext(connection) as queries:
            desk.get(MORNING)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Appointment.objects.count() == Finding.objects.count() == 4
