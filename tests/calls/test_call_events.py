"""Messages about calls: stored and answered at once, worked on in any order and any number of times."""

import json
from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from itertools import permutations
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.db import IntegrityError, OperationalError
from django.forms.models import model_to_dict
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from retell.lib.webhook_auth import symmetric

from appointments.models import BranchPhoneNumber, Customer
from calls.events import processing
from calls.events.processing import MOST_FAILURES, process_due, process_event
from calls.events.purging import purge_events
from calls.models import Call, CallEvent, FunctionCall, Transcript, VoiceAgent
from tests.appointments.racing import meanwhile, race
from tests.calls.messages import DURATION, WEBHOOK, analyzed, deliver, ended, said, started, tell
from tests.calls.phone import CALLER, CUT, Phone, new_call_id, post
from tests.metrics import adding
from tests.salons import NOW, Salon, make_salon

RECORD = "calls.events.processing.record_call"


def only_call() -> Call:
    return Call.objects.get()


def row() -> dict[str, Any]:
    """The call and its transcript, as stored."""
    call = only_call()
    transcript = Transcript.objects.filter(call=call).values_list("segments", flat=True).first()
    return {**model_to_dict(call, exclude=["id"]), "segments": transcript}


class TestIntake:
    def test_it_is_stored_and_queued_and_not_yet_understood(
        self, phone: Phone, django_capture_on_commit_callbacks: Callable[..., Any]
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            response = tell(started(phone))

        assert (response.status_code, response.content) == (204, b"")
        event = CallEvent.objects.get()
        assert (event.event, event.call_id, event.outcome) == ("call_started", phone.call_id, "new")
        (queued,) = OrmQ.objects.all()
        assert (queued.task["func"], queued.task["args"]) == ("calls.tasks.process_call_event", (event.pk,))
        assert not Call.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_the_message_counts_not_the_task(self, phone: Phone) -> None:
        with patch("calls.views.async_task", side_effect=OSError):
            assert tell(started(phone)).status_code == 204

        assert CallEvent.objects.count() == 1

    @pytest.mark.parametrize(
        "raw", [b"", b"not json", b"[]", b"null", b"[" * 100_000, b'{"a": NaN}', b"\xff"]
    )
    def test_what_is_no_json_object_is_refused(self, raw: bytes, salon: Salon) -> None:
        assert post(raw, path=WEBHOOK).status_code == 400
        assert not CallEvent.objects.exists()

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"event": None, "call": None},
            {"event": "call_ended", "call": []},
            {"event": "call_ended", "call": {"call_id": ""}},
            {"event": ["call_ended"], "call": {"call_id": 12}},
        ],
    )
    def test_a_message_that_names_no_call_is_answered_and_forgotten(
        self, body: dict[str, Any], salon: Salon
    ) -> None:
        assert tell(body).status_code == 204
        assert not CallEvent.objects.exists()

    def test_strange_events_are_stored_without_what_they_say(self, phone: Phone) -> None:
        message = {**ended(phone), "event": "transcript_updated"}

        assert tell(message).status_code == 204
        assert CallEvent.objects.get().body == {}
        process_due(now=NOW)
        assert CallEvent.objects.get().outcome == "ignored"
        assert not Call.objects.exists()

    def test_recordings_tokens_and_answers_are_never_stored(self, phone: Phone) -> None:
        """``access_token`` of a web call, the addresses of recordings, what functions answered."""
        message = analyzed(phone)
        message["call"]["access_token"] = "token-of-a-web-call"
        message["call"]["transcript_with_tool_calls"] = [
            {"role": "tool_call_result", "tool_call_id": "t1", "content": "a-secret-answer"},
            {"role": "tool_call_invocation", "tool_call_id": "t1", "name": "x", "arguments": "a-secret-wish"},
        ]
        tell(message)

        stored = json.dumps(CallEvent.objects.get().body)

        for secret in ("token-of-a-web-call", "recordings.example", "a-secret", "customer_first_name"):
            assert secret not in stored

    def test_nothing_that_was_said_is_logged(self, phone: Phone, caplog: pytest.LogCaptureFixture) -> None:
        deliver(started(phone), ended(phone, talk=[said("user", "Mein Name ist Jana Probst.")]))
        with patch(RECORD, side_effect=IntegrityError("Key (name)=(Jana Probst)")):
            deliver(analyzed(phone))

        assert "Probst" not in caplog.text
        assert CALLER not in caplog.text
        assert "Probst" not in CallEvent.objects.get(event="call_analyzed").error

    def test_characters_that_cannot_be_stored_are_left_out(self, phone: Phone) -> None:
        message = ended(phone, talk=[said("user", "Jo\x00 \ud800ja")])

        assert post(json.dumps(message).encode(), path=WEBHOOK).status_code == 204
        process_due(now=NOW)
        assert Transcript.objects.get().segments[0]["text"] == "Jo ja"

    @pytest.mark.parametrize("key", ["wrong", ""])
    def test_only_what_the_platform_has_signed(self, key: str, phone: Phone) -> None:
        """Incident J5: by its signature, whatever address it comes from. The SDK is the witness."""
        raw = json.dumps(started(phone))
        forged = symmetric["sign"](raw, key, int(NOW.timestamp() * 1000))

        assert post(raw.encode(), path=WEBHOOK, **{"X-Retell-Signature": forged}).status_code == 401
        assert not CallEvent.objects.exists()

    def test_the_sdks_signature_is_accepted(self, phone: Phone, settings: Any) -> None:
        raw = json.dumps(ended(phone, talk=[said("user", "Müßig")]), ensure_ascii=False)
        signed = symmetric["sign"](raw, settings.RETELL_API_KEYS[0], int(NOW.timestamp() * 1000))

        assert post(raw.encode(), path=WEBHOOK, **{"X-Retell-Signature": signed}).status_code == 204

    def test_unsigned_says_nothing(self, salon: Salon) -> None:
        response = Client().post(WEBHOOK, data=b"{}", content_type="application/json")

        assert (response.status_code, response.content) == (401, b"")


