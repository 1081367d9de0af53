"""Appointments at the counter: the same rule, the same sentence, whichever way staff write."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appointments import booking
from appointments.admin import appointment as appointment_page
from appointments.models import Appointment, Customer, Staff
from tests.admin.pages import ADD, LIST, change_url, errors, form_of, typed
from tests.salons import MONDAY, NOW, Salon, at, make_salon

TAKEN = "Emma Keller ist am Mo, 24. Nov. von 11:00 bis 13:15 Uhr belegt: Dauerwelle, Jana Probst."


@pytest.fixture
def first(salon: Salon, jana: Customer) -> Appointment:
    """The perm at eleven, which stood first."""
    appointment = salon.book(salon.perm, salon.emma, MONDAY, "11:00")
    return booking.edit(appointment, {"customer": jana}, now=NOW)


@pytest.fixture
def second(salon: Salon, first: Appointment) -> Appointment:
    return salon.book(salon.perm, salon.emma, MONDAY, "14:00")


def starts() -> list[Any]:
    return list(Appointment.objects.order_by("starts_at").values_list("starts_at", flat=True))


class TestAdding:
    def test_an_appointment_goes_through_the_writer(self, desk: Client, salon: Salon, jana: Customer) -> None:
        response = desk.post(ADD, typed(salon, "24.11.2025", "11:00", customer=jana.pk, price="85.00"))
        stored = Appointment.objects.get()
        assert response.status_code == 302
        assert (stored.starts_at, stored.ends_at, stored.source, stored.customer) == (
            at(MONDAY, "11:00"),
            at(MONDAY, "13:15"),
            "staff",
            jana,
        )
        assert stored.allocations.count() == 4

    def test_an_overlap_is_refused_with_a_sentence_that_names_the_other(
        self, desk: Client, salon: Salon, first: Appointment
    ) -> None:
        response = desk.post(ADD, typed(salon, "24.11.2025", "13:00", notes="bitte kurz"))
        assert (response.status_code, errors(response)) == (200, [TAKEN])
        assert "bitte kurz" in response.content.decode()
        assert starts() == [first.starts_at]

    def test_outside_opening_hours_it_wants_a_confirmation(self, desk: Client, salon: Salon) -> None:
        late = typed(salon, "24.11.2025", "21:00")
        assert errors(desk.post(ADD, late)) == ["Der Salon hat zu dieser Zeit geschlossen."]
        assert desk.post(ADD, {**late, "overrides_hours": "on"}).status_code == 302
        assert starts() == [at(MONDAY, "21:00")]

    def test_a_confirmation_never_overrides_another_appointment(
        self, desk: Client, salon: Salon, first: Appointment
    ) -> None:
        response = desk.post(ADD, typed(salon, "24.11.2025", "12:00", overrides_hours="on"))
        assert errors(response) == [TAKEN]

    def test_a_double_click_books_once(self, desk: Client, salon: Salon, jana: Customer) -> None:
        data = typed(salon, "24.11.2025", "11:00", customer=jana.pk)
        assert desk.post(ADD, data).status_code == 302
        assert errors(desk.post(ADD, data)) == [TAKEN]
        assert Appointment.objects.count() == 1

    def test_a_stylist_without_the_skill_is_refused(self, desk: Client, salon: Salon) -> None:
        Staff.objects.filter(pk=salon.emma.pk).update(offers_all_services=False)
        response = desk.post(ADD, typed(salon, "24.11.2025", "11:00"))
        assert errors(response) == ["Emma Keller bietet Dauerwelle nicht an."]

    def test_another_companys_stylist_is_refused_at_the_field(self, desk: Client, salon: Salon) -> None:
        other = make_salon("abendrot")
        response = desk.post(ADD, typed(salon, "24.11.2025", "11:00", staff=other.emma.pk))
        assert "Das gehört zu einem anderen Unternehmen." in errors(response)
        assert starts() == []

    def test_nothing_typed_is_an_ordinary_error(self, desk: Client, salon: Salon) -> None:
        empty = dict.fromkeys(typed(salon, "", ""), "") | {
            "phases-TOTAL_FORMS": "0",
            "phases-INITIAL_FORMS": "0",
        }
        assert desk.post(ADD, empty).status_code == 200


class TestChanging:
    def test_a_move_goes_through_the_writer(self, desk: Client, second: Appointment) -> None:
        response = desk.post(
            change_url(second), {**form_of(desk, change_url(second)), "starts_at_1": "16:00"}
        )
        second.refresh_from_db()
        assert (response.status_code, second.starts_at, second.revision) == (302, at(MONDAY, "16:00"), 2)

    def test_a_move_onto_another_is_refused_like_a_new_one(self, desk: Client, second: Appointment) -> None:
        response = desk.post(
            change_url(second), {**form_of(desk, change_url(second)), "starts_at_1": "12:00"}
        )
        second.refresh_from_db()
        assert (errors(response), second.starts_at) == ([TAKEN], at(MONDAY, "14:00"))

    def test_a_note_moves_nothing_even_if_the_service_takes_longer_now(
        self, desk: Client, salon: Salon, second: Appointment
    ) -> None:
        salon.perm.phases.filter(position=1).update(minutes=120)
        form = {**form_of(desk, change_url(second)), "notes": "Farbe 7.1"}
        assert desk.post(change_url(second), form).status_code == 302
        second.refresh_from_db()
        assert (second.notes, second.ends_at) == ("Farbe 7.1", at(MONDAY, "16:15"))

    def test_a_form_that_has_grown_old_is_refused(self, desk: Client, second: Appointment) -> None:
        """Two colleagues had the same page open; the second is told, her words are kept."""
        hers = {**form_of(desk, change_url(second)), "notes": "zweite"}
        booking.edit(second, {"notes": "erste"}, now=NOW)
        response = desk.post(change_url(second), hers)
        second.refresh_from_db()
        assert errors(response) == [
            "Jemand anderes hat diesen Termin inzwischen geändert. Bitte sehen Sie ihn sich noch einmal an."
        ]
        assert "zweite" in response.content.decode()
        assert second.notes == "erste"

    def test_an_appointment_cannot_be_deleted(self, desk: Client, first: Appointment) -> None:
        url = reverse("admin:appointments_appointment_delete", args=[first.pk])
        assert desk.post(url, {"post": "yes"}).status_code == 403


class TestLostRace:
    """Somebody else books between our check and our write."""

    @pytest.fixture
    def faster(self, salon: Salon, jana: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
        slow = appointment_page.store

        def store(appointment: Appointment, form: Any) -> None:
            if not Appointment.objects.exists():
                booked = salon.book(salon.perm, salon.emma, MONDAY, "11:00")
                booking.edit(booked, {"customer": jana}, now=NOW)
            slow(appointment, form)

        monkeypatch.setattr(appointment_page, "store", store)

    def test_it_is_an_ordinary_error_and_another_time_works(
        self, desk: Client, salon: Salon, faster: None
    ) -> None:
        data = typed(salon, "24.11.2025", "11:00", notes="bitte kurz")
        response = desk.post(ADD, data)
        assert (response.status_code, len(errors(response))) == (200, 1)
        assert "bitte kurz" in response.content.decode()
        assert desk.post(ADD, {**data, "starts_at_1": "14:00"}).status_code == 302
        assert at(MONDAY, "14:00") in starts()


class TestActions:
    def act(self, desk: Client, action: str, *appointments: Appointment, **data: Any) -> Any:
        chosen = [appointment.pk for appointment in appointments]
        return desk.post(LIST, {"action": action, "_selected_action": chosen, **data}, follow=True)

    def test_cancelling_frees_the_time(self, desk: Client, salon: Salon, first: Appointment) -> None:
        self.act(desk, "cancel_selected", first)
        first.refresh_from_db()
        assert (first.status, first.allocations.count()) == ("cancelled", 0)
        assert desk.post(ADD, typed(salon, "24.11.2025", "11:00")).status_code == 302

    def test_moving_onto_another_names_it_and_moves_nothing(
        self, desk: Client, salon: Salon, first: Appointment, second: Appointment
    ) -> None:
        response = self.act(desk, "move_selected", second, **self.moved(salon.emma, "12:00"))
        second.refresh_from_db()
        assert (response.context["formset"].refusal, second.starts_at) == (TAKEN, at(MONDAY, "14:00"))

    def test_two_may_swap_places(
        self, desk: Client, salon: Salon, first: Appointment, second: Appointment
    ) -> None:
        places = self.moved(salon.emma, "14:00", rows=2, revision=2) | self.moved(
            salon.emma, "11:00", row=1, rows=2
        )
        self.act(desk, "move_selected", first, second, **places)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.starts_at, second.starts_at) == (at(MONDAY, "14:00"), at(MONDAY, "11:00"))

    def test_moving_out_of_hours_wants_a_confirmation(
        self, desk: Client, salon: Salon, second: Appointment
    ) -> None:
        late = self.moved(salon.emma, "21:00")
        refused = self.act(desk, "move_selected", second, **late)
        assert refused.context["formset"].refusal == "Der Salon hat zu dieser Zeit geschlossen."
        self.act(desk, "move_selected", second, **late, overrides_hours="on")
        second.refresh_from_db()
        assert second.starts_at == at(MONDAY, "21:00")

    def test_a_page_that_has_grown_old_moves_nothing(
        self, desk: Client, salon: Salon, second: Appointment
    ) -> None:
        data = self.moved(salon.emma, "16:00")
        booking.edit(second, {"notes": "von jemand anderem"}, now=NOW)
        response = self.act(desk, "move_selected", second, **data)
        second.refresh_from_db()
        assert response.context["formset"].refusal.startswith("Jemand anderes hat diesen Termin")
        assert second.starts_at == at(MONDAY, "14:00")

    def test_more_rows_than_were_selected_are_not_read(
        self, desk: Client, salon: Salon, second: Appointment
    ) -> None:
        data = {**self.moved(salon.emma, "16:00"), "move-TOTAL_FORMS": "999"}
        assert self.act(desk, "move_selected", second, **data).status_code == 200
        second.refresh_from_db()
        assert second.starts_at == at(MONDAY, "16:00")

    def test_the_page_asks_for_the_new_times(self, desk: Client, first: Appointment) -> None:
        response = self.act(desk, "move_selected", first)
        assert response.status_code == 200
        assert "Termine verschieben" in response.content.decode()

    @staticmethod
    def moved(staff: Staff, clock: str, *, row: int = 0, rows: int = 1, revision: int = 1) -> dict[str, Any]:
        return {
            "apply": "1",
            "move-TOTAL_FORMS": str(rows),
            "move-INITIAL_FORMS": str(rows),
            f"move-{row}-starts_at_0": "24.11.2025",
            f"move-{row}-starts_at_1": clock,
            f"move-{row}-staff": staff.pk,
            f"move-{row}-seen_revision": str(revision),
        }


class TestLists:
    @pytest.mark.parametrize("term", ["Probst", "030 900101", "+49 30 900101", "0049 30900101"])
    def test_a_customer_is_found_by_name_or_number_in_any_spelling(
        self, desk: Client, first: Appointment, term: str
    ) -> None:
        for url in (LIST, reverse("admin:appointments_customer_changelist")):
            assert "Jana Probst" in desk.get(url, {"q": term}).content.decode()

    def test_queries_do_not_grow_with_rows(
        self, desk: Client, salon: Salon, jana: Customer, django_assert_max_num_queries: Any
    ) -> None:
        salon.book(salon.cut, salon.emma, MONDAY, "08:00")
        with django_assert_max_num_queries(100) as few:
            desk.get(LIST)
        for clock in ("09:00", "10:00", "11:00", "12:00"):
            salon.book(salon.cut, salon.jonas, MONDAY, clock)
        with django_assert_max_num_queries(len(few)):
            desk.get(LIST)
