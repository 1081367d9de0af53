"""What callers hear, word for word: the one file that knows the German. Elsewhere, codes count."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import translation

from appointments.models import Absence, Customer, Staff
from calls import speech
from tests.calls.phone import CUT, PERM, Phone, expect_spoken, give
from tests.salons import BERLIN, MONDAY, Salon, at, make_salon

ANNA = {"name": "Anna Sommer"}


def say(phone: Phone, function: str, **args: str) -> str:
    return str(phone.ask(function, **args)["message"])


def test_a_first_booking(phone: Phone) -> None:
    wish = {**PERM, "datum": "2025-11-26", "uhrzeit": "16:30", "mitarbeiter": "Emma"}

    assert [
        say(phone, "check_availability", **wish),
        say(phone, "pre_booking_revalidation", **wish),
        say(phone, "start_booking", **wish),
        say(phone, "start_booking", **wish, **ANNA),
    ] == [
        (
            "Dauerwelle am Mittwoch, dem 26. November, um 16 Uhr 30 bei Emma ist frei. "
            "Soll ich den Termin für Sie eintragen?"
        ),
        "Dauerwelle am Mittwoch, dem 26. November, um 16 Uhr 30 bei Emma ist weiterhin für Sie freigehalten.",
        "Auf welchen Namen darf ich den Termin eintragen?",
        "Ihr Termin ist gebucht: Dauerwelle am Mittwoch, dem 26. November, um 16 Uhr 30 bei Emma.",
    ]


def test_taken_long_ago_is_not_called_taken_just_now(phone: Phone, salon: Salon) -> None:
    """Incident 1: five refusals in one call, each with "wurde gerade vergeben"."""
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")

    spoken = say(phone, "check_availability", **CUT, mitarbeiter="Emma")

    assert spoken.startswith("Emma ist morgen um 10 Uhr leider schon belegt. Frei wäre ")
    assert "gerade" not in spoken
    assert "gerade" not in say(phone, "start_booking", **CUT, **ANNA, mitarbeiter="Emma")


@pytest.mark.parametrize("told_by", ["check_availability", "get_alternatives"])
def test_what_this_call_was_told_is_free_has_been_taken_just_now(
    told_by: str, phone: Phone, salon: Salon, clock: time_machine.Traveller
) -> None:
    phone.ask(told_by, **CUT, mitarbeiter="Emma")
    clock.shift(100)
    salon.book(salon.cut, salon.emma, MONDAY, "10:00", now=at(MONDAY, "00:00"))

    for function in ("check_availability", "start_booking"):
        spoken = say(phone, function, **CUT, **ANNA, mitarbeiter="Emma")
        assert spoken.startswith("Das tut mir leid, der Termin morgen um 10 Uhr wurde gerade vergeben. ")


def test_free_with_a_colleague_was_not_free_with_the_wished(phone: Phone, salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    phone.ask("check_availability", **CUT, mitarbeiter="Jonas")

    assert "gerade" not in say(phone, "check_availability", **CUT, mitarbeiter="Emma")


def test_what_another_call_was_told_does_not_count(
    phone: Phone, salon: Salon, clock: time_machine.Traveller
) -> None:
    Phone(salon.number).ask("check_availability", **CUT, mitarbeiter="Emma")

    assert "gerade" not in say(phone, "check_availability", **CUT, mitarbeiter="Emma")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            {"uhrzeit": "19:30"},
            "Herrenhaarschnitt morgen um 19 Uhr 30 passt leider nicht in unsere Öffnungszeiten.",
        ),
        ({"datum": "2025-12-25"}, "Da haben wir leider geschlossen, es ist ein Feiertag."),
        ({"uhrzeit": "10:02"}, "Leider kann morgen um 10 Uhr 2 kein Termin beginnen."),
        ({"datum": "2025-11-17"}, "Diese Zeit ist leider schon vorbei."),
        ({"datum": "2026-08-03"}, "So weit im Voraus nehmen wir leider noch keine Termine an."),
        ({"mitarbeiter": "Jonas"}, "Jonas ist morgen um 10 Uhr leider nicht lange genug im Salon."),
    ],
)
def test_why_not(words: dict[str, str], why: str, phone: Phone, salon: Salon) -> None:
    Absence.objects.create(staff=salon.jonas, starts_at=at(MONDAY, "00:00"), ends_at=at(MONDAY, "23:00"))

    assert say(phone, "check_availability", **{**CUT, **words}).partition(" Frei wäre")[0] == why


def test_at_short_notice(phone: Phone, clock: time_machine.Traveller) -> None:
    clock.move_to(at(MONDAY, "09:53"))

    assert say(phone, "check_availability", **CUT) == (
        "Das ist leider zu kurzfristig, so bald kann ich keinen Termin mehr eintragen. "
        "Frei wäre heute um 10 Uhr 10, um 10 Uhr 40 oder um 11 Uhr 10. Passt Ihnen davon etwas?"
    )


def test_each_offered_time_has_its_day(phone: Phone, salon: Salon) -> None:
    """Incident A13: "08:30 am gleichen Tag" was on another day."""
    for person in (salon.emma, salon.jonas):
        Absence.objects.create(staff=person, starts_at=at(MONDAY, "00:00"), ends_at=at(MONDAY, "19:05"))

    reply = phone.ask("check_availability", **{**CUT, "uhrzeit": "19:30"})

    assert reply["message"].endswith(
        "Frei wäre morgen um 19 Uhr 5 oder am Dienstag, dem 25. November, um 19 Uhr 5 oder um 18 Uhr 35. "
        "Passt Ihnen davon etwas?"
    )
    assert [each["spoken"] for each in reply["alternatives"]] == [
        "morgen um 19 Uhr 5 bei Emma",
        "am Dienstag, dem 25. November, um 19 Uhr 5 bei Emma",
        "am Dienstag, dem 25. November, um 18 Uhr 35 bei Emma",
    ]


def test_offers_with_somebody_else_than_wished_say_with_whom(phone: Phone, salon: Salon) -> None:
    """Incident B14: another stylist was booked without a word."""
    Staff.objects.filter(pk=salon.jonas.pk).update(offers_all_services=False)

    assert say(phone, "check_availability", **CUT, mitarbeiter="Jonas") == (
        "Jonas bietet Herrenhaarschnitt nicht an. Bei Emma wäre frei: morgen um 10 Uhr, um 10 Uhr 30 "
        "oder um 9 Uhr 30. Passt Ihnen davon etwas?"
    )


def test_a_day_that_does_not_exist(phone: Phone) -> None:
    spoken = say(phone, "check_availability", **{**CUT, "datum": "31.02.2026"})
    assert spoken.startswith("Diesen Tag oder diese Uhrzeit gibt es nicht. ")


def test_what_one_has_already(phone: Phone, salon: Salon, jana: Customer) -> None:
    give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), jana)

    assert say(phone, "start_booking", **CUT) == (
        "Sie haben bereits einen Termin morgen um 10 Uhr: Herrenhaarschnitt bei Emma. Möchten Sie ihn ändern?"
    )


def test_what_the_salon_must_still_confirm(db: None, clock: object) -> None:
    phone = Phone(make_salon(calendar="strict").number)

    assert say(phone, "start_booking", **CUT, **ANNA, mitarbeiter="Emma") == (
        "Ich habe Ihren Termin vorgemerkt: Herrenhaarschnitt morgen um 10 Uhr bei Emma. "
        "Der Salon bestätigt ihn Ihnen noch."
    )


@pytest.mark.parametrize(
    ("function", "args", "spoken"),
    [
        ("check_availability", {}, "Welche Leistung möchten Sie buchen?"),
        (
            "check_availability",
            {"dienstleistung": "Dauerwelle"},
            "Für welchen Tag und welche Uhrzeit möchten Sie den Termin?",
        ),
        (
            "check_availability",
            {"dienstleistung": "Dauerwelle", "datum": "2025-11-26"},
            "Um wie viel Uhr möchten Sie am Mittwoch, dem 26. November, kommen?",
        ),
        (
            "check_availability",
            {**CUT, "dienstleistung": "Haarverlängerung"},
            (
                "Das bieten wir leider nicht an. "
                "Bei uns bekommen Sie zum Beispiel Dauerwelle oder Herrenhaarschnitt."
            ),
        ),
        (
            "check_availability",
            {**CUT, "mitarbeiter": "Xaver"},
            "Jemanden mit diesem Namen haben wir leider nicht. Bei uns arbeiten Emma und Jonas.",
        ),
        ("release_reservation", {}, "In Ordnung, ich habe den Termin wieder freigegeben."),
        ("list_services", {}, "Wir bieten Dauerwelle und Herrenhaarschnitt an."),
        ("get_opening_hours", {}, "Unsere Öffnungszeiten: Montag bis Samstag von 8 Uhr bis 20 Uhr."),
        (
            "get_opening_hours",
            {"datum": "2025-11-30"},
            "Wir haben am Sonntag, dem 30. November, geschlossen.",
        ),
        ("zaubern", {}, "Dabei kann ich leider nicht helfen. Darf ich etwas anderes für Ihren Termin tun?"),
    ],
)
def test_questions_and_information(function: str, args: dict[str, str], spoken: str, phone: Phone) -> None:
    assert say(phone, function, **args) == spoken


@pytest.mark.parametrize(
    ("moment", "spoken"),
    [
        (datetime(2025, 7, 14, 5, 0, tzinfo=UTC), "7 Uhr"),
        (datetime(2025, 12, 15, 6, 0, tzinfo=UTC), "7 Uhr"),
        (datetime(2025, 12, 15, 13, 30, tzinfo=UTC), "14 Uhr 30"),
        (datetime(2025, 12, 15, 11, 5, tzinfo=UTC), "12 Uhr 5"),
    ],
)
def test_times_are_spoken_by_the_wall_clock(moment: datetime, spoken: str) -> None:
    """Incident A22, in summer and in winter."""
    with translation.override("de"):
        assert speech.at_time(moment.astimezone(BERLIN)) == spoken


def test_the_caller_hears_german_whatever_language_the_sender_prefers(phone: Phone) -> None:
    message = say(phone, "list_services")

    expect_spoken(message)
    assert message.startswith("Wir bieten")
