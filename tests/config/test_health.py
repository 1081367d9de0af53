"""The pages that load balancers and people in the night look at."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from config import health, version

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATE = NOW - timedelta(minutes=5, seconds=1)
IN_TIME = NOW - timedelta(minutes=4, seconds=59)
FINE = dict.fromkeys(("database", "migrations", "queue", "schedules", "worker", "version"), "ok")


@pytest.fixture
def at_rest(db: None) -> None:
    """Our schedules look ahead of the moment the tests look at."""
    Schedule.objects.update(next_run=NOW + timedelta(minutes=1))


def test_healthz_asks_no_database(client: Client) -> None:
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.headers["X-Version"] == version.RUNNING


@pytest.mark.django_db
def test_readyz_is_ready_after_a_migration(client: Client) -> None:
    Schedule.objects.update(next_run=timezone.now())

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"ready": True, "checks": FINE, "version": version.RUNNING}


@pytest.mark.django_db
def test_readyz_says_what_fails(client: Client) -> None:
    Schedule.objects.update(next_run=timezone.now())
    OrmQ.objects.create(key="terminfest", payload="", lock=timezone.now() - timedelta(minutes=6))
    Schedule.objects.update(next_run=timezone.now())  # the tests' database may be older than five minutes

    response = client.get("/readyz")

    assert response.status_code == 503
    expected = {**FINE, "queue": "tasks waiting"}
    assert response.json() == {"ready": False, "checks": expected, "version": version.RUNNING}


@pytest.mark.usefixtures("at_rest")
def test_a_task_may_wait_five_minutes() -> None:
    task = OrmQ.objects.create(key="terminfest", payload="", lock=IN_TIME)
    assert health.run_checks(now=NOW) == FINE

    task.lock = LATE
    task.save(update_fields=["lock"])
    assert health.run_checks(now=NOW) == {**FINE, "queue": "tasks waiting"}


@pytest.mark.usefixtures("at_rest")
def test_a_schedule_may_be_five_minutes_late() -> None:
    one = Schedule.objects.filter(name="terminfest: sweep reservations")
    one.update(next_run=IN_TIME)
    assert health.run_checks(now=NOW)["schedules"] == "ok"

    one.update(next_run=LATE)
    assert health.run_checks(now=NOW)["schedules"] == "overdue: sweep reservations"
    Schedule.objects.create(func="f", schedule_type=Schedule.ONCE, next_run=LATE)
    assert health.run_checks(now=NOW)["schedules"].endswith("another")
    one.delete()
    assert health.run_checks(now=NOW)["schedules"] == "missing: sweep reservations"


@pytest.mark.usefixtures("at_rest")
def test_a_worker_is_missed_once_something_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Schedule.objects.filter(name="terminfest: sweep reservations")
    one.update(next_run=NOW - timedelta(minutes=1, seconds=59))
    assert health.run_checks(now=NOW) == FINE, "it may just be starting again"

    one.update(next_run=NOW - timedelta(minutes=2, seconds=1))
    assert health.run_checks(now=NOW) == {**FINE, "worker": "no heartbeat"}
    monkeypatch.setattr(health, "is_worker_alive", lambda: True)
    assert health.run_checks(now=NOW) == FINE


@pytest.mark.usefixtures("at_rest")
def test_code_that_was_replaced_but_is_not_executed_is_seen(settings: Any) -> None:
    """Incident J3."""
    settings.APP_VERSION = "2026.12"
    assert health.run_checks(now=NOW) == {**FINE, "version": "restart needed"}


def test_the_commit_is_read_from_a_checkout_a_worktree_and_packed_references(tmp_path: Path) -> None:
    git, tree = tmp_path / "main" / ".git", tmp_path / "tree"
    inner = git / "worktrees" / "tree"
    for folder in (git / "refs" / "heads", inner, tree):
        folder.mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (git / "refs" / "heads" / "main").write_text("a" * 40)
    (git / "packed-refs").write_text(f"# pack-refs\n{'b' * 40} refs/heads/other\n")
    (tree / ".git").write_text(f"gitdir: {inner}\n")
    (inner / "HEAD").write_text("ref: refs/heads/other\n")
    (inner / "commondir").write_text("../..\n")
    assert (version.on_disk(tmp_path / "main"), version.on_disk(tree)) == ("a" * 12, "b" * 12)
    (inner / "HEAD").write_text("c" * 40)
    assert (version.on_disk(tree), version.on_disk(tmp_path)) == ("c" * 12, "unknown")


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
    expected = {"ready": False, "checks": {"database": "unreachable"}, "version": version.RUNNING}
    assert response.json() == expected


def test_the_root_leads_to_the_admin(client: Client) -> None:
    response = client.get("/")

    assert response.status_code == 302
    assert response.headers["Location"] == "/admin/"


@pytest.mark.django_db
def test_the_admin_shows_which_version_runs(admin_client: Client) -> None:
    assert version.RUNNING in admin_client.get("/admin/", follow=True).content.decode()


@pytest.mark.django_db
def test_the_admin_greets_in_german(client: Client) -> None:
    response = client.get("/admin/login/", headers={"Accept-Language": "de"})

    assert response.status_code == 200
    assert 'lang="de"' in response.text
