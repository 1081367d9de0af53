"""What is a claim and what is none, and when the functions bear it (incidents C5, J12)."""

from typing import Any

import pytest

from calls.claims import Answered, Contradiction, Line, claims_in, contradictions

CLAIMS = [
    ("Ihr Termin ist gebucht.", ["booked"]),
    ("Perfekt, ich habe den Termin für Sie eingetragen.", ["booked"]),
    ("Der Termin wurde gebucht! Bis Dienstag.", ["booked"]),
    ("Hiermit bestätige ich Ihnen Dienstag um zehn.", ["booked"]),
    ("Ich bestätige, dass Ihr Termin gebucht ist.", ["booked"]),
    ("Sie sind am 24. November um 14.30 Uhr bei Emma eingetragen.", ["booked"]),
    ("Alles klar, Frau Probst, das ist fest vereinbart.", ["booked"]),
    ("Damit ist Ihr Termin gebucht.", ["booked"]),
    ("Emma hat um zehn noch frei.", ["free"]),
    ("Leider ist um zehn niemand frei.", ["taken"]),
    ("Montag um zehn ist frei. Soll ich das buchen?", ["free"]),
    ("Um elf hätte ich noch etwas frei.", ["free"]),
    ("Da wäre noch ein freier Termin bei Jonas.", ["free"]),
    ("Dienstag um neun ist verfügbar.", ["free"]),
    ("Um zehn ist leider belegt, aber um elf ist noch frei.", ["taken", "free"]),
    ("Der Vormittag ist ausgebucht.", ["taken"]),
    ("9 und 10 Uhr sind leider belegt.", ["taken"]),
    ("Da ist leider nichts frei.", ["taken"]),
    ("Um zehn ist nicht frei, aber um elf ist frei.", ["taken", "free"]),
    ("Wir haben am Samstag keinen freien Termin.", ["taken"]),
    ("Diese Zeit ist gerade vergeben worden.", ["taken"]),
    ("Ihr Termin ist storniert.", ["cancelled"]),
    ("Ich habe den Termin am Montag für Sie abgesagt.", ["cancelled"]),
    ("Ihr Termin wurde auf Mittwoch verschoben.", ["moved"]),
    ("Der alte Termin ist storniert und der neue ist gebucht.", ["cancelled", "booked"]),
    ("Ich habe Sie auf 15 Uhr umgebucht. Passt das?", ["moved"]),
]
NONE = [
    "Emma hat am Montag frei.",
    "Ich habe Ihren Rückrufwunsch eingetragen.",
    "Ihre Telefonnummer ist eingetragen.",
    "Wir sind von neun bis achtzehn Uhr besetzt.",
    "Ist der Termin schon gebucht?",
    "Soll ich den Termin buchen?",
    "Soll der Termin gebucht werden?",
    "Ich habe noch nichts gebucht.",
    "Der Termin ist noch nicht gebucht.",
    "Ihr Termin konnte nicht storniert werden.",
    "Der Termin wird jetzt gebucht.",
    "Ich werde das für Sie eintragen.",
    "Einen Moment, ich prüfe, ob um zehn noch frei ist.",
    "Ich schaue nach, ob am Dienstag, um zehn, noch etwas frei ist.",
    "Wenn um zehn frei ist, buche ich das für Sie.",
    "Sobald der Termin gebucht ist, bekommen Sie eine Nachricht.",
    "Möchten Sie, dass er verschoben wird?",
    "Der Termin kann nicht verschoben werden.",
    "Bevor der Termin storniert ist, sage ich Ihnen die Gebühr.",
    "Fühlen Sie sich frei zu fragen.",
    "Freitag ab neun haben wir geöffnet.",
    "Das ist kostenfrei.",
    "Einen Termin zum Haareschneiden, gern. Wann möchten Sie kommen?",
    "Ich reserviere die Zeit kurz für Sie.",
    "Keine Sorge, Ihr Termin ist nicht abgesagt.",
    "Auf welchen Tag soll ich ihn verlegen?",
    "",
]
CHECK, BOOK = "check_availability", "start_booking"


@pytest.mark.parametrize(("text", "kinds"), CLAIMS, ids=[text for text, _kinds in CLAIMS])
def test_what_is_said_as_a_fact_is_a_claim(text: str, kinds: list[str]) -> None:
    assert list(claims_in(text)) == kinds


