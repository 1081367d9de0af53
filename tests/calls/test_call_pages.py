"""The list of calls and the page of one: what was said beside what was answered, for whoever may read it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.access import Role
from appointments.models import Company, Customer, Membership
from appointments.phones import display_phone
from calls.claim_checking import compare_claims
from calls.models import Call, CallClaim, CallEvent, Transcript
from tests.calls.messages import analyzed, asked, deliver, ended, said
from tests.calls.phone import CALLER, CUT, Phone
from tests.metrics import adding
from tests.salons import NOW, Salon

LIST = reverse("admin:calls_call_changelist")
pytestmark = pytest.mark.usefixtures("bare_roles")

SECRET = "Meine Tante Hedwig zahlt"


@pytest.fixture
def desk(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("desk"))
    return client


def login(*permissions: str) -> Client:
    user = User.objects.create_user("frida", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    Membership.objects.create(user=user, company=Company.objects.get(), role=Role.RECEPTIONIST)
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, call: Call | None = None) -> str:
    call = call or Call.objects.get()
    return client.get(reverse("admin:calls_call_change", args=[call.pk])).content.decode()


def talk_too_soon() -> list[dict[str, Any]]:
    """Incident J12: "gebucht" before anything was, and then truly."""
    return [
        said("user", f"{SECRET}. Montag um zehn, bitte.", 1.0),
        *asked("check_availability", "t1"),
        said("agent", "Montag um zehn ist frei. Soll ich buchen?", 5.0),
        said("user", "Ja.", 8.0),
        said("agent", "Ihr Termin ist gebucht. Wie ist Ihr Name?", 9.0),
        said("user", "Jana Probst.", 14.0),
        *asked("start_booking", "t2"),
        said("agent", "Ihr Termin ist gebucht: Herrenhaarschnitt.", 20.0),
    ]


@pytest.fixture
def too_soon(phone: Phone) -> Call:
    phone.ask("check_availability", tool_call_id="t1", **CUT)
    phone.ask("start_booking", tool_call_id="t2", **CUT, name="Jana Probst")
    deliver(analyzed(phone, transcript_with_tool_calls=talk_too_soon()))
    return Call.objects.get()


class TestContradictions:
    def test_a_claim_before_its_time_is_stored_and_counted(self, too_soon: Call) -> None:
        claims = [(each.kind, each.answered) for each in CallClaim.objects.all()]

        assert claims == [("booked", "")]
        assert too_soon.contradictions == 1
        line = CallClaim.objects.get().line
        assert too_soon.transcript.segments[line]["text"].startswith("Ihr Termin ist gebucht. Wie")

    def test_it_is_counted_for_the_operator_once(self, phone: Phone) -> None:
        talk = [said("agent", "Ihr Termin ist gebucht.")]

        with adding("call_claims_contradicted_total", 1, kind="booked"):
            deliver(ended(phone, talk=talk), analyzed(phone, transcript_with_tool_calls=talk))
            compare_claims(Call.objects.get())

        assert CallClaim.objects.count() == Call.objects.get().contradictions == 1

    def test_our_own_sentences_never_contradict_us(self, phone: Phone, salon: Salon, jana: Customer) -> None:
        """Whatever the server lets the agent say is borne by what it has just answered."""
        wishes = [
            ("check_availability", CUT),
            ("pre_booking_revalidation", {}),
            ("start_booking", CUT),
            ("start_booking", CUT),
            ("check_availability", {**CUT, "mitarbeiter": "Emma"}),
            ("check_availability", {**CUT, "uhrzeit": "07:00"}),
            ("get_alternatives", CUT),
            ("get_opening_hours", {}),
        ]
        talk: list[dict[str, Any]] = []
        for number, (name, args) in enumerate(wishes):
            reply = phone.ask(name, tool_call_id=f"t{number}", **args)
            talk += [*asked(name, f"t{number}"), said("agent", reply["message"], number * 10)]

        deliver(ended(phone, talk=talk))

        assert [(each.kind, each.answered) for each in CallClaim.objects.all()] == []

    def test_without_places_the_clock_decides(self, phone: Phone, clock: Any) -> None:
        """Older agents show no functions in the transcript."""
        clock.shift(timedelta(seconds=6))
        phone.ask("start_booking", **CUT, name="Jana Probst")
        before, after = said("agent", "Alles ist gebucht.", 2.0), said("agent", "Alles ist gebucht.", 7.0)

        deliver(ended(phone, transcript_object=[before, after], transcript_with_tool_calls=None))

        assert [each.line for each in CallClaim.objects.all()] == [0]

    def test_a_filler_that_becomes_the_answer_is_no_contradiction(self, phone: Phone, clock: Any) -> None:
        clock.shift(timedelta(seconds=6))
        phone.ask("start_booking", **CUT, name="Jana Probst")
        line = said("agent", "Einen Moment, ich trage das für Sie ein. So, der Termin ist gebucht.", 5.0)

        deliver(ended(phone, transcript_object=[line], transcript_with_tool_calls=None))

        assert not CallClaim.objects.exists()

    def test_what_is_forgotten_keeps_its_count(self, too_soon: Call) -> None:
        Transcript.objects.update(segments=[], purged_at=NOW)

        assert compare_claims(too_soon) == 1
        assert CallClaim.objects.count() == 1


class TestPage:
    def test_it_shows_what_was_said_beside_what_was_answered(self, too_soon: Call, desk: Client) -> None:
        shown = page(desk)

        for text in (SECRET, "Montag um zehn ist frei.", "start_booking", "booked", "1:23", "gebucht"):
            assert text in shown
        assert "sagt „gebucht“, aber gefragt war nichts worden." in shown

    def test_what_was_said_is_escaped(self, phone: Phone, desk: Client) -> None:
        deliver(ended(phone, talk=[said("user", "<script>alert(1)</script>")]))

        assert "<script>alert(1)" not in page(desk)
        assert "&lt;script&gt;alert(1)" in page(desk)

    def test_who_may_see_calls_may_not_read_them(self, too_soon: Call) -> None:
        client = login("view_call")

        shown = page(client)

        assert "1:23" in shown
        assert SECRET not in shown
        assert too_soon.summary not in shown
        assert "gefragt war nichts" not in shown

    def test_who_may_read_them_may_not_see_functions(self, too_soon: Call) -> None:
        shown = page(login("view_call", "view_transcript"))

        assert SECRET in shown
        assert "start_booking" not in shown

    @pytest.mark.parametrize("permissions", [(), ("view_transcript",), ("view_functioncall",)])
    def test_without_the_permission_there_is_no_page(
        self, permissions: tuple[str, ...], too_soon: Call
    ) -> None:
        client = login(*permissions)

        assert client.get(LIST).status_code == 403
        assert client.get(reverse("admin:calls_call_change", args=[too_soon.pk])).status_code == 403

    def test_messages_are_shown_without_what_they_say(self, phone: Phone, desk: Client) -> None:
        event = CallEvent.objects.create(
            event="call_ended",
            call_id="call_1",
            body={"secret": SECRET},
            outcome="failed",
            received_at=NOW,
        )

        url = reverse("admin:calls_callevent_change", args=[event.pk])
        assert SECRET not in desk.get(url).content.decode()

    def test_nothing_can_be_changed(self, too_soon: Call, desk: Client) -> None:
        url = reverse("admin:calls_call_change", args=[too_soon.pk])

        assert desk.post(url, {"contradictions": 0}).status_code == 403
        assert desk.get(reverse("admin:calls_call_add")).status_code == 403

    def test_a_call_of_which_nothing_is_known_yet(self, phone: Phone, desk: Client) -> None:
        phone.ask("list_services")

        assert "list_services" in page(desk)


class TestList:
    def test_it_says_what_became_of_a_call(self, too_soon: Call, desk: Client) -> None:
        shown = desk.get(LIST).content.decode()

        for text in ("gebucht", "1:23", "0,14", display_phone(CALLER)):
            assert text in shown

    def test_it_finds_the_calls_with_contradictions(self, too_soon: Call, salon: Salon, desk: Client) -> None:
        honest = Phone(salon.number, caller="+4915000000009")
        deliver(ended(honest))

        def found(value: str) -> list[str]:
            results = desk.get(LIST, {"contradicted": value}).context["cl"].result_list
            return [each.call_id for each in results]

        assert found("yes") == [too_soon.call_id]
        assert found("no") == [honest.call_id]

    def test_it_asks_as_often_for_many_as_for_one(self, salon: Salon, desk: Client) -> None:
        def queries(count: int) -> int:
            for number in range(count):
                phone = Phone(salon.number, caller=f"+49150000001{number:02}")
                hour = {**CUT, "uhrzeit": f"{8 + Call.objects.count():02}:00"}
                phone.ask("start_booking", **hour, name="Jana Probst", mitarbeiter="Emma")
                deliver(ended(phone))
            with CaptureQueriesContext(connection) as captured:
                desk.get(LIST)
            return len(captured)

        queries(1)  # whatever is asked once in a process
        assert queries(1) == queries(4)