class TestRow:
    def test_a_call_is_complete_from_its_first_message(
        self, phone: Phone, salon: Salon, jana: Customer
    ) -> None:
        """Incidents G4, G14, J15: company, branch, agent, caller and customer stand there at once."""
        VoiceAgent.objects.create(branch=salon.branch, agent_id="agent_1")
        phone.agent_id = "agent_1"

        assert deliver(started(phone)) == ["recorded"]

        call = only_call()
        assert (call.company, call.branch, call.customer) == (salon.company, salon.branch, jana)
        assert (call.caller, call.agent_id, call.direction) == (CALLER, "agent_1", "inbound")
        assert (call.started_at, call.status, call.ended_at) == (NOW, "ongoing", None)

    def test_the_end_brings_duration_reason_cost_and_transcript(self, phone: Phone) -> None:
        deliver(ended(phone))

        call = only_call()
        assert (call.status, call.started_at, call.ended_at) == ("ended", NOW, NOW + DURATION)
        assert (call.duration_ms, call.disconnection_reason) == (83_000, "user_hangup")
        assert [each["text"] for each in call.transcript.segments] == [
            "Guten Tag. Was kann ich für Sie tun?",
            "Ich hätte gern einen Termin zum Haareschneiden.",
            "Gern. Wann möchten Sie kommen?",
        ]
        assert call.transcript.segments[1] | {"text": ""} == {
            "role": "user",
            "text": "",
            "start_ms": 3000,
            "end_ms": 4700,
        }

    @pytest.mark.parametrize(
        ("combined", "cents"),
        [(70, 70), (14.2, 14), (14.5, 15), (0, 0), ("70", None), (-1, None), (True, None)],
    )
    def test_costs_are_cents_as_they_come(self, combined: Any, cents: int | None, phone: Phone) -> None:
        """Incident J16: read as dollars they were a hundred times too high."""
        deliver(ended(phone, call_cost={"combined_cost": combined}))

        assert only_call().cost_cents == cents

    def test_the_analysis_is_the_platforms_opinion_only(self, phone: Phone) -> None:
        """Incident G13: a booked call that the platform calls a failure stays a booked call."""
        phone.ask("start_booking", **CUT, name="Jana Probst")

        deliver(analyzed(phone))

        call = only_call()
        assert (call.vendor_success, call.sentiment) == (False, "Neutral")
        assert call.summary == "Die Anruferin fragt nach einem Termin und legt auf."
        assert [each.relationship for each in call.appointment_links.all()] == ["original"]

    def test_what_the_conversation_found_out_stays(self, phone: Phone, salon: Salon) -> None:
        """Who the caller said to be, and not who else has that number by now."""
        phone.ask("start_booking", **CUT, name="Jana Probst")
        customer = only_call().customer
        assert customer is not None

        deliver(started(phone), ended(phone), analyzed(phone))

        assert only_call().customer == customer

    def test_the_function_call_that_came_first_is_completed(self, phone: Phone, jana: Customer) -> None:
        """Incident G14: rows made by functions stayed without agent."""
        with time_machine.travel(NOW + timedelta(seconds=9), tick=False):
            phone.ask("list_services")
        phone.agent_id = "agent_2"

        deliver(started(phone))

        call = only_call()
        assert (call.agent_id, call.started_at) == ("agent_2", NOW)
        assert FunctionCall.objects.get().call == call

    def test_an_outbound_call_is_the_salons_by_its_own_number(self, salon: Salon, jana: Customer) -> None:
        deliver(started(Phone(salon.number, outbound=True)))

        call = only_call()
        assert (call.direction, call.branch, call.caller, call.customer) == (
            "outbound",
            salon.branch,
            CALLER,
            jana,
        )

    @pytest.mark.parametrize("hidden", [None, "anonymous", "Restricted", ""])
    def test_a_hidden_number_is_nobody(self, hidden: str | None, salon: Salon, jana: Customer) -> None:
        """Incident H3: the company comes from the called number."""
        deliver(started(Phone(salon.number, caller=hidden)))

        call = only_call()
        assert (call.company, call.caller, call.customer) == (salon.company, None, None)

    def test_a_web_call_is_its_agents(self, salon: Salon) -> None:
        VoiceAgent.objects.create(branch=salon.branch, agent_id="agent_1")
        message = started(Phone(None, caller=None, agent_id="agent_1"))

        assert deliver(message) == ["recorded"]
        assert only_call().branch == salon.branch

    @pytest.mark.parametrize("status", ["ongoing", "in_progress", "in-progress", "registered", "", 5])
    def test_every_word_for_running_is_running(self, status: Any, phone: Phone) -> None:
        """Incident G12: 'in-progress' and 'in_progress' were two states."""
        message = started(phone)
        message["call"]["call_status"] = status
        deliver(message)

        assert only_call().status == "ongoing"

    @pytest.mark.parametrize("status", ["ended", "error", "not_connected"])
    def test_every_word_for_ended_is_ended(self, status: str, phone: Phone) -> None:
        message = started(phone)
        message["call"]["call_status"] = status
        deliver(message)

        assert only_call().status == "ended"

    @pytest.mark.parametrize(
        "spoilt",
        [
            {"start_timestamp": "yesterday", "end_timestamp": True},
            {"start_timestamp": -5, "end_timestamp": 10**400},
            {"start_timestamp": 1e30, "end_timestamp": 0},
            {"duration_ms": 1e18, "call_cost": "free", "call_analysis": [1]},
            {"transcript_object": "text", "transcript_with_tool_calls": [1, None, {"role": ["agent"]}]},
            {"transcript_with_tool_calls": [{"role": "agent", "content": 5, "words": [{"start": "x"}, 1]}]},
            {"disconnection_reason": {"a": 1}, "call_status": ["ended"], "direction": 7},
        ],
    )
    def test_what_cannot_be_read_is_left_out(self, spoilt: dict[str, Any], phone: Phone) -> None:
        assert deliver(analyzed(phone, **spoilt)) == ["recorded"]
        assert only_call().status == "ended"

    def test_two_messages_at_different_numbers_say_nothing_of_each_other(self, phone: Phone) -> None:
        other = Phone(phone.number, caller="+4915000000009")

        deliver(ended(phone), started(other))

        assert {each.call_id: each.status for each in Call.objects.all()} == {
            phone.call_id: "ended",
            other.call_id: "ongoing",
        }


