"""Every check that is registered is silent where all is well and finds the fault that is planted; every repair
does what its dry run says, and has a before and an after. A check without a fault here is a failure.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core import serializers
from django.utils import timezone

from appointments import integrity
from appointments.integrity import Check, Sentence
from appointments.models import Finding
from integrations.sandbox import EventType, Host, Team, World
from tests.appointments.integrity.planting import spoken, told
from tests.integrations.calendar import CUTS, PERMS, RUN_MINUTES, calendar_salon
from tests.integrity.faults import FAULTS, Place, healthy
from tests.salons import NOW, make_salon

CHECKS = integrity.registered()
PARTS = {1: "Haare wickeln", 3: "Fixierung auftragen", 5: "Auswaschen und Pflege"}
# Asking leaves traces: when Cal.com was last asked, and what may still be asked this minute.
TRACES = {"integrations.calendarconnection", "integrations.requestbudget"}


def test_every_check_has_a_fault_here() -> None:
    assert {check.id for check in CHECKS} == set(FAULTS)


def world() -> World:
    """The address of Emma and the titles of her event types say what is whose."""
    types = [
        EventType(pk, (host,), 55, "Herrenhaarschnitt", interval=5, notice=0) for host, pk in CUTS.items()
    ]
    types += [
        EventType(pk, (host,), RUN_MINUTES[part], f"Dauerwelle: {PARTS[part]}", interval=5, notice=0)
        for host, by_part in PERMS.items()
        for part, pk in by_part.items()
    ]
    hosts = [
        Host(100, "Empfang", "desk@morgenrot.example"),
        Host(101, "Emma Keller", "emma@morgenrot.example"),
        Host(102, "Jonas Brandt", "jonas@morgenrot.example"),
    ]
    return World.of(hosts=hosts, event_types=types, teams=[Team(7, "Morgenrot", members=(100, 101, 102))])


@pytest.fixture
def place(check: Check, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Only what is about the calendar has one."""
    of_calendar = check.id.startswith("integrations.")
    calendars = calendar_salon(settings, world=world()) if of_calendar else nullcontext()
    with time_machine.travel(NOW, tick=of_calendar), calendars as calendar:
        salon = calendar.salon if calendar else make_salon()
        for staff, name in ((salon.emma, "emma"), (salon.jonas, "jonas")):
            staff.email = f"{name}@morgenrot.example"
            staff.save()
        made = Place(salon, settings, monkeypatch, calendar)  # type: ignore[arg-type] # where it is asked for
        healthy(made)
        with made.stack:
            yield made


def found(check: Check) -> list[Finding]:
    others = {check.id, CHECKS[-1].id} if check.id == integrity.FAILED else {check.id}
    findings = integrity.run(now=timezone.now(), checks=others).findings
    mine = [each for each in findings if each.check_id == check.id]
    told(mine)
    return mine


def everything() -> dict[str, str]:
    models = [
        model
        for app in ("appointments", "calls", "integrations")
        for model in apps.get_app_config(app).get_models()
        if model._meta.label_lower not in TRACES
    ]
    return {
        each._meta.label: serializers.serialize("json", each._base_manager.order_by("pk")) for each in models
    }


@pytest.mark.parametrize("check", CHECKS, ids=[check.id for check in CHECKS])
def test_it_is_silent_finds_and_repairs(check: Check, place: Place) -> None:
    assert told(found(check)) == []
    FAULTS[check.id](place)
    findings = found(check)
    assert findings
    if check.repair is not None:
        repaired(check, next(each for each in findings if each.repairable))


def repaired(check: Check, finding: Finding) -> None:
    as_it_was = everything()
    foretold = integrity.dry_run(finding, now=timezone.now())
    assert foretold.done, spoken(foretold)
    changed = {name for name, rows in everything().items() if rows != as_it_was[name]}
    assert changed == set()
    assert all(str(sentence) for sentence in foretold.sentences)
    made = integrity.repair(finding, now=timezone.now())
    assert made.outcome == "done", spoken(made)
    assert [str(Sentence.from_json(each)) for each in made.sentences]
    assert made.before != made.after
    assert not [each for each in found(check) if each.repairable]
