"""Reading a salon file: what it may say, and how it is told what is wrong. No database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from appointments import salon
from appointments.models.company import Weekday
from appointments.salon.schema import SalonFile
from tests.salon_files import CONTRACT, changed, problems_of

BERLIN = ZoneInfo("Europe/Berlin")
NO_NUMBER = "This is no telephone number. Write it in quotes and like “+49301234501”."
NO_MONEY = "This is no amount of money. Write it like “30.00”."
NO_DATE = "Write a date like 2026-12-21, or with a time like “2026-12-21 14:00”."
WHICH_RUN = (
    "Say which part of Dauerwelle this is by its first busy phase: "
    "Haare wickeln, Fixierung auftragen, Auswaschen und Pflege."
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def read(text: str) -> SalonFile:
    return salon.read(text.encode()).file


def test_the_contracts_example_is_a_salon_file() -> None:
    file = read(CONTRACT)
    emma, jonas = file.staff
    assert file.branches[0].opening_hours.pairs()[2] == (Weekday.THURSDAY, (540, 1200))
    assert emma.working_hours is None
    assert emma.services is None
    assert jonas.services == ["Herrenhaarschnitt"]
    assert [part.phase_minutes() for part in jonas.durations] == [[45], [60, 15, 5, 10, 15, 45]]
    assert file.services[0].price == Decimal("30.00")
    assert file.services[1].plan().minutes == 135


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("slug: morgenrot", "slug: morgenrot, colour: red", "line 1: The key “colour” is not known here."),
        ("slot_minutes: 5 ", "slots: 5 ", "line 9: The key “slots” is not known here."),
        (
            "slot_minutes: 5 ",
            'slot_minutes: "5" ',
            "line 9: “slot_minutes” must be a whole number, without quotes.",
        ),
        ("slot_minutes: 5 ", "slot_minutes: 0 ", "line 9: “slot_minutes” must be 1 or more."),
        ("slot_minutes: 5 ", "horizon_days: 1 ", "line 9: The key “horizon_days” stands here twice."),
        ("name: Salon Morgenrot, ", "", "line 1: “name” is missing."),
        ("name: Salon Morgenrot, ", "name: 7, ", "line 1: “name” must be text; put numbers in quotes."),
        ("Europe/Berlin", "Europe/Bärlin", "line 1: This time zone does not exist."),
        ("DE-BE", "DE-XX", "line 1: There are no public holidays for this region. Write it like DE-BE."),
        (
            "slug: morgenrot",
            "slug: morgen rot",
            "line 1: Only letters, digits, hyphens and underscores are allowed here.",
        ),
        ('["+49301234501"]', "[+49301234501]", f"line 4: {NO_NUMBER}"),
        ('["+49301234501"]', '["030"]', f"line 4: {NO_NUMBER}"),
        (
            "calendar: mirror ",
            "calendar: maybe ",
            "line 10: “calendar” must be one of 'mirror', 'strict' or 'off'.",
        ),
        ('mon: ["09:00-18:00"]', 'mon: ["18:00-09:00"]', "line 6: These hours do not end after they start."),
        (
            'mon: ["09:00-18:00"]',
            'mon: ["09:00-24:30"]',
            "line 6: Write hours like “09:00-18:00”; 24:00 is the latest end.",
        ),
        ('mon: ["09:00-18:00"]', 'montag: ["09:00-18:00"]', "line 6: The key “montag” is not known here."),
        (
            'mon: ["09:00-18:00"]',
            'mon: ["09:00-18:00", "17:00-20:00"]',
            "line 6: These hours overlap: Monday 09:00-18:00 and 17:00-20:00.",
        ),
        (
            '"15:00-19:00"',
            '"13:30-19:00"',
            "line 15: These hours overlap: Tuesday 10:00-14:00 and 13:30-19:00.",
        ),
        ("emma@morgenrot.example", "emma", "line 12: This is no e-mail address."),
        ("  - name: Jonas Brandt", "  - name: emma keller", "line 13: “emma keller” stands here twice."),
        (
            "- name: Dauerwelle",
            "- name: Herrenhaarschnitt",
            "line 21: “Herrenhaarschnitt” stands here twice.",
        ),
        ("Dauerwellen, Perm", "Perm, perm", "line 23: “perm” stands here twice."),
        (
            "Dauerwellen, Perm",
            "Herrenhaarschnitt",
            "line 23: “Herrenhaarschnitt” is the name of another service.",
        ),
        ("    branch: Mitte\n", "    branch: Ost\n", "line 14: There is no branch “Ost”."),
        ("services: [Herrenhaarschnitt]  ", "services: [Bart]  ", "line 16: There is no service “Bart”."),
        ("to: 2026-12-31", "to: 2026-12-20", "line 17: This absence ends before it starts."),
        ("to: 2026-12-31", "to: 2026-12-32", "line 17: “2026-12-32” does not exist."),
        ("to: 2026-12-31", "to: bald", f"line 17: {NO_DATE}"),
        (
            "[60, 15, 5, 10, 15, 45]",
            "[60, 15]",
            "line 18: Dauerwelle has 6 phases, here are the minutes of 2.",
        ),
        (
            "minutes: 45}, ",
            "minutes: 45, phases: [45]}, ",
            "line 18: A duration has either minutes or phases.",
        ),
        (
            "{service: Dauerwelle, phases: [60",
            "{service: Schnitt, phases: [60",
            "line 18: There is no service “Schnitt”.",
        ),
        ("minutes: 55, ", "", "line 20: A service has either minutes or phases."),
        ("minutes: 55, ", "minutes: 0, ", "line 20: “minutes” must be 1 or more."),
        ('price: "30.00"', 'price: "-1"', f"line 20: {NO_MONEY}"),
        ('price: "30.00"', "price: 30.005", f"line 20: {NO_MONEY}"),
        (
            "{name: Fixierung auftragen, minutes: 5}",
            "{name: Fixierung auftragen, minutes: 0}",
            "line 28: “minutes” must be 1 or more.",
        ),
        ("{hours: 48", "{hours: 24", "line 33: There already is a fee for 24 hours."),
        ("amount: 10", "amount: zehn", f"line 33: {NO_MONEY}"),
        ("max_reschedules: 3", "max_reschedules: -3", "line 33: “max_reschedules” must be 0 or more."),
        (
            "{staff: Emma Keller, service: Herrenhaarschnitt,",
            "{staff: Otto, service: Herrenhaarschnitt,",
            "line 35: Nobody is called “Otto”.",
        ),
        ("phase: Haare wickeln, id: 3002", "phase: Einwirkzeit, id: 3002", f"line 36: {WHICH_RUN}"),
        (", phase: Haare wickeln", "", f"line 36: {WHICH_RUN}"),
        (
            "phase: Auswaschen und Pflege, id: 3004",
            "phase: Fixierung auftragen, id: 3004",
            "line 38: This part of the service already has an event type.",
        ),
        ("id: 3004", "id: 3001", "line 38: The event type 3001 stands here twice."),
    ],
)
def test_every_problem_has_its_line(old: str, new: str, problem: str) -> None:
    assert problems_of(changed((old, new))) == [problem]


def test_phases_need_the_stylist_at_least_once() -> None:
    gap = "{name: Kur, phases: [{name: Einwirkzeit, minutes: 10, busy: false}]}"
    nothing = "{name: Kur, phases: []}"
    for service in (gap, nothing):
        text = changed(("\nservices:\n", f"\nservices:\n  - {service}\n"))
        assert problems_of(text) == ["line 20: At least one phase must need the stylist."]


def test_all_problems_of_a_step_are_told_at_once() -> None:
    text = changed(("slot_minutes: 5 ", "slot_minutes: 0 "), ("minutes: 55, ", "minutes: x, "))
    assert problems_of(text) == [
        "line 9: “slot_minutes” must be 1 or more.",
        "line 20: “minutes” must be a whole number, without quotes.",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "line 1: The file must consist of keys and values."),
        (b"a: 1\nb: [1\n", "line 3: This is not YAML: expected ',' or ']', but got '<stream end>'."),
        (b"a: 1\nb: \xff\n", "line 2: This is not UTF-8."),
        (b"a: 1\nb: \x07\n", "line 2: This character is not allowed in YAML."),
        (b"a: &x 1\nb: *x\n", "line 2: Aliases (*) are not supported."),
        (b"a: 1\n2: b\n", "line 2: A key must be text."),
        (b"[" * 5000, "line 1: This is nested too deeply."),
    ],
)
def test_what_is_no_yaml_is_said_in_one_line(content: bytes, problem: str) -> None:
    assert problems_of(content) == [problem]


def test_off_and_no_are_words_not_booleans() -> None:
    """YAML 1.1 reads ``off`` as false, and the holidays of Norway as well."""
    file = read(changed(("calendar: mirror ", "calendar: off "), ("DE-BE", "NO")))
    assert (file.branches[0].calendar, file.company.holidays) == ("off", "NO")


def test_a_day_may_end_at_midnight() -> None:
    file = read(changed(('mon: ["09:00-18:00"]', 'mon: ["18:00-24:00"]')))
    assert file.branches[0].opening_hours.mon == [(1080, 1440)]


def test_back_to_back_hours_do_not_overlap() -> None:
    assert problems_of(changed(('"15:00-19:00"', '"14:00-19:00"'))) == []


def test_two_services_may_share_a_synonym() -> None:
    """ "Haarschnitt" is said for several of them: then the caller is asked (german.md §3)."""
    assert problems_of(changed(("Dauerwellen, Perm", "Männerhaarschnitt"))) == []


def test_a_duration_for_a_service_not_offered_is_kept() -> None:
    """As in the contract's example: skills come and go."""
    assert "Dauerwelle" not in (read(CONTRACT).staff[1].services or [])


