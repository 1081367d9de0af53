"""Whatever arrives, the caller hears a sentence, and nothing is held or booked by accident.

The bodies are what models and lines really sent (fictional people and numbers).
"""

import json
import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.models import Appointment, Customer
from calls.models import Call, FunctionCall
from tests.calls.phone import URL, Phone, expect_reply, new_call_id, nothing_blocks, post, send
from tests.salons import Salon

MONDAY_AT_TEN = {"datum": "2025-11-24", "uhrzeit": "10:00", "dienstleistung": "Herrenhaarschnitt"}
PLACEHOLDERS = [
    "",
    " ",
    "None",
    "null",
    "undefined",
    "{{datum}}",
    "not specified",
    "N/A",
    None,
    [],
    {},
    ["x"],
]


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


class TestBodies:
    @pytest.mark.parametrize(
        "raw",
        [b"", b"{", b"name=start_booking", b"\xff\xfe\xfa", b'{"name": "list_services"', deep(100_000)],
        ids=["empty", "cut", "form", "bytes", "unclosed", "100,000 deep"],
    )
    def test_what_is_no_json_is_refused(self, raw: bytes, salon: Salon) -> None:
        response = post(raw)

        assert (response.status_code, response.content) == (400, b"")

    @pytest.mark.parametrize("body", [None, [], "start_booking", 17, True, [{"name": "start_booking"}]])
    def test_what_is_no_object_belongs_to_no_salon(self, body: Any, salon: Salon) -> None:
        assert expect_reply(send(body))["status"] == "unknown_number"
        assert nothing_blocks()

    @pytest.mark.parametrize("where", ["args", "datum", "metadata", "transcript_with_tool_calls"])
    def test_nesting_is_survived(self, where: str, phone: Phone) -> None:
        """Near a thousand levels it stops being readable; on neither side of that line is a 500."""
        message = phone.message("check_availability", {})
        if where == "args":
            message["args"] = "NESTED"
        else:
            message["args" if where == "datum" else "call"][where] = "NESTED"
        raw = json.dumps(message).encode()

        for levels in (10, 100, 400, *range(700, 1000, 12)):
            response = post(raw.replace(b'"NESTED"', deep(levels)))
            if levels > 400 and response.status_code == 400:
                continue
            assert expect_reply(response)["status"] == "needs_clarification"
        assert nothing_blocks()

    def test_a_transcript_of_five_megabytes_is_read(self, phone: Phone) -> None:
        message = phone.message("check_availability", MONDAY_AT_TEN)
        message["call"]["transcript"] = "Guten Tag. " * 450_000

        assert expect_reply(send(message))["status"] == "available"

    @pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*;q=0.1", ""])
    def test_there_is_one_kind_of_answer_whatever_is_asked_for(self, accept: str, phone: Phone) -> None:
        raw = json.dumps(phone.message("list_services", {})).encode()

        response = post(raw, path=f"{URL}?format=xml", accept=accept)

        assert response["Content-Type"] == "application/json"
        assert expect_reply(response)["status"] == "found"

    @pytest.mark.parametrize(
        ("name", "args", "caller"),
        [
            ("name\x00", {}, None),
            ("check_availability", {"datum": "24.11.2025\x00", "\x00": "x"}, "+49\x00"),
            ("check_availability", {"datum": "\ud800", "\udfff": "x"}, "\ud800"),
            ("\ud800", {}, "\ud800"),
        ],
    )
    def test_characters_that_no_database_stores(
        self, name: str, args: dict[str, str], caller: str | None, salon: Salon
    ) -> None:
        """NUL, and halves of characters, which JSON can say and UTF-8 cannot."""
        phone = Phone(salon.number, caller, call_id=f"call_\x00\ud800{new_call_id()}", agent_id="\ud800\x00")
        message = phone.message(name, args, tool_call_id="tool\x00\ud800")

        response = post(json.dumps(message).encode())

        assert expect_reply(response)["status"] in ("needs_clarification", "unknown_function")
        assert nothing_blocks()


