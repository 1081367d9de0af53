"""Every page opens, hours are changed under the lock, and history says who did what from where."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from appointments import booking
from appointments.audit import Channel, acting
from appointments.models import Absence, Appointment, Customer, Service, Staff
from calls.models import Call
from tests.calls.phone import Phone
from tests.salons import MONDAY, NOW, Salon, at

OURS = [
    model
    for model in admin.site._registry
    if model._meta.app_label in ("appointments", "calls", "integrations")
]


@pytest.mark.parametrize("model", OURS, ids=[model.__name__ for model in OURS])
def test_every_list_and_form_opens(model: Any, desk: Client, salon: Salon) -> None:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    assert desk.get(reverse(f"{name}_changelist")).status_code == 200
    assert desk.get(reverse(f"{name}_add")).status_code in (200, 403)


@pytest.mark.parametrize("page", ["change", "history"])
def test_every_row_opens(page: str, desk: Client, salon: Salon, jana: Customer) -> None:
    appointment = salon.book(salon.perm, salon.emma, MONDAY, "11:00")
    for row in (salon.company, salon.branch, salon.emma, salon.perm, jana, appointment):
        url = reverse(f"admin:appointments_{row._meta.model_name}_{page}", args=[row.pk])
        assert desk.get(url).status_code == 200, url


def test_the_page_of_a_call_shows_what_was_asked_and_booked(desk: Client, salon: Salon) -> None:
    phone = Phone(salon.number)
    args = {"datum": "2025-11-24", "uhrzeit": "11:00", "dienstleistung": "Dauerwelle"}
    phone.ask("start_booking", **args, name="Lena Vogel")
    page = desk.get(reverse("admin:calls_call_change", args=[Call.objects.get().pk])).content.decode()
    assert "start_booking" in page
    assert "Lena Vogel" in page


class TestHours:
    def form(self, staff: Staff, **absence: Any) -> dict[str, Any]:
        empty = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}
        inlines = {
            f"{prefix}-{key}": value
            for prefix in ("working_hours", "skills", "own_phases")
            for key, value in empty.items()
        }
        return {
            "company": staff.company_id,
            "branch": staff.branch_id,
            "name": staff.name,
            "nicknames": "",
            "email": "",
            "follows_branch_hours": "on",
            "offers_all_services": "on",
            "active": "on",
            **inlines,
            "absences-TOTAL_FORMS": "1",
            "absences-INITIAL_FORMS": "0",
            **{f"absences-0-{name}": value for name, value in absence.items()},
        }

    def save(self, desk: Client, staff: Staff, **absence: Any) -> Any:
        url = reverse("admin:appointments_staff_change", args=[staff.pk])
        return desk.post(url, self.form(staff, **absence), follow=True)

    def test_an_absence_moves_nobody_and_names_whom_to_call(self, desk: Client, salon: Salon) -> None:
        booked = salon.book(salon.cut, salon.emma, MONDAY, "11:00")
        day = {
            "starts_at_0": "24.11.2025",
            "starts_at_1": "08:00",
            "ends_at_0": "24.11.2025",
            "ends_at_1": "18:00",
        }
        page = self.save(desk, salon.emma, **day, reason="krank").content.decode()
        booked.refresh_from_db()
        assert (booked.status, booked.starts_at) == ("booked", at(MONDAY, "11:00"))
        assert "bitte anrufen" in page

    def test_an_absence_that_ends_before_it_starts_is_refused(self, desk: Client, salon: Salon) -> None:
        day = {
            "starts_at_0": "24.11.2025",
            "starts_at_1": "18:00",
            "ends_at_0": "24.11.2025",
            "ends_at_1": "08:00",
        }
        page = self.save(desk, salon.emma, **day, reason="krank").content.decode()
        assert "Das Ende muss nach dem Beginn liegen." in page
        assert not Absence.objects.exists()


class TestHistory:
    def channels(self, model: Any) -> list[tuple[str, str]]:
        return list(model.history.order_by("history_id").values_list("channel", "actor"))

    def test_the_phone_leaves_its_call(self, salon: Salon) -> None:
        phone = Phone(salon.number)
        args = {"datum": "2025-11-24", "uhrzeit": "11:00", "dienstleistung": "Dauerwelle"}
        phone.ask("start_booking", **args, name="Lena Vogel")
        assert self.channels(Appointment) == [("phone", phone.call_id)]
        assert self.channels(Customer) == [("phone", phone.call_id)]

    def test_staff_leave_their_name(self, desk: Client, salon: Salon) -> None:
        url = reverse("admin:appointments_service_change", args=[salon.cut.pk])
        form = {
            "company": salon.company.pk,
            "name": "Herrenschnitt",
            "synonyms": "",
            "price": "31.00",
            "buffer_before_minutes": "0",
            "buffer_after_minutes": "0",
            "calendar_layout": "phases",
            "active": "on",
            "phases-TOTAL_FORMS": "1",
            "phases-INITIAL_FORMS": "1",
            "phases-0-id": salon.cut.phases.get().pk,
            "phases-0-service": salon.cut.pk,
            "phases-0-position": "1",
            "phases-0-name": "",
            "phases-0-minutes": "55",
            "phases-0-busy": "on",
        }
        assert desk.post(url, form).status_code == 302
        latest = Service.history.filter(id=salon.cut.pk).latest()
        assert (latest.channel, latest.actor, latest.history_user.username) == ("staff", "desk", "desk")

    def test_what_nobody_claimed_was_the_system(self, salon: Salon) -> None:
        appointment = salon.book(salon.cut, salon.emma, MONDAY, "11:00")
        with acting(Channel.IMPORT, "old.csv"):
            booking.cancel(appointment, now=NOW)
        assert self.channels(Appointment) == [("system", ""), ("import", "old.csv")]

    def test_the_history_page_offers_no_way_back(self, desk: Client, salon: Salon) -> None:
        """A revert would write past the writer."""
        appointment = salon.book(salon.cut, salon.emma, MONDAY, "11:00")
        booking.cancel(appointment, now=NOW)
        record = Appointment.history.earliest()
        url = reverse("admin:appointments_appointment_simple_history", args=[appointment.pk, record.pk])
        desk.post(url, {"_change_history": "1"})
        appointment.refresh_from_db()
        assert appointment.status == "cancelled"


def test_a_time_of_day_is_typed_as_a_time(salon: Salon, desk: Client) -> None:
    """A browser shows nothing in a field for numbers that is given "08:00"."""
    page = desk.get(reverse("admin:appointments_branch_change", args=[salon.branch.pk])).text
    (field,) = re.findall(r'<input[^>]*name="opening_hours-0-start_minute"[^>]*>', page)
    assert ('type="text"' in field, 'value="08:00"' in field) == (True, True)