@pytest.mark.parametrize("text", NONE)
def test_questions_negations_and_plans_are_none(text: str) -> None:
    assert list(claims_in(text)) == []


def found(*talk: Any) -> list[tuple[str, str]]:
    """``("function", "status")`` is an answer, a text a line of the agent."""
    order = [
        Answered(*each) if isinstance(each, tuple) else Line(number, each) for number, each in enumerate(talk)
    ]
    return [(each.kind, each.answered) for each in contradictions(order)]


BOOKED, FREE, TAKEN = "Ihr Termin ist gebucht.", "Um zehn ist frei.", "Um zehn ist leider belegt."


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        # J12: said 13 to 28 seconds before anything was booked.
        ((BOOKED,), [("booked", "")]),
        (((CHECK, "available"), BOOKED, (BOOK, "booked")), [("booked", "")]),
        (((CHECK, "available"), (BOOK, "booked"), BOOKED), []),
        (((BOOK, "slot_taken"), BOOKED), [("booked", "slot_taken")]),
        (((BOOK, "needs_name"), BOOKED), [("booked", "needs_name")]),
        (((BOOK, "error"), BOOKED), [("booked", "error")]),
        (((BOOK, "provisional"), BOOKED), [("booked", "provisional")]),
        (((BOOK, "slot_taken"), (BOOK, "booked"), BOOKED), []),
        (((BOOK, "existing"), "Sie haben schon einen Termin gebucht."), []),
        (((BOOK, "booked"), (CHECK, "unavailable"), BOOKED), []),
        # J8, J10: a function nobody knows books nothing.
        ((("book_v17", "unknown_function"), BOOKED), [("booked", "")]),
        ((("get_customer_appointments", "found"), "Sie sind am Montag eingetragen."), []),
        ((("get_customer_appointments", "none"), "Sie sind am Montag eingetragen."), [("booked", "none")]),
        (((("collect_appointment_data"), "available"), BOOKED), [("booked", "")]),
        # C5: nine and ten were taken eleven seconds before anybody had asked.
        ((TAKEN,), [("taken", "")]),
        (((CHECK, "unavailable"), TAKEN), []),
        (((CHECK, "available"), TAKEN), [("taken", "available")]),
        # C1: invented times.
        ((FREE,), [("free", "")]),
        (((CHECK, "available"), FREE), []),
        (((CHECK, "unavailable"), FREE), [("free", "unavailable")]),
        (((CHECK, "unavailable", True), "Um elf ist noch frei."), []),
        (((CHECK, "found", True), FREE), []),
        (((CHECK, "found", True), TAKEN), []),
        ((("get_alternatives", "none"), FREE), [("free", "none")]),
        ((("reschedule_appointment", "ready_for_confirmation"), FREE), []),
        # What is said of something else says nothing of times.
        (((CHECK, "available"), ("get_customer_appointments", "none"), FREE), []),
        ((("get_customer_appointments", "found"), TAKEN), [("taken", "")]),
        ((("cancel_appointment", "ready_for_confirmation"), FREE), [("free", "")]),
        (((BOOK, "slot_taken", True), "Um elf wäre noch etwas frei."), []),
        ((("cancel_appointment", "denied"), "Ihr Termin ist storniert."), [("cancelled", "denied")]),
        ((("cancel_appointment", "cancelled"), "Ihr Termin ist storniert."), []),
        ((("reschedule_appointment", "rescheduled"), "Ihr Termin ist verschoben."), []),
        (
            (("reschedule_appointment", "ready_for_confirmation"), "Er ist verschoben."),
            [("moved", "ready_for_confirmation")],
        ),
        ((("reschedule_appointment", "rescheduled"), BOOKED), []),
    ],
)
def test_the_last_answer_that_decides_bears_a_claim_or_not(
    talk: Any, expected: list[tuple[str, str]]
) -> None:
    assert found(*talk) == expected


def test_a_contradiction_names_its_line() -> None:
    talk = [Line(0, "Guten Tag."), Answered(CHECK, "unavailable"), Line(4, FREE)]

    assert contradictions(talk) == [Contradiction(4, "free", "unavailable")]
