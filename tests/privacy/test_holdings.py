"""What is held is held for as long as is said, and no longer."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.db import models
from django.utils import timezone
from django_q.models import OrmQ

from appointments import encryption, privacy
from appointments.models import Alarm, Customer
from appointments.privacy import holdings
from appointments.tasks import forget_what_is_due
from calls.models import Call, Callback
from config.schedules import SCHEDULES
from integrations.models import CalendarCase, Message
from tests.integrations.calendar import CalendarSalon
from tests.privacy.life import MAIL, MARKS, NUMBER, live
from tests.privacy.traces import traces
from tests.salons import make_salon


def rows(key: str, place: CalendarSalon) -> int:
    return next(each.count for each in privacy.held(place.salon.company) if each.holding.key == key)


def test_each_is_forgotten_on_its_day_and_not_before(
    place: CalendarSalon, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    company, now = place.salon.company, timezone.now()
    company.message_days = company.call_details_days = 60
    company.save()
    other = make_salon(slug="anderswo")
    strangers = {"branch": other.branch, "company": other.company, "caller": "+4930900555", "started_at": now}
    Call.objects.create(call_id="theirs", **strangers)
    Callback.objects.update(state="done", done_at=now)
    CalendarCase.objects.update(solved_at=now, solution="dismiss")
    facts = {"rule": "x", "severity": "error", "raised_at": now, "began_at": now, "seen_at": now}
    Alarm.objects.create(company=company, resolved_at=now, **facts)
    Alarm.objects.create(company=company, key="still", **facts)
    AccessAttempt.objects.create(
        username="emma", ip_address="127.0.0.1", attempt_time=now, failures_since_start=1
    )
    written = Message.objects.filter(recipient=MAIL).count()
    Message.objects.update(state="sent")

    def on(day: int) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=day))
        forget_what_is_due()

    on(29)
    assert AccessAttempt.objects.exists()
    on(31)
    assert not AccessAttempt.objects.exists()
    assert Message.objects.filter(recipient=MAIL).count() == written > 0
    on(61)
    assert Message.objects.filter(recipient=MAIL).count() == 0
    assert Message.objects.count() >= written, "that it was sent stays"
    assert set(Callback.objects.values_list("name", "phone", "reason")) == {("", None, "")}
    assert Call.objects.filter(company=company, customer=None, caller__isnull=False).count() == 0
    assert Call.objects.get(call_id="theirs").caller, "of a company that keeps it longer"
    assert rows("calendar_cases", place) == 2
    on(91)
    assert rows("calendar_cases", place) == 0
    assert not CalendarCase.objects.filter(facts__has_key="attendee").exists()
    assert CalendarCase.objects.filter(facts__has_key="uid").count() == 2
    assert rows("alarms", place) == 1
    on(731)
    assert [alarm.key for alarm in Alarm.objects.all()] == ["still"], "what lasts is not old"
    due = [
        each
        for each in holdings.registered()
        if each.forget and not each.due(company, timezone.now()).exists()
    ]
    assert len(due) == sum(1 for each in holdings.registered() if each.forget)
    assert forget_what_is_due() == 0
    assert {table for table, _column in traces(*MARKS)} >= {"appointments_customer"}, "a customer is not old"


def test_every_holding_ends_or_says_why_not() -> None:
    tasks = {each.name for each in SCHEDULES}
    for each in holdings.registered():
        assert (each.days is None) == bool(each.until), each.key
        assert each.days is None or each.forget or each.by in tasks, each.key
    assert holdings.TASK in tasks


def test_every_text_of_a_person_is_one_of_the_holdings() -> None:
    """A table that is given out or erased is reported as well, or goes with one that is."""
    held = {each.rows().model for each in holdings.registered()}
    goes_along = {
        *("CustomerNumber", "FormerCustomer", "AppointmentPhase", "CustomerChange", "OutageDecision"),
        *("ImportedRow", "HistoricalWaitlistEntry", "Offer", "CallAppointment", "CallClaim"),
        *("CalendarSync", "ContactPreference", "HistoricalContactPreference"),
    }
    named = {table.key for table in privacy.parts.tables()} - {"reservations_of_calls"}
    known = {model._meta.model_name for model in held} | {name.lower() for name in goes_along}
    assert named - known == set()


def test_queue_and_cache_hold_nobody(place: CalendarSalon, django_capture_on_commit_callbacks: Any) -> None:
    """So nobody stands in Redis, where neither report nor erasing looks (``docs/privacy.md``)."""
    with django_capture_on_commit_callbacks(execute=True):
        live(place)
    # Both were put there to be found by the erasing.
    cache.delete(f"calls:{NUMBER}")
    tasks = [row.task for row in OrmQ.objects.all() if row.task["func"] != "f"]

    passed = [each for task in tasks for each in (*task["args"], *task["kwargs"].values())]
    assert {int} <= {type(each) for each in passed} <= {int, type(None)}
    assert not {column for table, column in traces(*MARKS) if table == "django_cache"}


def test_the_report_says_it_to_programmes_as_well(place: CalendarSalon) -> None:
    said = StringIO()
    call_command("report_held_data", company=place.salon.company.slug, format="json", stdout=said)
    lines = {line["key"]: line for line in json.loads(said.getvalue())}
    assert (lines["customers"]["rows"], lines["customers"]["days"]) == (1, None)
    assert (lines["transcripts"]["days"], lines["messages"]["days"]) == (90, 365)
    assert "sessions" not in lines
    said = StringIO()
    call_command("report_held_data", stdout=said)
    assert "sessions" in said.getvalue()
    with pytest.raises(SystemExit):
        call_command("report_held_data", company="nowhere", stdout=said, stderr=said)


def test_secrets_of_others_stand_encrypted_by_their_name() -> None:
    """What ends in ``_encrypted`` is what ``rotate_keys`` looks at; no secret is called otherwise."""
    secrets = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.TextField | models.CharField)
        and (field.name in {"api_key", "token_key"} or "secret" in field.name or "encrypted" in field.name)
    }
    assert {(each.model, each.name) for each in encryption.columns()} == secrets
    assert len(secrets) >= 4
