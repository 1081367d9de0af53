"""Logging in and out, forged forms, and where a login leads."""

import re

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from appointments.access import Role
from appointments.client_address import client_address
from tests.admin.test_scoping import member
from tests.salons import Salon
from tests.security.addresses import PAGES, Rows, every_address, standard

LOGIN = reverse("admin:login")
RIGHT = {"username": "emma", "password": "right"}
# Those that a signature or a key admits; a browser has neither to send along.
SIGNED = ("retell/", "calcom/", "api/v1/")


@pytest.fixture
def emma(db: None) -> User:
    return User.objects.create_user("emma", password="right", is_staff=True)


class TestTheSession:
    def test_is_another_one_after_the_login(self, emma: User) -> None:
        """Whoever has put theirs into somebody's browser is not logged in by it (fixation)."""
        client = Client()
        client.post("/i18n/setlang/", {"language": "en"})
        session = client.session
        session["theirs"] = True
        session.save()
        before = session.session_key
        client.cookies["sessionid"] = before

        client.post(LOGIN, RIGHT)

        after = client.cookies["sessionid"].value
        assert after != before
        assert Client(headers={"cookie": f"sessionid={before}"}).get("/admin/planner/").status_code == 302

    def test_an_invented_one_is_not_taken(self, emma: User) -> None:
        client = Client(headers={"cookie": "sessionid=inventedinventedinventedinvented"})
        client.post(LOGIN, RIGHT)
        assert client.cookies["sessionid"].value != "inventedinventedinventedinvented"

    def test_is_gone_after_logging_out_and_only_by_a_form(self, emma: User) -> None:
        client = Client()
        client.post(LOGIN, RIGHT)
        key = client.cookies["sessionid"].value
        old = Client(headers={"cookie": f"sessionid={key}"})
        assert client.get(reverse("admin:logout")).status_code == 405
        assert old.get(reverse("admin:password_change")).status_code == 200

        client.post(reverse("admin:logout"))

        assert old.get(reverse("admin:password_change")).status_code == 302

    def test_of_other_browsers_ends_with_a_new_password(self, emma: User) -> None:
        here, elsewhere = Client(), Client()
        for client in (here, elsewhere):
            client.post(LOGIN, RIGHT)
        new = {"old_password": "right", "new_password1": "Schere-Kamm-7", "new_password2": "Schere-Kamm-7"}
        assert here.post(reverse("admin:password_change"), new).status_code == 302
        assert here.get(reverse("admin:password_change")).status_code == 200
        assert elsewhere.get(reverse("admin:password_change")).status_code == 302

    def test_of_somebody_who_has_left_ends_at_once(self, salon: Salon) -> None:
        desk = member(salon, Role.OWNER)
        assert desk.get("/admin/planner/").status_code == 200
        User.objects.update(is_active=False)
        assert desk.get("/admin/planner/").status_code == 302


@pytest.mark.parametrize(
    "elsewhere",
    [
        *(
            "https://evil.example/",
            "//evil.example/",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
        ),
        *(
            "javascript:alert(1)",
            "https:evil.example",
            "http://testserver@evil.example/",
            "/\t/evil.example/",
        ),
        *("https://testserver.evil.example/", "data:text/html,x", " https://evil.example"),
    ],
)
def test_a_login_leads_nowhere_else(elsewhere: str, emma: User) -> None:
    assert "evil" not in Client().post(LOGIN, {**RIGHT, "next": elsewhere})["Location"]
    assert "evil" not in Client().post(f"{LOGIN}?next={elsewhere}", RIGHT)["Location"]
    chosen = Client().post("/i18n/setlang/", {"language": "en", "next": elsewhere})
    assert "evil" not in chosen["Location"]


def test_a_form_that_somebody_else_has_made_is_refused(salon: Salon) -> None:
    """On every address there is; whoever admits by signature or key says so above."""
    rows = Rows.of(salon.company)
    desk = member(salon, Role.OWNER)
    desk.handler.enforce_csrf_checks = True
    taken = {}
    for route, _name in every_address():
        match = standard(route)
        of = f"{match['app']}.{match['model']}" if match else PAGES[route].of if route in PAGES else ""
        address = rows.address(route, of)
        if route.startswith(SIGNED) or not address.isascii() or "(?P" in address:
            continue
        status = desk.post(address, {"action": "on", "code": "1"}).status_code
        if status not in {403, 404, 405}:
            taken[address] = status
    # The API's manual and nowhere: nothing is changed there.
    assert set(taken) <= {"/admin/r/1/1/"}


def test_the_phones_addresses_take_no_session(salon: Salon) -> None:
    """So no form needs to be guarded there: a browser that is logged in is nobody."""
    desk = member(salon, Role.OWNER)
    for address in (
        "/retell/functions/",
        "/retell/webhook/",
        "/retell/inbound/",
        "/calcom/webhook/morgenrot/",
    ):
        assert desk.post(address, "{}", content_type="application/json").status_code == 401


class TestWhereSomebodyAsksFrom:
    def request(self, **meta: str) -> HttpRequest:
        return RequestFactory().get("/", **meta)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("said", "address"),
        [
            ("203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("fe80::1%eth0", "fe80::"),
            ("", ""),
            ("unix:", ""),
        ],
    )
    def test_is_an_address_or_a_household(self, said: str, address: str) -> None:
        assert client_address(self.request(REMOTE_ADDR=said)) == address

    def test_a_header_is_believed_of_a_trusted_proxy_only(self, settings: Settings) -> None:
        said = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.1.1.1, 203.0.113.7"}
        assert client_address(self.request(**said)) == "10.0.0.1"
        settings.TRUST_PROXY_HEADERS = True
        assert client_address(self.request(**said)) == "203.0.113.7"
        assert client_address(self.request(REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"

    def test_wrong_passwords_from_elsewhere_close_nobodys_login(self, emma: User, settings: Settings) -> None:
        """Behind a proxy everybody would else have its address: five wrong ones by anybody shut the owner out."""
        settings.TRUST_PROXY_HEADERS = True
        there, here = (
            {"headers": {"x-forwarded-for": address}} for address in ("198.51.100.9", "203.0.113.7")
        )
        for _ in range(5):
            Client().post(LOGIN, {**RIGHT, "password": "wrong"}, **there)
        assert Client().post(LOGIN, RIGHT, **there).status_code == 429
        assert Client().post(LOGIN, RIGHT, **here).status_code == 302


def test_no_page_holds_a_form_without_its_token(salon: Salon, desk: Client) -> None:
    """Of those that everybody sees on every page."""
    text = desk.get("/admin/planner/").content.decode()
    forms = re.findall(r"<form[^>]*method=.post.[^>]*>.*?</form>", text, flags=re.DOTALL | re.IGNORECASE)
    assert forms
    assert all("csrfmiddlewaretoken" in form for form in forms)
