"""``release_reservation``: the caller does not want it after all."""

from unittest.mock import ANY

import pytest

from appointments.models import Reservation
from appointments.models.ledger import ReservationState
from tests.calls.phone import CUT, PERM, Phone, booked, held, nothing_blocks
from tests.salons import Salon

LATER = {**PERM, "uhrzeit": "14:00"}


def test_the_named_hold_is_given_back(phone: Phone) -> None:
    first = phone.ask("check_availability", **CUT)["reservation_id"]
    second = phone.ask("check_availability", **LATER, mitarbeiter="Emma")["reservation_id"]

    reply = phone.ask("release_reservation", reservation_id=first)

    assert reply == {"success": True, "status": "released", "message": ANY}
    assert held() == [("Emma Keller", "Mo 14:00", "Dauerwelle")]
    states = {each.token: each.state for each in Reservation.objects.all()}
    assert states == {first: ReservationState.RELEASED, second: ReservationState.HELD}


@pytest.mark.parametrize("token", [None, "", "{{reservation_id}}"])
def test_without_an_id_all_that_the_call_holds_is_given_back(token: str | None, phone: Phone) -> None:
    phone.ask("check_availability", **CUT)
    phone.ask("check_availability", **LATER)

    assert phone.ask("release_reservation", reservation_id=token)["status"] == "released"
    assert nothing_blocks()


def test_what_is_gone_already_is_no_error(phone: Phone) -> None:
    reservation_id = phone.ask("check_availability", **CUT)["reservation_id"]

    for _again in range(2):
        assert phone.ask("release_reservation", reservation_id=reservation_id)["status"] == "released"


def test_what_is_booked_is_not_released(phone: Phone) -> None:
    reservation_id = phone.ask("check_availability", **CUT, mitarbeiter="Emma")["reservation_id"]
    phone.ask("start_booking", reservation_id=reservation_id, name="Anna Sommer")

    phone.ask("release_reservation", reservation_id=reservation_id)

    assert booked() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]


@pytest.mark.parametrize("named", [True, False])
def test_the_holds_of_other_calls_stay(phone: Phone, salon: Salon, *, named: bool) -> None:
    reservation_id = phone.ask("check_availability", **CUT, mitarbeiter="Emma")["reservation_id"]

    Phone(salon.number).ask("release_reservation", **({"reservation_id": reservation_id} if named else {}))

    assert held() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]


def test_after_it_another_call_can_have_the_time(phone: Phone, salon: Salon) -> None:
    phone.ask("check_availability", **CUT, mitarbeiter="Emma")
    phone.ask("release_reservation")

    assert Phone(salon.number).ask("check_availability", **CUT, mitarbeiter="Emma")["status"] == "available"
