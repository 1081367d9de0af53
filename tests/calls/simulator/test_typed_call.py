"""A call that is typed: rules for ears, the flow for a plan, the real endpoints for answers."""

import io

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from appointments.models import Customer
from calls.events.processing import process_due
from calls.flow import build_flow
from calls.models import Call, Callback, Transcript
from calls.simulator.agent import TypedCall, from_session, new_test_call
from calls.simulator.following import Did, Said
from calls.simulator.inside import InsideLine
from calls.simulator.line import Unreachable
from calls.simulator.listening import EXTRACTS, LEADS, ROUND
from calls.simulator.words import Parts, take_apart
from tests.calls.phone import CALLER, booked, held
from tests.salons import MONDAY, NOW, Salon


@pytest.fixture
def call(salon: Salon, settings: Settings) -> TypedCall:
    line = InsideLine(key=settings.RETELL_API_KEYS[0])
    return new_test_call(line, number=salon.number, caller=CALLER)


def say(call: TypedCall, *lines: str) -> list[str]:
    """All functions asked with their answers, and the agent's last sentence."""
    if call.state is None:
        call.begin()
    turns = [call.hear(line) for line in lines]
    did = [each for turn in turns for each in turn.events if isinstance(each, Did)]
    assert not [
        each for each in did if each.reply["status"] in ("error", "unknown_function", "unknown_number")
    ]
    said = [each.text for turn in turns for each in turn.events if isinstance(each, Said)]
    return [*(f"{each.function}: {each.reply['status']}" for each in did), said[-1]]


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("Ich brauch 'nen Termin für 'nen Herrenhaarschnitt, gegen dreizehn Uhr", Parts("", "gegen dreizehn Uhr", "", "Herrenhaarschnitt")),
        ("Bei Emma, Ansatzfärbung, nächste Woche Montag 15 Uhr", Parts("nächste Woche Montag", "15 Uhr", "Emma", "Ansatzfärbung")),
        ("Möchte morgen zehn Uhr einen Herrenhaarschnitt", Parts("morgen", "zehn Uhr", "", "Herrenhaarschnitt")),
        ("Dauerwelle Dienstag, so gegen halb drei, bei Emma", Parts("Dienstag", "so gegen halb drei", "Emma", "Dauerwelle")),
        ("Gleicher Tag, aber 16 Uhr", Parts("", "16 Uhr")),
        ("Am 25.11. um Viertel vor elf", Parts("Am 25.11.", "um Viertel vor elf")),
        ("Waschen und föhnen am Freitag zwischen 10 und 12 Uhr", Parts("am Freitag", "zwischen 10 und 12 Uhr", "", "Waschen und föhnen")),
        ("morgen früh", Parts("morgen", "früh")),
        ("am Mittwoch um ein Uhr", Parts("am Mittwoch", "um ein Uhr")),
        ("Ja, bitte!", Parts()),
    ],
)  # fmt: skip
def test_words_are_handed_over_as_they_were_typed(sentence: str, parts: Parts) -> None:
    assert take_apart(sentence) == parts


def test_all_at_once(call: TypedCall) -> None:
    wish = "Ich hätte gern einen Herrenhaarschnitt am Montag um zehn Uhr"
    *done, sentence = say(call, wish, "Ja, bitte", "Jana Müller")

    assert done == [
        "check_availability: available",
        "pre_booking_revalidation: valid",
        "start_booking: booked",
    ]
    assert sentence.startswith("Ihr Termin ist gebucht: Herrenhaarschnitt")
    assert booked() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]
    assert say(call, "Nein, danke")[-1] == "Vielen Dank für Ihren Anruf. Auf Wiederhören."
    assert call.state
    assert call.state.ended


def test_little_by_little(call: TypedCall) -> None:
    assert say(call, "Hallo, ich hätte gern einen Termin")[-1].endswith("?")
    assert say(call, "Eine Dauerwelle")[-1].startswith("Für welchen Tag")
    assert say(call, "Dienstag um elf")[0] == "check_availability: available"
    say(call, "Ja", "Jana Yilmazoglu")
    assert booked() == []
    assert say(call, "Y I L M A Z")[0] == "start_booking: booked"
    assert Customer.objects.get().name == "Jana Yilmaz"


