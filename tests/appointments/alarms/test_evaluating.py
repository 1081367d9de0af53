"""An alarm is raised once, repeated, taken note of, and over."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from appointments import alarms
from appointments.alarms import Compared, Measured, Rule, Unit, registry, telling
from appointments.models import Alarm, AlarmRule
from appointments.models.alarms import Notice
from appointments.models.integrity import Severity
from tests.salons import NOW, Salon, make_salon

MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


class Gauge:
    """A rule whose figures a test sets."""

    def __init__(self) -> None:
        self.figures: list[Measured] = []
        self.asked: list[timedelta] = []

    def __call__(self, now: datetime, window: timedelta) -> Iterable[Measured]:
        self.asked.append(window)
        return list(self.figures)

    def rule(self, **facts: Any) -> Rule:
        standard: dict[str, Any] = {
            "id": "tests.failures",
            "severity": Severity.CRITICAL,
            "title": "Failures",
            "sentence": "%(value)s %% of %(count)s, allowed %(threshold)s, within %(span)s.",
            "advice": "Look.",
            "unit": Unit.PERCENT,
            "threshold": 10,
            "minimum": 5,
            "window": timedelta(hours=1),
            "reminder": timedelta(hours=4),
            "measure": self,
        }
        return Rule(**{**standard, **facts})

    def shows(self, salon: Salon | None, value: float, count: int = 100, key: str = "") -> None:
        pk = salon.company.pk if salon else None
        self.figures = [Measured(company_id=pk, value=value, count=count, key=key)]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []

    def hear(alarm: Alarm, notice: Notice, now: datetime) -> None:
        heard.append(notice.value)

    monkeypatch.setattr(telling, "_hooks", [hear])
    return heard


@pytest.fixture
def gauge(monkeypatch: pytest.MonkeyPatch, told: list[str]) -> Gauge:
    found = Gauge()
    monkeypatch.setattr(registry, "_rules", {"tests.failures": found.rule()})
    return found


@pytest.fixture
def salon() -> Salon:
    return make_salon()


def look(minutes: float = 0) -> None:
    alarms.evaluate(now=NOW + minutes * MINUTE)


def test_it_is_raised_once_and_not_again_the_next_minute(salon: Salon, gauge: Gauge, told: list[str]) -> None:
    gauge.shows(salon, 12.5)

    for minute in range(3):
        look(minute)

    (alarm,) = Alarm.objects.all()
    assert told == ["raised"]
    assert (alarm.company, alarm.raised_at, alarm.seen_at) == (salon.company, NOW, NOW + 2 * MINUTE)
    assert alarms.sentence_of(alarm) == "12,5 % of 100, allowed 10, within 1 Stunde."


@pytest.mark.parametrize(
    ("compared", "figure", "raised"),
    [
        (Compared.ABOVE, (10, 100), 0),
        (Compared.ABOVE, (10.1, 100), 1),
        (Compared.ABOVE, (100, 4), 0),  # two of two are no rate
        (Compared.AT_LEAST, (10, 5), 1),
        (Compared.BELOW, (10, 5), 0),
        (Compared.BELOW, (9.9, 5), 1),
    ],
)
def test_what_passes_a_limit(
    compared: Compared, figure: tuple[float, int], raised: int, salon: Salon, gauge: Gauge
) -> None:
    alarms.register(gauge.rule(compared=compared))
    gauge.shows(salon, *figure)

    look()

    assert [alarm.get_severity_display() for alarm in Alarm.objects.raised()] == ["sofort"] * raised


def test_whoever_does_not_react_is_reminded(salon: Salon, gauge: Gauge, told: list[str]) -> None:
    gauge.shows(salon, 50)

    for minute in (0, 239, 240, 241, 480):
        look(minute)

    assert told == ["raised", "reminder", "reminder"]


def test_whoever_has_taken_note_is_not_reminded_but_hears_the_end(
    salon: Salon, gauge: Gauge, told: list[str]
) -> None:
    gauge.shows(salon, 50)
    look()
    user = User.objects.create_user("anna")
    assert alarms.acknowledge(Alarm.objects.all(), user=user, now=NOW + MINUTE) == 1
    assert alarms.acknowledge(Alarm.objects.all(), user=user, now=NOW + 2 * MINUTE) == 0

    look(300)
    gauge.figures = []
    look(400)

    assert told == ["raised", "resolved"]
    assert Alarm.objects.get().acknowledged_at == NOW + MINUTE


def test_it_is_over_when_it_has_been_silent_for_a_while(salon: Salon, gauge: Gauge, told: list[str]) -> None:
    """What comes and goes by the minute is one alarm."""
    gauge.shows(salon, 50)
    look(0)
    gauge.shows(salon, 5)
    look(4)
    gauge.shows(salon, 50)
    look(5)
    gauge.shows(salon, 5)
    look(9)
    assert told == ["raised"]

    look(10)
    look(11)
    assert told == ["raised", "resolved"]

    gauge.shows(salon, 50)
    look(12)
    assert told == ["raised", "resolved", "raised"]
    assert Alarm.objects.count() == 2


def test_what_has_to_last_is_told_only_then(salon: Salon, gauge: Gauge, told: list[str]) -> None:
    alarms.register(gauge.rule(lasting=10 * MINUTE))
    gauge.shows(salon, 50)
    look(0)
    gauge.figures = []
    look(1)
    assert not Alarm.objects.exists()

    gauge.shows(salon, 50)
    look(2)
    look(11)
    assert (told, Alarm.objects.raised().count()) == ([], 0)
    look(12)
    assert told == ["raised"]


def test_a_company_has_limits_of_its_own_and_the_operator_those_of_all(
    salon: Salon, gauge: Gauge, told: list[str]
) -> None:
    other = make_salon("abendrot")
    gauge.figures = [Measured(company_id=one.company.pk, value=30, count=100) for one in (salon, other)]
    alarms.add_missing_rules(now=NOW)
    AlarmRule.objects.filter(company=None).update(threshold=40)
    AlarmRule.objects.filter(company=other.company).update(threshold=20, window_minutes=120)

    look()

    assert [alarm.company for alarm in Alarm.objects.all()] == [other.company]
    assert sorted(gauge.asked) == [timedelta(hours=1), timedelta(hours=2)]
    AlarmRule.objects.filter(company=other.company).update(threshold=None, minimum=0)
    look(6)
    assert told == ["raised", "resolved"]


@pytest.mark.parametrize("whose", ["own", "all"])
def test_a_rule_that_is_off_is_silent(whose: str, salon: Salon, gauge: Gauge, told: list[str]) -> None:
    gauge.shows(salon, 50)
    alarms.add_missing_rules(now=NOW)
    AlarmRule.objects.filter(company=salon.company if whose == "own" else None).update(active=False)

    look()

    assert told == []


def test_a_company_that_is_closed_is_left_alone(salon: Salon, gauge: Gauge, told: list[str]) -> None:
    gauge.shows(salon, 50)
    look()
    salon.company.active = False
    salon.company.save()

    look(6)

    assert told == ["raised", "resolved"]


def test_a_rule_that_fails_keeps_its_alarms_and_nobody_from_the_others(
    salon: Salon, gauge: Gauge, told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(now: datetime, window: timedelta) -> Iterable[Measured]:
        raise ZeroDivisionError

    gauge.shows(salon, 50)
    look()
    alarms.register(gauge.rule(measure=broken), gauge.rule(id="tests.other"))

    look(10)

    assert told == ["raised", "raised"]
    assert [alarm.rule for alarm in Alarm.objects.unresolved().order_by("pk")] == [
        "tests.failures",
        "tests.other",
    ]
    assert "tests.failures cannot be measured" in caplog.text


def test_several_of_one_rule_are_told_apart(salon: Salon, gauge: Gauge, told: list[str]) -> None:
    gauge.figures = [
        Measured(company_id=salon.company.pk, value=50, count=9, key=branch) for branch in ("mitte", "nord")
    ]
    look()
    gauge.figures.pop()
    look(6)

    assert told == ["raised", "raised", "resolved"]
    assert Alarm.objects.unresolved().get().key == "mitte"


def test_what_is_of_the_installation_is_of_no_company(gauge: Gauge, told: list[str]) -> None:
    alarms.register(gauge.rule(of_installation=True))
    gauge.shows(None, 50)

    look(0)
    look(1)

    assert told == ["raised"]
    assert Alarm.objects.get().company is None


def test_rows_come_for_new_companies_and_go_with_their_rule(salon: Salon, gauge: Gauge) -> None:
    AlarmRule.objects.create(rule="tests.gone", known_since=NOW)
    assert alarms.add_missing_rules(now=NOW) == 2
    assert alarms.add_missing_rules(now=NOW) == 0

    rows = AlarmRule.objects.values_list("company__slug", "rule")
    assert set(rows) == {(None, "tests.failures"), ("morgenrot", "tests.failures")}


def test_a_ratio_is_never_rounded_to_what_it_is_not(salon: Salon, gauge: Gauge) -> None:
    gauge.shows(salon, 99.999)
    look()
    assert alarms.sentence_of(Alarm.objects.get()).startswith("99,99 %")


def test_what_an_older_version_has_stored_can_still_be_read() -> None:
    standing = {"began_at": NOW, "seen_at": NOW, "facts": {"gone": 1}}
    assert alarms.sentence_of(Alarm(rule="tests.gone", **standing)) == "tests.gone"
    known = Alarm(rule="appointments.report_missing", **standing)
    assert alarms.sentence_of(known) == str(known) == "Der Bericht der Nacht fehlt"
