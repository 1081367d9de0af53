"""What no message told is read from the platform's own list; what never ended is closed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.db import OperationalError, transaction
from django.utils import timezone
from retell.types import CallListResponse

from appointments.models import Customer
from calls.events.processing import process_due
from calls.models import Call, CallEvent, CallWatermark, Transcript
from calls.reconciling import reconcile
from calls.tasks import reconcile_calls
from integrations.retell.client import RetellError, get_call, list_calls
from tests.calls.messages import DURATION, analyzed, deliver, ended, started
from tests.calls.phone import Phone, new_call_id
from tests.calls.retell_api import RetellApi, retell_api
from tests.salons import NOW, Salon

HOUR = timedelta(hours=1)


@pytest.fixture
def api(salon: Salon, settings: Any) -> Iterator[RetellApi]:
    with retell_api(settings) as api:
        yield api


def phones(salon: Salon, count: int) -> list[Phone]:
    return [Phone(salon.number, call_id=new_call_id()) for _number in range(count)]


class TestList:
    def test_a_call_of_which_nothing_was_told_is_made_up_for(
        self, api: RetellApi, phone: Phone, salon: Salon, jana: Customer
    ) -> None:
        """Incident J5: for a day every message was refused. The transcript is fetched too."""
        api.add(analyzed(phone, at=NOW - HOUR))

        assert reconcile(now=NOW) == "1 seen, 1 new, 0 of no branch, 0 failed, 0 closed."

        call = Call.objects.get()
        assert (call.customer, call.status, call.cost_cents) == (jana, "ended", 14)
        assert (call.started_at, call.ended_at) == (NOW - HOUR, NOW - HOUR + DURATION)
        assert len(call.transcript.segments) == 3

    def test_message_and_list_make_the_same_row(self, api: RetellApi, phone: Phone) -> None:
        """Incident J16: one parser for live and backfill."""
        api.add(analyzed(phone))
        deliver(analyzed(phone))
        before = Call.objects.values().get()

        reconcile(now=NOW + HOUR)

        assert Call.objects.values().get() == before
        assert api.asked("/v2/get-call/") == 0  # what was said is known already

    def test_it_asks_with_the_first_key(self, api: RetellApi, settings: Any) -> None:
        settings.RETELL_API_KEYS = ["key_first", "key_second"]
        reconcile(now=NOW)

        assert {each[2] for each in api.requests} == {"Bearer key_first"}

    def test_every_page_is_read(self, api: RetellApi, salon: Salon) -> None:
        for number, phone in enumerate(phones(salon, 7)):
            api.add(ended(phone, at=NOW - timedelta(minutes=60 - number)))

        reconcile(now=NOW)

        assert Call.objects.count() == 7
        assert api.asked("/v3/list-calls") == 4

    def test_it_goes_on_two_hours_before_the_last_time(
        self, api: RetellApi, clock: time_machine.Traveller
    ) -> None:
        reconcile_calls()
        clock.shift(timedelta(minutes=15))
        reconcile_calls()

        since = [each[3]["filter_criteria"]["end_timestamp"]["value"] for each in api.requests]
        first, second = NOW - timedelta(days=1), NOW - timedelta(hours=2)
        assert since == [int(first.timestamp() * 1000), int(second.timestamp() * 1000)]
        assert CallWatermark.objects.get().reached_at == timezone.now()

    def test_a_list_that_breaks_off_moves_no_watermark(self, api: RetellApi, salon: Salon) -> None:
        for number, phone in enumerate(phones(salon, 4)):
            api.add(ended(phone, at=NOW - timedelta(minutes=60 - number)))
        api.breaks_at = 2

        assert "HTTP 500" in reconcile(now=NOW)
        assert Call.objects.count() == 2
        assert not CallWatermark.objects.exists()

        api.breaks_at = None
        reconcile(now=NOW)
        assert Call.objects.count() == 4

    def test_one_that_cannot_be_recorded_is_tried_again_and_keeps_no_other_out(
        self, api: RetellApi, salon: Salon, caplog: pytest.LogCaptureFixture
    ) -> None:
        one, other = phones(salon, 2)
        api.add(ended(one, at=NOW - HOUR))
        api.add(ended(other, at=NOW - HOUR / 2))
        from calls import recording  # noqa: PLC0415

        real, tries = recording.record_call, []

        def broken_once(*args: Any, **facts: Any) -> Any:
            tries.append(1)
            if len(tries) == 1:
                raise OperationalError("Jana Probst")
            return real(*args, **facts)

        with patch("calls.events.processing.record_call", broken_once):
            assert "1 failed" in reconcile(now=NOW)

        assert Call.objects.count() == 1
        assert "Probst" not in caplog.text
        process_due(now=NOW)
        assert Call.objects.count() == 2
        assert CallEvent.objects.get().outcome == "recorded"

    def test_calls_of_nobody_are_left_alone(self, api: RetellApi) -> None:
        api.add(ended(Phone("+4930555000999"), at=NOW - HOUR))

        assert "1 of no branch" in reconcile(now=NOW)
        assert not Call.objects.exists()

    def test_a_call_that_nobody_took_has_nothing_to_read(self, api: RetellApi, phone: Phone) -> None:
        message = ended(phone, at=NOW - HOUR, talk=[], duration_ms=0, disconnection_reason="dial_no_answer")
        api.add(message)

        reconcile(now=NOW)

        assert Call.objects.get().disconnection_reason == "dial_no_answer"
        assert not Transcript.objects.exists()
        assert api.asked("/v2/get-call/") == 0

    def test_without_a_key_or_an_address_nobody_is_asked(self, api: RetellApi, settings: Any) -> None:
        settings.RETELL_API_KEYS = []
        assert reconcile(now=NOW) == ""
        settings.RETELL_API_KEYS, settings.RETELL_API_URL = ["key"], "none"
        assert reconcile(now=NOW) == ""
        assert api.requests == []


class TestStuck:
    """Incident G12: fifteen ended calls were shown as live."""

    def test_one_that_has_ended_there_ends_here(self, api: RetellApi, phone: Phone) -> None:
        deliver(started(phone))
        api.add({"call": {**ended(phone)["call"], "end_timestamp": None}})
        api.calls[phone.call_id].pop("end_timestamp")

        assert "1 closed" in reconcile(now=NOW + 3 * HOUR)

        call = Call.objects.get()
        assert (call.status, call.disconnection_reason, call.duration_ms) == ("ended", "user_hangup", 83_000)

    def test_one_that_nobody_knows_there_is_closed(self, api: RetellApi, phone: Phone) -> None:
        deliver(started(phone))

        assert "1 closed" in reconcile(now=NOW + 3 * HOUR)

        call = Call.objects.get()
        assert (call.status, call.disconnection_reason, call.ended_at) == ("ended", "stuck", NOW + 3 * HOUR)

    def test_one_that_is_young_is_left_alone(self, api: RetellApi, phone: Phone) -> None:
        deliver(started(phone))

        assert "0 closed" in reconcile(now=NOW + HOUR)
        assert Call.objects.get().status == "ongoing"

    def test_one_that_goes_on_there_goes_on_here(self, api: RetellApi, phone: Phone) -> None:
        deliver(started(phone))
        api.add(started(phone))

        assert "0 closed" in reconcile(now=NOW + 3 * HOUR)
        assert Call.objects.get().status == "ongoing"

    @pytest.mark.parametrize("status", [401, 429, 500])
    def test_no_answer_closes_nothing_until_a_day_is_over(
        self, status: int, api: RetellApi, phone: Phone
    ) -> None:
        deliver(started(phone))
        api.status = status

        reconcile(now=NOW + 3 * HOUR)
        assert Call.objects.get().status == "ongoing"

        reconcile(now=NOW + 25 * HOUR)
        assert Call.objects.get().disconnection_reason == "stuck"

    def test_what_is_told_later_wins_over_the_guess(self, api: RetellApi, phone: Phone) -> None:
        deliver(started(phone))
        reconcile(now=NOW + 3 * HOUR)

        deliver(ended(phone))

        call = Call.objects.get()
        assert (call.disconnection_reason, call.ended_at) == ("user_hangup", NOW + DURATION)


class TestClient:
    def test_the_stand_in_answers_as_the_sdk_says(self, api: RetellApi, phone: Phone) -> None:
        """The SDK's own types are the witness of what is listed."""
        api.add(analyzed(phone, agent_id="agent_1"))
        _status, page = api.answer(
            "POST",
            "/v3/list-calls",
            {
                "filter_criteria": {"end_timestamp": {"type": "number", "op": "ge", "value": 0}},
                "sort_order": "ascending",
                "limit": 10,
            },
        )

        (item,) = CallListResponse.model_validate(page).items
        assert (item.call_id, item.call_status) == (phone.call_id, "ended")

    @pytest.mark.parametrize(
        "body", [b"", b"[]", b"{", b'{"items": 5}', b'{"items": [], "has_more": true}', b"[" * 90_000]
    )
    def test_what_is_no_list_is_an_error_of_ours(self, body: bytes, api: RetellApi) -> None:
        api.body = body

        with pytest.raises(RetellError):
            list(list_calls(ended_since=NOW))

    def test_an_error_says_nothing_of_what_was_answered(self, api: RetellApi) -> None:
        api.status = 422

        with pytest.raises(RetellError, match=r"^HTTP 422$"):
            get_call("call_1")

    def test_nobody_there_is_an_error_of_ours(self, salon: Salon, settings: Any) -> None:
        settings.RETELL_API_URL = "http://127.0.0.1:9"

        with pytest.raises(RetellError):
            get_call("call_1")

    @pytest.mark.parametrize("ask", [lambda: get_call("call_1"), lambda: list(list_calls(ended_since=NOW))])
    def test_it_never_asks_inside_a_transaction(self, ask: Any, api: RetellApi) -> None:
        with transaction.atomic(), pytest.raises(RuntimeError):
            ask()

        assert api.requests == []

    def test_an_id_is_no_path(self, api: RetellApi) -> None:
        with pytest.raises(RetellError):
            get_call("../../v3/list-calls?x=1#")

        assert [each[1] for each in api.requests] == ["/v2/get-call/..%2F..%2Fv3%2Flist-calls%3Fx%3D1%23"]