def test_another_time_for_the_same_wish(call: TypedCall) -> None:
    say(call, "Herrenhaarschnitt Montag 10 Uhr", "Nein, lieber 15:00 Uhr")

    assert [each[1] for each in held()][-1] == "Mo 15:00"


def test_the_second_of_what_was_offered(salon: Salon, call: TypedCall) -> None:
    for staff in (salon.emma, salon.jonas):
        salon.book(salon.cut, staff, MONDAY, "10:00")
    before = len(booked())

    assert say(call, "Herrenhaarschnitt am Montag um zehn")[0] == "check_availability: unavailable"
    assert say(call, "Der zweite passt")[0] == "check_availability: available"
    assert say(call, "Ja gerne", "Jana Müller")[1] == "start_booking: booked"
    assert len(booked()) == before + 1


def test_no_thank_you(call: TypedCall) -> None:
    assert (
        say(call, "Herrenhaarschnitt Montag 10 Uhr", "Nein, doch nicht")[1] == "release_reservation: released"
    )
    assert held() == []


def test_moved_and_cancelled(salon: Salon, call: TypedCall, jana: Customer) -> None:
    assert say(call, "Herrenhaarschnitt am Montag um zehn Uhr", "Ja")[-2] == "start_booking: booked"
    assert say(call, "Ich möchte meinen Termin auf Dienstag um elf Uhr verschieben")[0] == (
        "reschedule_appointment: ready_for_confirmation"
    )
    assert say(call, "Ja, genau")[0] == "reschedule_appointment: rescheduled"
    assert [each[1] for each in booked()] == ["Di 11:00"]
    assert say(call, "Wann ist denn mein Termin?")[0] == "get_customer_appointments: found"
    assert say(call, "Dann möchte ich ihn absagen")[0] == "cancel_appointment: needs_clarification"
    assert say(call, "Ja")[0] == "cancel_appointment: cancelled"
    assert booked() == []


def test_questions(call: TypedCall) -> None:
    assert say(call, "Haben Sie am Montag geöffnet?")[0] == "get_opening_hours: found"
    assert say(call, "Was bieten Sie an?")[0] == "list_services: found"
    assert say(call, "Welcher Tag ist heute?")[0].startswith("get_current_context")


def test_a_hidden_number_is_called_back(salon: Salon, call: TypedCall) -> None:
    call.caller = ""
    assert say(call, "Ich muss leider meinen Termin absagen")[0] == "cancel_appointment: not_identified"
    assert say(call, "0150 00000007")[0] == "request_callback: callback_queued"
    assert str(Callback.objects.latest("pk").phone) == "+4915000000007"


def test_what_is_not_understood_changes_nothing(call: TypedCall) -> None:
    call.begin()
    before = call.state.node if call.state else None

    assert say(call, "???") == ["Das habe ich leider nicht verstanden. Würden Sie es bitte anders sagen?"]
    assert call.state
    assert call.state.node == before


def test_a_known_caller_is_greeted_by_the_first_name(call: TypedCall, jana: Customer) -> None:
    (said,) = call.begin().events

    assert isinstance(said, Said)
    assert "Jana" in said.text
    assert "Probst" not in said.text


def test_it_is_a_test_call_with_a_transcript(call: TypedCall) -> None:
    say(call, "Was bieten Sie an?")
    call.hang_up(now=NOW)
    process_due(now=timezone.now())

    stored = Call.objects.get(call_id=call.call_id)
    assert (stored.is_test, stored.has_ended, stored.caller) == (True, True, CALLER)
    assert Transcript.objects.filter(call=stored).exists()


def test_it_survives_a_session(call: TypedCall, settings: Settings) -> None:
    call.begin()
    for line in ("Herrenhaarschnitt Montag 10 Uhr", "Ja", "Jana Müller"):
        call = from_session(call.as_session(), line=InsideLine(key=settings.RETELL_API_KEYS[0]))
        call.hear(line)

    assert len(booked()) == 1


