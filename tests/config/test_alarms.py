"""The alarm about the queue, and that a minute's look at everything is a handful of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from appointments import alarms
from appointments.models import Alarm
from tests.salons import NOW, make_salon

pytestmark = pytest.mark.django_db


def test_a_task_that_waits_for_more_than_five_minutes() -> None:
    task = OrmQ.objects.create(key="terminfest", payload="", lock=NOW - timedelta(minutes=5))
    alarms.evaluate(now=NOW)
    assert not Alarm.objects.filter(rule="config.queue_age").exists()

    alarms.evaluate(now=NOW + timedelta(minutes=1))
    alarm = Alarm.objects.get(rule="config.queue_age")
    assert (alarm.company, alarms.sentence_of(alarm)) == (
        None,
        "Wartende Hintergrundaufgaben: 1, die älteste seit 6 Minuten.",
    )

    task.delete()
    alarms.evaluate(now=NOW + timedelta(minutes=7))
    assert Alarm.objects.get(rule="config.queue_age").resolved_at is not None


def test_more_companies_ask_for_no_more_queries() -> None:
    make_salon("morgenrot")
    alarms.evaluate(now=NOW)
    with CaptureQueriesContext(connection) as first:
        alarms.evaluate(now=NOW)
    for number in range(5):
        make_salon(f"salon-{number}")
    alarms.evaluate(now=NOW)
    with CaptureQueriesContext(connection) as second:
        alarms.evaluate(now=NOW)
    assert len(second) == len(first)


def test_every_rule_says_something_that_can_be_read() -> None:
    for rule in alarms.registered():
        facts = {"value": 1.5, "count": 2, "threshold": 1, "minutes": 60, "branch": "Mitte"}
        alarm = Alarm(rule=rule.id, facts=facts, began_at=NOW, seen_at=NOW)
        sentence = alarms.sentence_of(alarm)
        assert sentence.endswith(".")
        assert "%(" not in sentence
        assert alarms.advice_of(alarm).endswith((".", "?"))
