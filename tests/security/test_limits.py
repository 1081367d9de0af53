"""Who asks far more often than anybody who works here is told to wait; a busy salon never is."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from appointments import booking, throttling
from appointments.admin.login import ATTEMPTS
from appointments.api.authentication import WRONG_KEYS
from appointments.api.throttling import OF_KEY
from appointments.feed.views import OF_FEED
from appointments.feed.views import WRONG as WRONG_FEED
from appointments.models import ApiToken, Customer, RequestCount
from appointments.throttling import Limit
from calls import limits
from integrations.customer_page.opening import OF_LINK
from integrations.customer_page.opening import WRONG as WRONG_LINK
from integrations.messaging import tokens
from integrations.models import SmsGateway
from integrations.report_views import WRONG as WRONG_REPORT
from tests.calls.phone import Phone
from tests.salons import MONDAY, NOW, Salon

# Of an evening (``tools/evening``: 200 calls, 1,200 functions in two hours) and of the busiest minute that was
# thought of: 60 calls at once, a function every twenty seconds; a till, a website, ten stylists' telephones.
BUSIEST_MINUTE = {
    limits.OF_SALON: 60 * 3,
    limits.OF_CALLER: 60 * 3,  # all of them forwarded by one telephone system
    limits.OF_CALL: 20,
    OF_KEY: 120,
    OF_FEED: 4,
    OF_LINK: 20,
}


@pytest.fixture(autouse=True)
def limited(settings: Settings) -> None:
    settings.RATE_LIMITS = True


def fewer(monkeypatch: pytest.MonkeyPatch, limit: Limit, *places: str) -> int:
    """So that a test need not ask six hundred times."""
    for place in places:
        monkeypatch.setattr(place, Limit(limit.name, 3, limit.seconds))
    return 3


def test_a_busy_salon_has_three_times_as_much() -> None:
    for limit, busiest in BUSIEST_MINUTE.items():
        assert limit.seconds == 60
        assert limit.most >= 1.6 * busiest, limit


class TestCounting:
    LIMIT = Limit("test", 3, 60)

    def test_so_many_in_a_window_and_again_in_the_next(self, db: None) -> None:
        asked = [self.LIMIT.admits("a", now=NOW + timedelta(seconds=number)) for number in range(5)]
        assert asked == [True, True, True, False, False]
        assert self.LIMIT.admits("b", now=NOW)
        assert self.LIMIT.admits("a", now=NOW + timedelta(minutes=1))

    def test_of_several_limits_each_counts(self, db: None) -> None:
        wide = Limit("wide", 4, 60)
        asked = [throttling.admits([(self.LIMIT, number), (wide, "all")], now=NOW) for number in range(5)]
        assert asked == [True] * 4 + [False]

    def test_one_statement_however_many(self, db: None, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(1):
            throttling.admits([(Limit(str(number), 1, 60), "a") for number in range(5)], now=NOW)

    def test_who_it_was_is_not_kept(self, db: None) -> None:
        self.LIMIT.admits("+4930900101", now=NOW)
        assert "900101" not in str(RequestCount.objects.values().get())

    def test_what_counts_no_more_is_forgotten(self, db: None) -> None:
        self.LIMIT.admits("a", now=NOW)
        assert throttling.purge(now=NOW + timedelta(minutes=30)) == 0
        assert throttling.purge(now=NOW + timedelta(hours=3)) == 1

    @pytest.mark.django_db(transaction=True)
    def test_none_is_lost_when_many_ask_at_once(self) -> None:
        admitted: list[bool] = []

        def ask(barrier: threading.Barrier) -> None:
            barrier.wait()
            try:
                asked: list[tuple[Limit, object]] = [(Limit(name, 5, 60), "a") for name in ("x", "y")]
                admitted.append(throttling.admits(asked, now=NOW))
            finally:
                connections.close_all()

        barrier = threading.Barrier(12)
        threads = [threading.Thread(target=ask, args=(barrier,)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(admitted) == [False] * 7 + [True] * 5

    def test_switched_off_nothing_is_counted(self, db: None, settings: Settings) -> None:
        settings.RATE_LIMITS = False
        assert all(self.LIMIT.admits("a", now=NOW) for _ in range(9))
        assert not RequestCount.objects.exists()


class TestTheApi:
    def test_a_key(self, salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
        most = fewer(monkeypatch, OF_KEY, "appointments.api.throttling.OF_KEY")
        key, other = (ApiToken.objects.issue(company=salon.company, name=name, now=NOW)[1] for name in "ab")
        codes = [self._ask(key).status_code for _ in range(most + 1)]
        assert codes == [200] * most + [429]
        refused = self._ask(key)
        assert (refused.json()["code"], refused["Retry-After"]) == ("throttled", "60")
        assert self._ask(other).status_code == 200

    def test_keys_that_are_none(self, salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever tries keys; a right one from the same address still admits."""
        most = fewer(monkeypatch, WRONG_KEYS, "appointments.api.authentication.WRONG_KEYS")
        codes = [self._ask(f"tf_{number}").status_code for number in range(most + 1)]
        assert codes == [401] * most + [429]
        key = ApiToken.objects.issue(company=salon.company, name="Kasse", now=NOW)[1]
        assert self._ask(key).status_code == 200

    def _ask(self, key: str) -> Any:
        return Client().get("/api/v1/staff/", headers={"authorization": f"Bearer {key}"})