class TestOrder:
    def messages(self, phone: Phone) -> list[Any]:
        return [started(phone), ended(phone), analyzed(phone)]

    def test_any_order_gives_the_same_row(self, phone: Phone, jana: Customer) -> None:
        deliver(*self.messages(phone))
        expected = row()

        for order in permutations(self.messages(phone)):
            Call.objects.all().delete()
            CallEvent.objects.all().delete()
            deliver(*order)
            assert row() == expected

    @pytest.mark.django_db
    @hypothesis_settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(data=st.data())
    def test_any_order_any_repeats_and_functions_in_between(
        self, data: st.DataObject, salon: Salon, jana: Customer
    ) -> None:
        """Also where the platform's list says it once more: the same row, one of each message."""
        phone = Phone(salon.number, call_id=new_call_id())
        kinds = st.lists(st.sampled_from(["started", "ended", "analyzed", "function", "listed"]), max_size=8)
        order = [*data.draw(st.permutations(["started", "ended", "analyzed"])), *data.draw(kinds)]
        order = data.draw(st.permutations(order))
        Call.objects.all().delete()
        CallEvent.objects.all().delete()

        for kind in order:
            if kind == "function":
                phone.ask("list_services")
            elif kind == "listed":
                listed = dict(analyzed(phone)["call"])
                for spoken in ("transcript", "transcript_object", "transcript_with_tool_calls"):
                    del listed[spoken]
                processing.record(listed, is_over=True, now=NOW)
            else:
                deliver({"started": started, "ended": ended, "analyzed": analyzed}[kind](phone))

        call = only_call()
        assert (call.started_at, call.ended_at, call.duration_ms) == (NOW, NOW + DURATION, 83_000)
        assert (call.status, call.cost_cents, call.customer) == ("ended", 14, jana)
        assert (call.vendor_success, call.sentiment, len(call.transcript.segments)) == (False, "Neutral", 3)
        assert CallEvent.objects.count() == 3

    @pytest.mark.parametrize("times", [2, 4])
    def test_a_repeat_is_known_as_one(self, times: int, phone: Phone) -> None:
        with adding("call_events_total", 1, event="call_ended", outcome="recorded"):
            assert deliver(*[ended(phone)] * times) == ["recorded"] * times

        assert CallEvent.objects.count() == Call.objects.count() == 1

    def test_ended_stays_ended(self, phone: Phone) -> None:
        deliver(ended(phone), started(phone))
        phone.ask("list_services")

        assert only_call().status == "ended"

    def test_a_longer_transcript_replaces_a_shorter_one_only(self, phone: Phone) -> None:
        deliver(ended(phone, talk=[said("agent", "Guten Tag.")]), analyzed(phone))
        assert len(Transcript.objects.get().segments) == 3

        CallEvent.objects.all().delete()
        deliver(ended(phone, talk=[said("agent", "Guten Tag.")]))
        assert len(Transcript.objects.get().segments) == 3