@pytest.mark.parametrize(
    ("absence", "start", "end"),
    [
        ("{from: 2026-12-21, to: 2026-12-31}", "2026-12-21T00:00+01:00", "2027-01-01T00:00+01:00"),
        ("{from: 2026-12-21, to: 2026-12-21}", "2026-12-21T00:00+01:00", "2026-12-22T00:00+01:00"),
        (
            "{from: 2026-12-21 09:00, to: 2026-12-21 12:30}",
            "2026-12-21T09:00+01:00",
            "2026-12-21T12:30+01:00",
        ),
        ("{from: 2026-12-21T09:00:00Z, to: 2026-12-21}", "2026-12-21T10:00+01:00", "2026-12-22T00:00+01:00"),
        ("{from: 2026-10-25, to: 2026-10-25}", "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00"),
    ],
)
def test_absences_are_whole_days_or_times_of_the_company(absence: str, start: str, end: str) -> None:
    """The last one is the day on which the clocks go back: 25 hours."""
    file = read(changed(("{from: 2026-12-21, to: 2026-12-31, reason: Urlaub}", absence)))
    period = file.staff[1].absences[0].period(BERLIN)
    assert period == (
        datetime.fromisoformat(start).astimezone(UTC),
        datetime.fromisoformat(end).astimezone(UTC),
    )


def test_a_phase_name_that_comes_twice_means_the_run_that_begins_with_it() -> None:
    """Of two phases named alike only one begins a run: that one is meant."""
    text = changed(("{name: Schneiden und Styling, minutes: 40}", "{name: Haare wickeln, minutes: 40}"))
    assert problems_of(text) == []


def test_two_runs_that_begin_alike_cannot_be_told_apart() -> None:
    text = changed(
        ("{name: Fixierung auftragen, minutes: 5}", "{name: Haare wickeln, minutes: 5}"),
        ("phase: Fixierung auftragen, id: 3003", "phase: Auswaschen und Pflege, id: 3003"),
        ("\n  - {staff: Emma Keller, service: Dauerwelle, phase: Auswaschen und Pflege, id: 3004}", ""),
    )
    assert problems_of(text) == [
        "line 36: Several parts of Dauerwelle begin with “Haare wickeln”; their names must differ."
    ]


def test_a_problem_is_translated_and_keeps_its_line() -> None:
    with translation.override("de"):
        assert any(
            "9" in problem for problem in problems_of(changed(("slot_minutes: 5 ", "slot_minutes: 0 ")))
        )
