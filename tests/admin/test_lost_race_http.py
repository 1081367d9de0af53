"""Two colleagues at two counters save the same time at once, against several server processes."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from threading import Barrier

import pytest
import requests
from django.db import connection

from tests.calls.race.servers import connect, copy_of, manage, serving
from tests.salons import BERLIN

pytestmark = pytest.mark.django_db

ROUNDS = 8
ADD = "/admin/appointments/appointment/add/"
TIMEOUT_SECONDS = 20
OVERLAPS = """
SELECT count(*) FROM appointments_allocation one JOIN appointments_allocation other
ON one.id < other.id AND one.staff_id = other.staff_id AND one.during && other.during
"""


@pytest.fixture(scope="module")
def database(django_db_setup: None) -> Iterator[str]:
    with (
        pytest.MonkeyPatch.context() as environment,
        copy_of(connection.settings_dict["NAME"], f"test_counter_{os.getpid()}") as name,
    ):
        environment.setenv("DJANGO_SUPERUSER_PASSWORD", "desk")
        manage(name, "apply_salon", "config/demo/replay.yaml")
        manage(
            name, "createsuperuser", "--noinput", "--username", "desk", "--email", "desk@zeitreise.example"
        )
        yield name


@pytest.fixture(scope="module")
def url(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log: Path = tmp_path_factory.mktemp("counter") / "server.log"
    with serving("config.wsgi", database, log) as address:
        yield address


class Colleague:
    """A browser at the counter, as far as a form needs one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.browser = requests.Session()
        self._post("/admin/login/", {"username": "desk", "password": "desk"})

    def save(self, form: dict[str, object]) -> requests.Response:
        return self._post(ADD, form)

    def _post(self, path: str, form: dict[str, object]) -> requests.Response:
        page = self.url + path
        self.browser.get(page, timeout=TIMEOUT_SECONDS)
        form = {**form, "csrfmiddlewaretoken": self.browser.cookies["csrftoken"]}
        return self.browser.post(page, form, timeout=TIMEOUT_SECONDS, allow_redirects=False)


def form_for(database: str, clock: datetime, note: str) -> dict[str, object]:
    with connect(database) as own:
        (branch,) = own.execute("SELECT id FROM appointments_branch").fetchone() or (0,)
        (emma,) = own.execute("SELECT id FROM appointments_staff WHERE name = 'Emma Keller'").fetchone() or (
            0,
        )
        (cut,) = own.execute(
            "SELECT id FROM appointments_service WHERE name = 'Herrenhaarschnitt'"
        ).fetchone() or (0,)
    return {
        "branch": branch,
        "staff": emma,
        "service": cut,
        "starts_at_0": f"{clock:%d.%m.%Y}",
        "starts_at_1": f"{clock:%H:%M}",
        "notes": note,
        "seen_revision": "0",
        "phases-TOTAL_FORMS": "0",
        "phases-INITIAL_FORMS": "0",
    }


def save_at_once(colleagues: list[Colleague], forms: list[dict[str, object]]) -> list[requests.Response]:
    ready = Barrier(len(colleagues), timeout=TIMEOUT_SECONDS)

    def save(colleague: Colleague, form: dict[str, object]) -> requests.Response:
        ready.wait()
        return colleague.save(form)

    with ThreadPoolExecutor(len(colleagues)) as threads:
        return list(threads.map(save, colleagues, forms))


def test_the_slower_one_is_told_and_loses_nothing_she_typed(url: str, database: str) -> None:
    colleagues = [Colleague(url), Colleague(url)]
    today = datetime.now(tz=BERLIN)
    monday = (today + timedelta(days=14 - today.weekday())).replace(minute=0)
    for hour in range(9, 9 + ROUNDS):
        notes = [f"Notiz A {hour}", f"Notiz B {hour}"]
        forms = [form_for(database, monday.replace(hour=hour), note) for note in notes]
        answers = save_at_once(colleagues, forms)
        assert sorted(answer.status_code for answer in answers) == [200, 302]
        loser = next(place for place, answer in enumerate(answers) if answer.status_code == 200)
        page = unescape(answers[loser].text)
        assert "Emma Keller ist am" in page
        assert notes[loser] in page
        again = {**forms[loser], "starts_at_1": f"{hour}:55"}
        assert (
            colleagues[loser]
            .save({**again, "starts_at_0": f"{monday + timedelta(days=1):%d.%m.%Y}"})
            .status_code
            == 302
        )
    with connect(database) as own:
        assert own.execute(OVERLAPS).fetchone() == (0,)
        assert own.execute("SELECT count(*) FROM appointments_appointment").fetchone() == (2 * ROUNDS,)
