"""The pages that load balancers and people in the night look at."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from config import health

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATE = NOW - timedelta(minutes=5, seconds=1)
IN_TIME = NOW - timedelta(minutes=4, seconds=59)
FINE = {"database": "ok", "migrations": "ok", "queue": "ok", "schedules": "ok"}


@pytest.fixture
def at_rest(db: None) -> None:
    """Our schedules look ahead of the moment the tests look at."""
    Schedule.objects.update(next_run=NOW + timedelta(minutes=1))


def test_healthz_asks_no_database(client: Client) -> None:
    response = client.get("/healthz")

    assert response.status_code == 200


@pytest.mark.django_db
def test_readyz_is_ready_after_a_migration(client: Client) -> None:
    Schedule.objects.update(next_run=timezone.now())

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"ready": True, "checks": FINE}


@pytest.mark.django_db
def test_readyz_says_what_fails(client: Client) -> None:
    OrmQ.objects.create(key="terminfest", payload="", lock=timezone.now() - timedelta(minutes=6))
    Schedule.objects.update(next_run=timezone.now())  # the tests' database may be older than five minutes

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"ready": False, "checks": {**FINE, "queue": "tasks waiting"}}


@pytest.mark.usefixtures("at_rest")
def test_a_task_may_wait_five_minutes() -> None:
    task = OrmQ.objects.create(key="terminfest", payload="", lock=IN_TIME)
    assert health.run_checks(now=NOW) == FINE

    task.lock = LATE
    task.save(update_fields=["lock"])
    assert health.run_checks(now=NOW) == {**FINE, "queue": "tasks waiting"}


@pytest.mark.usefixtures("at_rest")
def test_a_schedule_may_be_five_minutes_late() -> None:
    Schedule.objects.update(next_run=IN_TIME)
    assert health.run_checks(now=NOW) == FINE

    Schedule.objects.update(next_run=LATE)
    assert health.run_checks(now=NOW) == {**FINE, "schedules": "overdue"}


@pytest.mark.usefixtures("at_rest")
def test_a_finished_schedule_is_not_late() -> None:
    Schedule.objects.update(next_run=LATE, repeats=0)

    assert health.run_checks(now=NOW) == FINE


@pytest.mark.usefixtures("at_rest")
def test_a_missing_migration_is_seen() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")

    assert health.run_checks(now=NOW) == {**FINE, "migrations": "pending"}


def test_an_unreachable_database_tells_no_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError("connection to db.internal as salon failed")

    monkeypatch.setattr(connection, "cursor", refuse)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"ready": False, "checks": {"database": "unreachable"}}


def test_the_root_leads_to_the_admin(client: Client) -> None:
    response = client.get("/")

    assert response.status_code == 302
    assert response.headers["Location"] == "/admin/"


@pytest.mark.django_db
def test_the_admin_greets_in_german(client: Client) -> None:
    response = client.get("/admin/login/", headers={"Accept-Language": "de"})

    assert response.status_code == 200
    assert 'lang="de"' in response.text