class TestTenants:
    @pytest.fixture
    def other(self, salon: Salon) -> Salon:
        other = make_salon("abendstern")
        VoiceAgent.objects.create(branch=other.branch, agent_id="agent_of_abendstern")
        return other

    def test_number_and_agent_of_two_companies_are_refused_and_alarm(
        self, phone: Phone, other: Salon, caplog: pytest.LogCaptureFixture
    ) -> None:
        phone.agent_id = "agent_of_abendstern"

        assert deliver(started(phone)) == ["nobodys"]
        assert not Call.objects.exists()
        assert "ERROR" in {record.levelname for record in caplog.records}

    def test_an_unknown_number_is_counted_and_says_nothing_more(
        self, salon: Salon, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Incidents G15, G16: no default company, and no latest call."""
        phone = Phone("+4930555000999")
        with adding("call_events_total", 1, event="call_ended", outcome="nobodys"):
            assert deliver(ended(phone)) == ["nobodys"]

        assert CallEvent.objects.get().body == {}
        assert not Call.objects.exists()
        assert CALLER not in caplog.text

    def test_a_known_call_under_another_companys_number_is_left_alone(
        self, phone: Phone, other: Salon, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Incident G3."""
        deliver(started(phone))
        before = row()
        stranger = Phone(other.number, call_id=phone.call_id)

        assert deliver(ended(stranger)) == ["nobodys"]
        assert row() == before
        assert "ERROR" in {record.levelname for record in caplog.records}

    def test_the_same_number_is_another_customer_elsewhere(self, other: Salon, jana: Customer) -> None:
        theirs = Customer.objects.create(company=other.company, name="Jana Fremd", phone=CALLER)

        deliver(started(Phone(other.number)))

        assert only_call().customer == theirs

    def test_a_number_that_moves_takes_no_calls_along(self, phone: Phone, salon: Salon, other: Salon) -> None:
        deliver(started(phone))
        BranchPhoneNumber.objects.filter(number=salon.number).update(branch=other.branch)

        assert deliver(ended(phone)) == ["nobodys"]
        assert only_call().company == salon.company


class TestNeverLost:
    def test_it_is_tried_again_after_a_failure(self, phone: Phone, clock: time_machine.Traveller) -> None:
        with patch(RECORD, side_effect=OperationalError):
            assert deliver(ended(phone)) == ["new"]
        assert process_due(now=timezone.now()) == 0

        clock.shift(timedelta(seconds=10))
        assert process_due(now=timezone.now()) == 1
        event = CallEvent.objects.get()
        assert (event.outcome, event.failures, event.error, event.body) == ("recorded", 1, "", {})
        assert only_call().status == "ended"

    def test_it_fails_for_good_and_keeps_the_message(
        self, phone: Phone, clock: time_machine.Traveller
    ) -> None:
        tell(ended(phone))
        with patch(RECORD, side_effect=OperationalError):
            for _time in range(MOST_FAILURES):
                assert process_due(now=timezone.now()) == 1
                clock.shift(timedelta(hours=1))

        event = CallEvent.objects.get()
        assert (event.outcome, event.failures) == ("failed", MOST_FAILURES)
        assert event.body["duration_ms"] == 83_000

    def test_whoever_dies_at_it_leaves_it_to_the_next(
        self, phone: Phone, clock: time_machine.Traveller
    ) -> None:
        tell(ended(phone))
        with patch(RECORD, side_effect=SystemExit), pytest.raises(SystemExit):
            process_due(now=timezone.now())
        assert process_due(now=timezone.now()) == 0

        clock.shift(timedelta(minutes=6))
        assert process_due(now=timezone.now()) == 1
        assert only_call().status == "ended"

    def test_old_messages_are_forgotten(self, phone: Phone, clock: time_machine.Traveller) -> None:
        deliver(ended(phone))
        tell(started(phone))
        clock.shift(timedelta(days=31))

        assert purge_events(now=timezone.now()) == 1
        assert CallEvent.objects.get().outcome == "new"  # not worked on yet


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_messages_at_once_make_one_call(self, phone: Phone) -> None:
        tell(started(phone))
        tell(ended(phone))
        ids = list(CallEvent.objects.values_list("pk", flat=True))

        meanwhile(
            "calls.recording.customer_of",
            lambda: process_event(ids[0], now=NOW),
            lambda: process_event(ids[1], now=NOW),
        )

        assert {each.outcome for each in CallEvent.objects.all()} == {"recorded"}
        call = only_call()
        assert (call.status, call.duration_ms) == ("ended", 83_000)

    def test_without_the_lock_one_of_them_fails(self, phone: Phone) -> None:
        """The negative control: both look, none finds, both insert."""
        tell(started(phone))
        tell(ended(phone))
        ids = list(CallEvent.objects.values_list("pk", flat=True))

        with patch("calls.events.processing.one_at_a_time", lambda _name: nullcontext()):
            meanwhile(
                "calls.recording.customer_of",
                lambda: process_event(ids[0], now=NOW),
                lambda: process_event(ids[1], now=NOW),
            )

        assert sorted(each.failures for each in CallEvent.objects.all()) == [0, 1]

    def test_a_function_and_a_message_at_once_make_one_call(self, phone: Phone) -> None:
        """Incident G4: webhook and function race; the function's answer is not lost to it."""
        tell(started(phone))
        event = CallEvent.objects.get()

        reply, _nothing = meanwhile(
            "calls.recording.customer_of",
            lambda: phone.ask("list_services"),
            lambda: process_event(event.pk, now=NOW),
        )

        assert reply["status"] == "found"
        event.refresh_from_db()
        assert (event.outcome, event.failures, Call.objects.count()) == ("recorded", 0, 1)

    def test_one_message_delivered_at_once_is_stored_once(self, phone: Phone) -> None:
        answers = race([lambda: tell(ended(phone)).status_code] * 4)

        assert answers == [204] * 4
        assert CallEvent.objects.count() == 1

    def test_two_workers_work_on_it_once(self, phone: Phone) -> None:
        tell(ended(phone))
        event = CallEvent.objects.get()
        worked: list[int] = []

        @contextmanager
        def counting(_name: str) -> Any:
            worked.append(1)
            yield

        with patch("calls.events.processing.one_at_a_time", counting):
            race([lambda: process_event(event.pk, now=NOW)] * 3)

        assert worked == [1]
