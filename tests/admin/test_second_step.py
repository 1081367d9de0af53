"""The second step of the login: nobody is in between, no code works twice, and the owner can help."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken

from appointments.access import Role, second_step
from appointments.models import Company, Membership, PhoneDevice
from tests.admin.test_scoping import member
from tests.salons import Salon, make_salon

LOGIN, CODE, PAGE = reverse("admin:login"), reverse("login-code"), reverse("second-step")
LOGINS = reverse("admin:appointments_membership_changelist")


@pytest.fixture
def emma(salon: Salon) -> User:
    member(salon, Role.STYLIST, staff=salon.emma)
    return User.objects.get()


@pytest.fixture
def later(clock: time_machine.Traveller) -> Any:
    def shift(seconds: int = 60) -> None:
        clock.shift(timedelta(seconds=seconds))

    return shift


def shown_by_phone(user: User) -> str:
    return f"{totp(PhoneDevice.objects.get(user=user).bin_key):06}"


def switched_on(user: User) -> list[str]:
    """The codes on paper."""
    second_step.begin(user)
    return second_step.confirm(user, shown_by_phone(user))


def password_given(user: User) -> Client:
    client = Client()
    answer = client.post(LOGIN, {"username": user.username, "password": "x", "next": "/admin/appointments/"})
    assert answer.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("admin:appointments_appointment_changelist")).status_code == 200


def wrong(user: User) -> str:
    return "000000" if shown_by_phone(user) != "000000" else "000001"


class TestLogin:
    def test_without_a_device_the_password_is_enough(self, emma: User) -> None:
        assert is_in(password_given(emma))

    def test_password_then_code(self, emma: User, later: Any) -> None:
        switched_on(emma)
        later()
        client = password_given(emma)
        assert not is_in(client)
        assert "_auth_user_id" not in client.session
        page = client.post(CODE, {"code": f" {shown_by_phone(emma)[:3]} {shown_by_phone(emma)[3:]} "})
        assert page.status_code == 302
        assert is_in(client)

    def test_the_way_goes_on_where_it_was_meant_to_lead(self, emma: User, later: Any) -> None:
        switched_on(emma)
        later()
        client = Client()
        target = reverse("admin:appointments_customer_changelist")
        answer = client.post(f"{LOGIN}?next={target}", {"username": emma.username, "password": "x"})
        assert client.post(answer["Location"], {"code": shown_by_phone(emma)})["Location"] == target
        elsewhere = client.post(f"{CODE}?next=https://evil.example/", {"code": "1"})
        assert "evil" not in elsewhere.get("Location", "")

    def test_a_code_works_once(self, emma: User, later: Any) -> None:
        switched_on(emma)
        later()
        code = shown_by_phone(emma)
        assert password_given(emma).post(CODE, {"code": code}).status_code == 302
        again = password_given(emma)
        assert "stimmt nicht oder wurde schon verwendet" in again.post(CODE, {"code": code}).content.decode()
        assert not is_in(again)

    def test_a_code_on_paper_works_once_and_is_stored_as_a_digest(self, emma: User, later: Any) -> None:
        codes = switched_on(emma)
        assert len(codes) == len(set(codes)) == 8
        assert not StaticToken.objects.filter(token__in=[each.replace("-", "") for each in codes]).exists()
        first = password_given(emma)
        first.post(CODE, {"code": codes[0].upper()})
        assert is_in(first)
        again = password_given(emma)
        again.post(CODE, {"code": codes[0]})
        assert not is_in(again)
        assert second_step.codes_left(emma) == 7

    def test_whoever_guesses_waits_even_for_the_right_code(self, emma: User, later: Any) -> None:
        switched_on(emma)
        later()
        client = password_given(emma)
        for _ in range(2):
            client.post(CODE, {"code": wrong(emma)})
        client.post(CODE, {"code": shown_by_phone(emma)})
        assert not is_in(client)
        later()
        client.post(CODE, {"code": shown_by_phone(emma)})
        assert is_in(client)

    def test_after_five_wrong_codes_the_login_is_closed(self, emma: User, later: Any) -> None:
        switched_on(emma)
        later()
        client = password_given(emma)
        answers = [client.post(CODE, {"code": wrong(emma)}).status_code for _ in range(5)]
        assert answers == [200] * 4 + [429]
        later()
        assert client.post(CODE, {"code": shown_by_phone(emma)}).status_code == 429
        assert Client().post(LOGIN, {"username": emma.username, "password": "x"}).status_code == 429

    def test_the_password_is_good_for_five_minutes(self, emma: User, later: Any) -> None:
        switched_on(emma)
        later()
        client = password_given(emma)
        later(301)
        assert client.post(CODE, {"code": shown_by_phone(emma)})["Location"] == LOGIN
        assert Client().get(CODE)["Location"] == LOGIN

    def test_a_new_password_ends_what_the_old_one_began(self, emma: User, later: Any) -> None:
        switched_on(emma)
        later()
        client = password_given(emma)
        emma.set_password("y")
        emma.save()
        assert client.post(CODE, {"code": shown_by_phone(emma)})["Location"] == LOGIN

    def test_senseless_codes_are_refused(self, emma: User) -> None:
        switched_on(emma)
        for text in ("", "\x00", "x" * 500, "１２３４５６", "-1"):
            client = password_given(emma)
            assert client.post(CODE, {"code": text}).status_code in {200, 429}
            assert not is_in(client)


class TestThePage:
    @pytest.fixture
    def client(self, emma: User) -> Client:
        client = Client()
        client.force_login(emma)
        return client

    def test_scan_confirm_and_note_the_codes(self, client: Client, emma: User, later: Any) -> None:
        page = client.get(PAGE).content.decode()
        assert "data:image/svg+xml" in page
        assert "stimmt nicht" in client.post(PAGE, {"action": "on", "code": "123"}).content.decode()
        assert not second_step.is_on(emma)
        later()
        answer = client.post(PAGE, {"action": "on", "code": shown_by_phone(emma)}).content.decode()
        codes = re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", answer)
        assert len(codes) == 8
        after = client.get(PAGE).content.decode()
        assert codes[0] not in after
        assert "data:image/svg+xml" not in after

    def test_new_codes_and_switching_off_take_a_code(self, client: Client, emma: User, later: Any) -> None:
        codes = switched_on(emma)
        client.post(PAGE, {"action": "off", "code": "000"})
        assert second_step.is_on(emma)
        later()
        answer = client.post(PAGE, {"action": "codes", "code": shown_by_phone(emma)}).content.decode()
        assert codes[1] not in answer
        assert not second_step.verify(emma, codes[1])
        later(600)
        client.post(PAGE, {"action": "off", "code": shown_by_phone(emma)})
        assert not second_step.is_on(emma)
        assert second_step.codes_left(emma) == 0

    def test_an_owner_may_have_to(self, salon: Salon, later: Any) -> None:
        owner, clerk = member(salon, Role.OWNER), member(salon, Role.RECEPTIONIST)
        Company.objects.update(requires_second_step=True)
        assert owner.get(LOGINS)["Location"] == PAGE
        assert is_in(clerk)
        user = User.objects.get(membership__role=Role.OWNER)
        owner.get(PAGE)
        owner.post(PAGE, {"action": "on", "code": shown_by_phone(user)})
        assert owner.get(LOGINS).status_code == 200
        later()
        owner.post(PAGE, {"action": "off", "code": shown_by_phone(user)})
        assert second_step.is_on(user)

    def test_nobody_unknown_sees_it(self) -> None:
        assert LOGIN in Client().get(PAGE)["Location"]


class TestHelp:
    def reset(self, client: Client, membership: Membership) -> None:
        client.post(LOGINS, {"action": "reset_second_step", "_selected_action": str(membership.pk)})

    def test_the_owner_resets_a_lost_phone(self, salon: Salon, emma: User) -> None:
        switched_on(emma)
        owner = member(salon, Role.OWNER)
        self.reset(owner, emma.membership)
        assert is_in(password_given(emma))
        history = owner.get(reverse("admin:appointments_membership_history", args=[emma.membership.pk]))
        assert "zurückgesetzt" in history.content.decode()

    def test_nobody_else_does(self, salon: Salon, emma: User) -> None:
        switched_on(emma)
        self.reset(member(salon, Role.MANAGER), emma.membership)
        self.reset(member(make_salon(slug="anderswo"), Role.OWNER), emma.membership)
        assert second_step.is_on(emma)
