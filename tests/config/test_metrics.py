"""``/metrics``: who may read it, and what the database says there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test import Client
from django_q.models import OrmQ, Schedule
from prometheus_client.parser import text_string_to_metric_families

from appointments import booking
from config import checks
from integrations import metrics
from integrations.convergence.due import PENDING_LIMIT
from integrations.models import CalendarCase, CalendarSync, CaseKind, Solution, SyncState
from tests.metrics import counted
from tests.salons import MONDAY, NOW, Salon, at, make_salon

TOKEN = "token-of-prometheus"


def scrape(**headers: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Value by name and labels."""
    response = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", **headers})
    assert response.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def value(name: str, **labels: str) -> float | None:
    return scrape().get((name, frozenset(labels.items())))


@pytest.fixture
def token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer wrong", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer tökén"],
)
def test_without_the_token_there_is_nothing(token: None, client: Client, authorization: str) -> None:
    response = client.get("/metrics", headers={"Authorization": authorization})

    assert response.status_code == 401
    assert response.content == b""
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Bearer None"])
def test_an_unset_token_opens_nothing(client: Client, settings: Any, authorization: str) -> None:
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": authorization}).status_code == 401


@pytest.mark.django_db
def test_while_developing_no_token_is_needed_unless_one_is_set(client: Client, settings: Any) -> None:
    settings.DEBUG, settings.METRICS_TOKEN = True, ""
    assert client.get("/metrics").status_code == 200

    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics").status_code == 401


@pytest.mark.django_db
def test_the_documented_names_and_labels_are_told(token: None) -> None:
    make_salon("morgenrot")
    metrics.calcom_api_duration.labels(endpoint="/v2/slots", method="GET", success="true").observe(0.2)
    metrics.race_conditions.labels(service="Dauerwelle").inc()
    metrics.validation_age.observe(3)
    metrics.booking_latency.labels(service="Dauerwelle", segment="compound", success="true").observe(2)
    metrics.function_duration.labels(function="start_booking", success="true").observe(2)
    metrics.function_replies.labels(function="start_booking", status="booked").inc()

    labels = {(name, frozenset(key for key, _value in pairs)) for name, pairs in scrape()}

    assert labels >= {
        ("calcom_api_duration_seconds_bucket", frozenset({"endpoint", "method", "success", "le"})),
        ("calcom_api_duration_seconds_count", frozenset({"endpoint", "method", "success"})),
        ("calendar_slot_cache_total", frozenset({"result"})),
        ("cache_validation_age_seconds_bucket", frozenset({"le"})),
        ("race_condition_detected_total", frozenset({"service"})),
        ("booking_latency_seconds_bucket", frozenset({"service", "segment", "success", "le"})),
        ("slot_reservation_expiry_total", frozenset({"converted"})),
        ("voice_function_duration_seconds_bucket", frozenset({"function", "success", "le"})),
        ("voice_function_replies_total", frozenset({"function", "status"})),
        ("slot_reservations_active", frozenset({"company"})),
        ("task_queue_depth", frozenset()),
        ("task_queue_age_seconds", frozenset()),
        ("schedule_lag_seconds", frozenset()),
        ("calendar_pending", frozenset({"company"})),
        ("calendar_pending_overdue", frozenset({"company"})),
        ("calendar_cases_open", frozenset({"company"})),
    }


def test_a_salon_cannot_make_series_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_services", set())
    labels = [metrics.service_label(f"Schnitt {number}") for number in range(metrics.MOST_SERVICES + 2)]

    assert labels[-3:] == [f"Schnitt {metrics.MOST_SERVICES - 1}", "other", "other"]
    assert metrics.service_label("Schnitt 0") == "Schnitt 0"


@pytest.mark.django_db
def test_hits_and_misses_are_there_before_the_first(token: None) -> None:
    assert value("calendar_slot_cache_total", result="hit") is not None
    assert value("calendar_slot_cache_total", result="miss") is not None