class TestThePhone:
    def test_a_call_that_asks_faster_than_anybody_speaks(
        self, salon: Salon, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        most = fewer(monkeypatch, limits.OF_CALL, "calls.limits.OF_CALL")
        phone = Phone(salon.number)
        replies = [phone.ask("parse_date", datum="morgen") for _ in range(most + 1)]
        assert [reply["status"] for reply in replies] == ["found"] * most + ["error"]
        assert "zu viel" in replies[-1]["message"]
        assert Phone(salon.number).ask("parse_date", datum="morgen")["status"] == "found"

    def test_a_number_and_all_numbers_together(self, salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
        most = fewer(monkeypatch, limits.OF_CALLER, "calls.limits.OF_CALLER")
        asked = [Phone(salon.number).ask("parse_date", datum="morgen")["status"] for _ in range(most + 1)]
        assert asked == ["found"] * most + ["error"]
        fewer(monkeypatch, limits.OF_SALON, "calls.limits.OF_SALON")
        asked = [
            Phone(salon.number, caller=None).ask("parse_date", datum="morgen")["status"] for _ in range(2)
        ]
        assert asked == ["error"] * 2  # four were asked already


class TestLinks:
    @pytest.fixture
    def link(self, salon: Salon, jana: Customer) -> str:
        booked = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
        booking.edit(booked, {"customer": jana}, now=timezone.now())
        return f"/termin/{tokens.sign(booked.pk)}/"

    def test_a_customers(self, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
        most = fewer(monkeypatch, OF_LINK, "integrations.customer_page.opening.OF_LINK")
        assert [Client().get(link).status_code for _ in range(most + 1)] == [200] * most + [429]
        assert "Bitte versuchen Sie es in einer Minute noch einmal." in Client().get(link).content.decode()

    def test_links_that_are_none(self, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
        most = fewer(monkeypatch, WRONG_LINK, "integrations.customer_page.opening.WRONG")
        codes = [Client().get(f"/termin/{number}/").status_code for number in range(most + 1)]
        assert codes == [404] * most + [429]
        assert Client().get(link).status_code == 200

    def test_feeds_that_are_none(self, salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
        most = fewer(monkeypatch, WRONG_FEED, "appointments.feed.views.WRONG")
        codes = [Client().get(reverse("feed", args=[f"x{number}"])).status_code for number in range(most + 1)]
        assert codes == [404] * most + [429]

    def test_reports_with_secrets_that_are_none(self, salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
        gateway = SmsGateway(company=salon.company)
        gateway.renew_report_secret()
        gateway.save()
        most = fewer(monkeypatch, WRONG_REPORT, "integrations.report_views.WRONG")

        def code(secret: str) -> int:
            address = reverse("sms-report-secret", args=[salon.company.slug, secret])
            report = {"reference": "gw-1", "status": "delivered"}
            return Client().post(address, report, content_type="application/json").status_code

        assert [code(f"x{number}") for number in range(most + 1)] == [404] * most + [429]
        assert code(gateway.report_secret) == 204


def test_one_who_tries_many_logins(salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few passwords for each of many logins stay below what closes one."""
    most = fewer(monkeypatch, ATTEMPTS, "appointments.admin.login.ATTEMPTS")
    User.objects.create_user("emma", password="right", is_staff=True)
    login = reverse("admin:login")
    with time_machine.travel(NOW, tick=False) as clock:
        codes = [
            Client().post(login, {"username": f"u{number}", "password": "Sommer2026"}).status_code
            for number in range(most + 1)
        ]
        assert codes == [200] * most + [429]
        clock.shift(15 * 60)
        assert Client().post(login, {"username": "emma", "password": "right"}).status_code == 302
