"""The same overlap, tried in every way there is: the same rule, the same code, the other one named."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from appointments import booking
from appointments.models import ApiToken, Appointment, Customer
from appointments.models.appointment import Source
from tests.admin.pages import ADD, LIST, change_url, errors, form_of, typed
from tests.api.client import Api
from tests.salons import MONDAY, NOW, Salon, at

# Other systems may show it to anybody, so they are not told whose appointment it is.
DISCREET = "Emma Keller ist am Mo, 24. Nov. von 11:00 bis 13:15 Uhr belegt."
SENTENCE = "Emma Keller ist am Mo, 24. Nov. von 11:00 bis 13:15 Uhr belegt: Dauerwelle, Jana Probst."
Refusal = tuple[str, str]


class Ways:
    """Each tries to put a perm with Emma at twelve, where Jana's stands from eleven; code and sentence."""

    def __init__(self, salon: Salon, desk: Client) -> None:
        self.salon = salon
        self.desk = desk
        self.api = Api(ApiToken.objects.issue(company=salon.company, name="Kasse", now=NOW)[1])
        self.movable = salon.book(salon.perm, salon.emma, MONDAY, "16:00")

    def admin_form(self) -> Refusal:
        return self._of_form(ADD, typed(self.salon, "24.11.2025", "12:00"))

    def admin_form_of_another(self) -> Refusal:
        url = change_url(self.movable)
        return self._of_form(url, {**form_of(self.desk, url), "starts_at_1": "12:00"})

    def admin_action(self) -> Refusal:
        data = {
            "action": "move_selected",
            "_selected_action": [self.movable.pk],
            "apply": "1",
            "move-TOTAL_FORMS": "1",
            "move-INITIAL_FORMS": "1",
            "move-0-starts_at_0": "24.11.2025",
            "move-0-starts_at_1": "12:00",
            "move-0-staff": self.salon.emma.pk,
            "move-0-seen_revision": str(self.movable.revision),
        }
        return booking.SlotTaken.code, self.desk.post(LIST, data).context["formset"].refusal

    def api_create(self) -> Refusal:
        body = {"service": "Dauerwelle", "staff": "Emma Keller", "starts_at": at(MONDAY, "12:00").isoformat()}
        return self._of_api(self.api.post("/appointments/", body).json())

    def api_patch(self) -> Refusal:
        body = {"starts_at": at(MONDAY, "12:00").isoformat()}
        return self._of_api(self.api.patch(f"/appointments/{self.movable.pk}/", body).json())

    def writer(self) -> Refusal:
        request = self.salon.request(self.salon.perm, self.salon.emma)
        with pytest.raises(booking.SlotTaken) as refused:
            booking.book(request, start=at(MONDAY, "12:00"), visit=booking.Visit(source=Source.STAFF))
        return refused.value.code, str(refused.value)

    def shell(self) -> Refusal:
        self.movable.starts_at = at(MONDAY, "12:00")
        with pytest.raises(ValidationError) as refused:
            self.movable.full_clean()
        (error,) = refused.value.error_dict["__all__"]
        return str(error.code), error.messages[0]

    def _of_form(self, url: str, data: dict[str, object]) -> Refusal:
        return booking.SlotTaken.code, errors(self.desk.post(url, data))[0]

    def _of_api(self, answer: dict[str, str]) -> Refusal:
        return answer["code"], answer["message"]


WAYS: list[Callable[[Ways], Refusal]] = [
    Ways.admin_form,
    Ways.admin_form_of_another,
    Ways.admin_action,
    Ways.api_create,
    Ways.api_patch,
    Ways.writer,
    Ways.shell,
]


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
def test_the_same_overlap_is_refused_alike(
    way: Callable[[Ways], Refusal], salon: Salon, jana: Customer, desk: Client
) -> None:
    first = salon.book(salon.perm, salon.emma, MONDAY, "11:00")
    booking.edit(first, {"customer": jana}, now=NOW)
    ways = Ways(salon, desk)
    sentence = DISCREET if way.__name__.startswith("api") else SENTENCE
    assert way(ways) == ("slot_taken", sentence)
    stored = Appointment.objects.order_by("starts_at").values_list("starts_at", flat=True)
    assert list(stored) == [at(MONDAY, "11:00"), at(MONDAY, "16:00")]