@pytest.fixture
def sunday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def book(salon: Salon, clock: str, state: SyncState, *, pending: timedelta = timedelta()) -> None:
    """An appointment whose calendar is in this state; pending for as long."""
    appointment = salon.book(salon.cut, salon.emma, MONDAY, clock)
    CalendarSync.objects.filter(appointment=appointment).update(
        state=state, pending_since=NOW - pending if state == SyncState.PENDING else None
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("token", "sunday")
def test_the_calendar_of_each_company_is_counted_when_asked() -> None:
    """Incident F6: pending for weeks, and nobody heard of it."""
    morning, evening = (make_salon(slug, calendar="mirror") for slug in ("morgenrot", "abendrot"))
    make_salon("mittag")
    book(morning, "10:00", SyncState.SYNCED)
    book(morning, "11:00", SyncState.PENDING, pending=PENDING_LIMIT - timedelta(seconds=1))
    book(morning, "12:00", SyncState.PENDING, pending=PENDING_LIMIT)
    book(morning, "13:00", SyncState.HALTED)
    book(evening, "10:00", SyncState.SYNCED)
    for solution, solved_at in (("", None), (Solution.DISMISS, NOW)):
        CalendarCase.objects.create(
            company=evening.company,
            kind=CaseKind.UNKNOWN_HOST,
            opened_at=NOW,
            solution=solution,
            solved_at=solved_at,
        )

    told = scrape()

    assert {
        company: tuple(
            told.get((name, frozenset({("company", company)})))
            for name in (
                "calendar_pending",
                "calendar_pending_overdue",
                "calendar_cases_open",
                "calendar_consistency_ratio",
            )
        )
        for company in ("morgenrot", "abendrot", "mittag")
    } == {
        "morgenrot": (2, 1, 0, 0.25),
        "abendrot": (0, 0, 1, 1),
        # Nothing of it belongs in a calendar: no ratio, and no alarm.
        "mittag": (0, 0, 0, None),
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("token", "sunday")
def test_what_is_past_cancelled_or_exempt_is_not_missed() -> None:
    salon = make_salon(calendar="mirror")
    book(salon, "10:00", SyncState.SYNCED)
    book(salon, "11:00", SyncState.PENDING)
    CalendarSync.objects.filter(state=SyncState.PENDING).update(exempt=True)
    cancelled = salon.book(salon.cut, salon.emma, MONDAY, "13:00")
    booking.cancel(cancelled, now=NOW)

    assert value("calendar_consistency_ratio", company="morgenrot") == 1

    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        assert value("calendar_consistency_ratio", company="morgenrot") is None


@pytest.mark.django_db
@pytest.mark.usefixtures("token", "sunday")
def test_what_is_held_now_is_counted_by_company() -> None:
    morning, evening = make_salon("morgenrot"), make_salon("abendrot")
    for clock in ("10:00", "11:00"):
        request = morning.request(morning.cut, morning.emma, holder=f"call:{clock}")
        booking.hold(request, start=at(MONDAY, clock))
    moved = evening.book(evening.cut, evening.emma, MONDAY, "10:00")
    later = booking.Move(start=at(MONDAY, "15:00"))
    booking.reschedule(moved, later, now=NOW, keeps_old_until=NOW + timedelta(minutes=1))

    held = [value("slot_reservations_active", company=slug) for slug in ("morgenrot", "abendrot")]

    # The old time of a move is held for nobody who is on the line.
    assert held == [2, 0]
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        assert value("slot_reservations_active", company="morgenrot") == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("token", "sunday")
def test_the_queue_has_a_depth_and_an_age() -> None:
    Schedule.objects.update(next_run=NOW - timedelta(seconds=40))
    for minutes in (7, 2, -5):  # the last one is being worked on
        lock = NOW - timedelta(minutes=minutes)
        OrmQ.objects.create(key="terminfest", payload="", lock=lock)

    told = [value(name) for name in ("task_queue_depth", "task_queue_age_seconds", "schedule_lag_seconds")]

    assert told == [2, 7 * 60, 40]


@pytest.mark.usefixtures("token")
def test_without_a_database_the_counters_are_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError("connection to db.internal as salon failed")

    monkeypatch.setattr(connection, "cursor", refuse)

    names = {name for name, _labels in scrape()}

    assert "calendar_slot_cache_total" in names
    assert not names & {"calendar_pending", "task_queue_depth", "slot_reservations_active"}


def test_a_folder_that_cannot_be_written_is_said(settings: Any) -> None:
    assert checks.check_metrics(None) == []

    settings.METRICS_DIR = None
    assert [each.id for each in checks.check_metrics(None)] == ["config.W002"]


@pytest.mark.django_db
@pytest.mark.usefixtures("token")
def test_alone_a_process_tells_what_it_has_counted_itself(settings: Any) -> None:
    settings.METRICS_DIR = None
    before = counted("calendar_slot_cache_total", result="hit")

    metrics.slot_cache.labels(result="hit").inc()

    assert value("calendar_slot_cache_total", result="hit") == before + 1