def test_every_way_of_the_flow_has_a_rule() -> None:
    flow = build_flow("https://salon.example")
    ways = {
        ROUND.sub("", edge["destination_node_id"])
        for node in flow["nodes"]
        if node["type"] == "conversation"
        for edge in node["edges"]
    }
    taken = {each["name"] for node in flow["nodes"] for each in node.get("variables", ())}

    assert ways <= LEADS.keys()
    assert taken == EXTRACTS.keys()


def test_a_wrong_key_opens_nothing(salon: Salon) -> None:
    with pytest.raises(Unreachable, match="HTTP 401"):
        new_test_call(InsideLine(key="another"), number=salon.number, caller="").begin()


def test_on_a_terminal(
    salon: Salon, live_server: object, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    typed = "Was bieten Sie an?\nDanke, auf Wiederhören\nund noch etwas\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    out = io.StringIO()

    call_command(
        "simulate_call", "--interactive", "--url", str(live_server), "--number", salon.number, stdout=out
    )

    lines = out.getvalue().splitlines()
    assert "list_services() -> found" in lines[1]
    assert lines[-1] == "agent: Vielen Dank für Ihren Anruf. Auf Wiederhören."


def test_in_the_middle_of_a_booking_somebody_wants_something_else(
    salon: Salon, call: TypedCall, jana: Customer
) -> None:
    """ "Moment, ich will eigentlich meinen bestehenden Termin verschieben" (``german.md`` §5)."""
    say(call, "Herrenhaarschnitt am Montag um zehn Uhr", "Ja")
    say(call, "Ich möchte zusätzlich eine Dauerwelle am Dienstag um zehn Uhr")

    for sentence, function in (
        (
            "Moment, ich will eigentlich meinen bestehenden Termin auf Mittwoch um elf verschieben",
            "reschedule",
        ),
        ("Nein, doch nicht", ""),
        ("Eine Dauerwelle am Dienstag um zehn", "check"),
        ("Wann ist denn mein Termin?", "get_customer"),
        ("Eine Dauerwelle am Dienstag um zehn", "check"),
        ("Ach nein, ich muss den Termin am Montag doch absagen", "cancel"),
    ):
        assert say(call, sentence)[0].startswith(function), sentence
    assert booked() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]


def test_a_yes_to_several_times_is_asked_which(salon: Salon, call: TypedCall) -> None:
    for staff in (salon.emma, salon.jonas):
        salon.book(salon.cut, staff, MONDAY, "10:00")

    said = say(call, "Herrenhaarschnitt am Montag um zehn", "Ja, bitte")

    assert said[-1] == "Welchen der genannten Termine möchten Sie?"


def test_two_wishes_in_order(salon: Salon, call: TypedCall) -> None:
    for staff in (salon.emma, salon.jonas):
        salon.book(salon.cut, staff, MONDAY, "10:00")

    say(call, "Herrenhaarschnitt Montag um zehn Uhr, wenn das nicht geht um fünfzehn Uhr")

    assert [each[1] for each in held()] == ["Mo 15:00"]


def test_who_only_greets_is_greeted(call: TypedCall) -> None:
    assert say(call, "Guten Tag")[-1] == "Guten Tag. Was kann ich für Sie tun?"


def test_what_it_costs(call: TypedCall) -> None:
    said = say(call, "Was kostet bei Ihnen ein Herrenhaarschnitt?")

    assert said == ["list_services: found", "Herrenhaarschnitt kostet 30 Euro und dauert 55 Minuten."]


def test_rather_cancelled_than_moved(salon: Salon, call: TypedCall, jana: Customer) -> None:
    say(call, "Herrenhaarschnitt am Montag um zehn Uhr", "Ja")
    say(call, "Ich möchte meinen Termin auf Dienstag um elf Uhr verschieben")

    assert say(call, "Ach nein, ich muss den doch absagen")[0] == "cancel_appointment: needs_clarification"
    assert say(call, "Ja")[0] == "cancel_appointment: cancelled"