class TestNames:
    @pytest.mark.parametrize("suffix", ["", "_v17", "_v18", "_V2"])
    @pytest.mark.parametrize("in_path", [False, True])
    def test_a_version_behind_the_name_does_not_matter(
        self, suffix: str, phone: Phone, *, in_path: bool
    ) -> None:
        name = f"check_availability{suffix}"
        message = phone.message("" if in_path else name, MONDAY_AT_TEN)

        response = send(message, path=f"{URL}{name}/" if in_path else URL)

        assert expect_reply(response)["status"] == "available"

    def test_the_path_names_the_function_if_it_names_one(self, phone: Phone) -> None:
        message = phone.message("start_booking", MONDAY_AT_TEN)

        reply = expect_reply(send(message, path=f"{URL}check_availability/"))

        assert reply["status"] == "available"

    @pytest.mark.parametrize(
        "name", ["", "reserve_slot", "book_v17_v18", "__class__", "None", 17, None, ["x"]]
    )
    def test_an_unknown_function_is_said_and_alarms(
        self, name: Any, phone: Phone, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Incidents J8, J10: an unknown name was answered with "gebucht", or with silence."""
        reply = phone.ask(name, **MONDAY_AT_TEN)

        assert reply["status"] == "unknown_function"
        assert [each.levelno for each in caplog.records if each.levelno > logging.INFO] == [logging.ERROR]
        assert nothing_blocks()

    @pytest.mark.parametrize("name", ["{{function}}", "zaubern\nINFO all is well"])
    def test_a_name_cannot_write_lines_into_the_log(
        self, name: str, phone: Phone, caplog: pytest.LogCaptureFixture
    ) -> None:
        phone.ask(name)

        assert {each.getMessage().count("\n") for each in caplog.records} == {0}

    def test_the_alias_of_a_function_does_the_same(self, phone: Phone) -> None:
        reply = phone.ask("book_appointment_v17", name="Jana Probst", **MONDAY_AT_TEN)

        assert reply["status"] == "booked"
        assert Appointment.objects.get().pk == reply["appointment_id"]  # J9: a row, not a status


class TestShapesOfArguments:
    @pytest.mark.parametrize(
        "shaped",
        [
            lambda args: {"args": args},
            lambda args: {"args": json.dumps(args)},
            lambda args: {"arguments": json.dumps(args)},
            lambda args: {"arguments": args},
            lambda args: {"parameters": args},
            lambda args: {"args": None, "parameters": args},
            lambda args: {"args": [], "arguments": args},
            lambda args: {"args": "no json", "arguments": args},
        ],
    )
    def test_arguments_are_found_where_they_are(self, shaped: Any, phone: Phone) -> None:
        body = {"function_name": "check_availability", "call": phone.call(), **shaped(MONDAY_AT_TEN)}

        assert expect_reply(send(body))["status"] == "available"

    @pytest.mark.parametrize(
        "args",
        [None, [], [MONDAY_AT_TEN], "", "null", "{", "[]", '"x"', 17, True, {"args": MONDAY_AT_TEN}],
    )
    @pytest.mark.parametrize("function", ["check_availability", "start_booking", "pre_booking_revalidation"])
    def test_no_arguments_are_a_question(self, function: str, args: Any, phone: Phone) -> None:
        reply = expect_reply(send(phone.message(function, args)))

        assert reply["status"] == "needs_clarification"
        assert reply["missing"] == ["dienstleistung"]
        assert nothing_blocks()

    @pytest.mark.parametrize("value", PLACEHOLDERS)
    @pytest.mark.parametrize(
        ("field", "missing"),
        [("datum", ["datum"]), ("uhrzeit", ["uhrzeit"]), ("dienstleistung", ["dienstleistung"])],
    )
    def test_a_placeholder_is_a_missing_value(
        self, field: str, missing: list[str], value: Any, phone: Phone
    ) -> None:
        """Incidents A17, A18, A30, G7-G9: never a default in its place."""
        reply = phone.ask("check_availability", **{**MONDAY_AT_TEN, field: value})

        assert (reply["status"], reply["missing"]) == ("needs_clarification", missing)
        assert nothing_blocks()

    @pytest.mark.parametrize("value", PLACEHOLDERS[:-1])
    def test_a_placeholder_wishes_nobody_and_names_nobody(self, value: Any, phone: Phone) -> None:
        reply = phone.ask("start_booking", **MONDAY_AT_TEN, mitarbeiter=value, name=value)

        assert reply["status"] == "needs_name"
        assert nothing_blocks()

    @pytest.mark.parametrize("value", [True, False, 3.5, -1, 1e400, float("nan"), 10**40])
    @pytest.mark.parametrize(
        "field", ["datum", "uhrzeit", "datetime", "position", "offer_id", "dienstleistung", "mitarbeiter"]
    )
    def test_numbers_and_booleans_are_no_answers(self, field: str, value: Any, phone: Phone) -> None:
        reply = expect_reply(send(phone.message("check_availability", {**MONDAY_AT_TEN, field: value})))

        assert reply["status"] in ("needs_clarification", "not_offered", "unavailable", "available")
        assert reply["status"] != "available" or reply["starts_at"] == "2025-11-24T10:00:00+01:00"

    @pytest.mark.parametrize(
        "contradiction",
        [
            {"date": "2025-11-25"},
            {"time": "11:00"},
            {"service": "Dauerwelle"},
            {"datetime": "2025-11-25 10:00"},
            {"date_time": "2025-11-24 11:00"},
            {"mitarbeiter": "Emma", "preferred_staff_id": "Jonas"},
        ],
    )
    @pytest.mark.parametrize("function", ["check_availability", "start_booking"])
    def test_two_names_of_one_thing_must_say_the_same(
        self, function: str, contradiction: dict[str, str], phone: Phone
    ) -> None:
        reply = phone.ask(function, name="Jana Probst", **MONDAY_AT_TEN, **contradiction)

        assert reply["status"] == "needs_clarification"
        assert nothing_blocks()

    def test_two_names_may_say_the_same(self, phone: Phone) -> None:
        reply = phone.ask(
            "check_availability",
            **MONDAY_AT_TEN,
            service="herrenhaarschnitt",
            date_time="2025-11-24 10:00",
            preferred_date=" 2025-11-24",
        )

        assert reply["status"] == "available"

    def test_unknown_arguments_are_logged_by_name_and_kept(
        self, phone: Phone, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Incident A29: a wish under a name that nobody read was silently ignored."""
        reply = phone.ask("check_availability", **MONDAY_AT_TEN, duration=30, wochentag="Montag")

        assert reply["status"] == "available"
        assert FunctionCall.objects.get().unknown_args == ["duration", "wochentag"]
        assert "duration, wochentag" in caplog.text
        assert "Montag" not in caplog.text

    @pytest.mark.parametrize(
        "field", ["name", "notiz", "email", "telefon", "mitarbeiter", "reservation_id", "offer_id"]
    )
    def test_endless_values_are_survived(self, field: str, phone: Phone) -> None:
        for function in ("check_availability", "start_booking"):
            reply = phone.ask(function, **{"name": "Jana Probst", **MONDAY_AT_TEN, field: "Müller " * 9999})
            assert reply["status"] != "error"


class TestWhoCalls:
    def test_the_models_own_idea_of_a_call_id_is_ignored(self, phone: Phone) -> None:
        """Incidents G6-G11: what counts stands in the call object."""
        for invented in ("{{call_id}}", "call_1", "call_001", "12345", "None", "", phone.call_id[:27]):
            phone.ask("check_availability", **MONDAY_AT_TEN, call_id=invented)

        assert Call.objects.get().call_id == phone.call_id

    @pytest.mark.parametrize("call_id", ["", None, 17, [], {}])
    @pytest.mark.parametrize("function", ["check_availability", "start_booking", "release_reservation"])
    def test_without_a_call_id_nothing_is_held_or_booked(
        self, function: str, call_id: Any, salon: Salon
    ) -> None:
        """Incident G15: it was taken for the newest call of anybody."""
        other = Phone(salon.number)
        other.ask("check_availability", **MONDAY_AT_TEN)

        reply = Phone(salon.number, call_id=call_id).ask(function, **MONDAY_AT_TEN, name="Jana Probst")

        assert reply["status"] == "error"
        assert not Appointment.objects.exists()
        assert other.ask("pre_booking_revalidation", **MONDAY_AT_TEN)["status"] == "valid"

    @pytest.mark.parametrize("function", ["list_services", "get_opening_hours"])
    def test_what_anybody_may_know_is_answered_without_a_call_id(self, function: str, salon: Salon) -> None:
        assert Phone(salon.number, call_id="").ask(function)["status"] == "found"

    @pytest.mark.parametrize("number", ["+49309999999", None, "", "anonymous", "salon", 17, "+"])
    def test_an_unknown_number_is_nobodys(self, number: Any, salon: Salon) -> None:
        reply = Phone(number).ask("start_booking", name="Jana Probst", **MONDAY_AT_TEN)

        assert reply["status"] == "unknown_number"
        assert nothing_blocks()
        assert not Call.objects.exists()

    @pytest.mark.parametrize("caller", ["anonymous", None, "", "Unbekannt", "+", "unknown", "49", {}, 17])
    def test_a_caller_without_a_number_is_anonymous(self, caller: Any, phone: Phone) -> None:
        """Incidents H2, H3: they may book."""
        phone.caller = caller

        assert phone.ask("start_booking", name="Jana Probst", **MONDAY_AT_TEN)["status"] == "booked"
        assert Call.objects.get().caller is None

    @pytest.mark.parametrize("spelling", ["0{0}", "0049{0}", "+49{0}", "+49 {0}", "(+49) {0}"])
    def test_numbers_are_recognised_in_any_spelling(self, spelling: str, salon: Salon) -> None:
        national = salon.number.removeprefix("+49")

        assert Phone(spelling.format(national)).ask("list_services")["status"] == "found"


REAL_BODIES: list[tuple[str, dict[str, Any], str]] = [
    (
        "check_availability_v17",
        {"datum": "2023-06-13", "dienstleistung": "Herrenhaarschnitt", "uhrzeit": "10:00"},
        "unavailable",
    ),
    (
        "check_availability_v17",
        {"datum": "diese Woche", "uhrzeit": "", "dienstleistung": "Herrenhaarschnitt"},
        "needs_clarification",
    ),
    ("check_availability", {"date": "2025-11-24", "time": "14:00", "duration": 30}, "needs_clarification"),
    ("check_availability", {"datum": "2025-11-24", "uhrzeit": "10:00", "dienstleistung": "Termin"}, "*"),
    (
        "start_booking",
        {"customer_name": "Acht Uhr", "service_name": "Herrenhaarschnitt", "datetime": "2025-12-05T08:00:00"},
        "needs_name",
    ),
    (
        "start_booking",
        {"name": "Jana Probst", "datum": "24.11.2025", "uhrzeit": "10:00"},
        "needs_clarification",
    ),
    ("start_booking", {"call_id": "call_1"}, "needs_clarification"),
    (
        "start_booking",
        {
            "function_name": "start_booking",
            "service": "Herrenhaarschnitt",
            "appointment_date": "{{current_date}}",
            "appointment_time": "08:50",
            "customer_name": "Jana Probst",
        },
        "needs_clarification",
    ),
    (
        "start_booking",
        {"datetime": "2025-12-15 10:00", "customer_name": "Jana Probst", "service_name": ""},
        "needs_clarification",
    ),
    ("get_alternatives", {"service_name": "", "preferred_date": "2024-06-17"}, "needs_clarification"),
    ("release_reservation", {"reservation_id": "undefined"}, "released"),
    ("get_available_services", {"call_id": ""}, "found"),
    ("get_current_context", {"call_id": "call_001"}, "unknown"),
    ("initialize_call", {}, "unknown"),
    ("confirm_booking", {"call_id": "12345"}, "needs_clarification"),
    (
        "collect_appointment_data",
        {"datum": "15.1", "uhrzeit": "11:00", "name": "Unbekannt", "dienstleistung": "Beratung"},
        "not_offered",
    ),
    (
        "reschedule_appointment",
        {"new_datum": "2025-11-19", "new_uhrzeit": "11:00", "call_id": "call_1"},
        "not_identified",
    ),
    ("cancel_appointment", {"call_id": "call_1"}, "not_identified"),
    (
        "cancel_appointment",
        {"appointment_date": "2025-10-06", "customer_name": "Jana Probst"},
        "not_identified",
    ),
    ("query_appointment", {"call_id": "", "appointment_date": "not specified"}, "not_identified"),
    ("parse_date", {"date_string": "nächste Woche Montag"}, "found"),
    ("request_callback", {"customer_name": "Jana Probst", "reason": "Buchung"}, "callback_queued"),
]


@pytest.mark.parametrize(("function", "args", "status"), REAL_BODIES)
def test_real_bodies_are_answered_and_hold_nothing(
    function: str, args: dict[str, Any], status: str, phone: Phone
) -> None:
    reply = phone.ask(function, **args)

    assert reply["status"] in (("needs_clarification", "not_offered") if status == "*" else (status,))
    assert nothing_blocks()


text = st.text(max_size=40) | st.sampled_from(
    [
        "2025-11-24",
        "24.11.2025",
        "10:00",
        "Dauerwelle",
        "Emma",
        "heute",
        "\x00",
        "\ud800",
        "{{x}}",
        "None",
        "1",
    ]
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)
fields = st.sampled_from(
    [
        *("datum", "uhrzeit", "datetime", "dienstleistung", "mitarbeiter", "name", "email", "telefon"),
        *("notiz", "position", "offer_id", "reservation_id", "bestaetigung", "appointment_date"),
        *("neues_datum", "new_uhrzeit", "old_datum", "alte_uhrzeit", "termin_id", "grund"),
    ]
)
call_fields = st.sampled_from(
    ["agent_id", "direction", "from_number", "call_id", "transcript_with_tool_calls", "metadata"]
)
functions = st.sampled_from(
    [
        *("check_availability", "pre_booking_revalidation", "start_booking", "get_alternatives"),
        *("release_reservation", "list_services", "get_opening_hours"),
        *("get_customer_appointments", "reschedule_appointment", "cancel_appointment", "request_callback"),
        *("get_current_context", "parse_date", "confirm_booking", "collect_appointment_data"),
    ]
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    function=functions,
    args=anything | st.dictionaries(fields, anything, max_size=8),
    call=st.dictionaries(call_fields, anything, max_size=4),
)
def test_any_json_at_all_is_answered(
    function: str, args: Any, call: dict[str, Any], salon: Salon, jana: Customer
) -> None:
    """And never with an accident of ours, which has the status ``error``."""
    message = {"name": function, "args": args, "call": {**Phone(salon.number).call(), **call}}

    reply = expect_reply(post(json.dumps(message).encode()))

    call_id = message["call"]["call_id"]
    has_identity = isinstance(call_id, str) and set(call_id) - {"\x00", "\ud800"}
    assert reply["status"] != "error" or not has_identity


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=anything | st.fixed_dictionaries({"name": anything, "args": anything, "call": anything}))
def test_any_body_at_all_is_answered(body: Any, salon: Salon) -> None:
    assert expect_reply(post(json.dumps(body).encode()))["status"] in ("unknown_number", "unknown_function")
