"""The five incidents and the ten dialogues of ``german.md``, each at its own moment, played over HTTP as
the voice platform would.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from appointments import booking
from appointments import salon as salon_file
from appointments.availability import Request
from appointments.models import Appointment, Branch, Reservation, Service, Staff
from appointments.models.appointment import Source
from calls.events.processing import process_due
from calls.models import Call, CallAppointment, CallClaim
from calls.simulator import Player, Script, read_script
from tests.salons import BERLIN, NOW, at

SCRIPTS = Path(settings.BASE_DIR, "calls", "scripts")
SALONS = Path(settings.BASE_DIR, "config", "demo")
FIRST_BOOKING = "first_booking.yaml"
INCIDENTS = {
    "incident_1_overlapping_perms.yaml": date(2025, 11, 24),
    "incident_2_other_time_booked.yaml": date(2025, 10, 20),
    "incident_3_lost_seconds.yaml": date(2025, 11, 28),
    "incident_4_thirty_to_sixty_seconds.yaml": date(2025, 11, 27),
    "incident_5_duplicate_that_linked_nothing.yaml": date(2025, 10, 8),
    "dialogue_1_false_success.yaml": date(2025, 10, 20),
    "dialogue_3_retry.yaml": date(2025, 11, 27),
    "dialogue_4_compound.yaml": date(2025, 11, 25),
    "dialogue_5_premature_claim.yaml": date(2025, 11, 13),
    "dialogue_6_duplicate.yaml": date(2025, 10, 10),
    "dialogue_8_hidden_number_cancels.yaml": date(2025, 11, 25),
}
# Conversations of one day, in the words of that day ("morgen"): only a stopped clock can play them.
DIALOGUES = Path(__file__).parent / "dialogues"
CLOCK_CHANGE = "dialogue_10_clock_change.yaml"

Play = Callable[[str], Player]


@pytest.fixture
def play(live_server: object, request: pytest.FixtureRequest) -> Play:
    """Plays a script at the moment it happened, second by second, and leaves the clock at its end."""

    def played(name: str) -> Player:
        folder = SCRIPTS if (SCRIPTS / name).exists() else DIALOGUES
        script: Script = read_script(folder / name)
        began = script.happened_at or NOW
        clock = time_machine.travel(began, tick=False)
        traveller = clock.start()
        request.addfinalizer(clock.stop)
        document = salon_file.read(_salon_of(name))
        salon_file.apply(document, now=began)
        player = Player(
            script,
            url=str(live_server),
            key=settings.RETELL_API_KEYS[0],
            now=timezone.localtime,
            say=lambda _line: None,
            wait_until=lambda second: traveller.move_to(began + timedelta(seconds=second)),
        )
        player.play()
        return player

    return played


def _salon_of(name: str) -> bytes:
    content = (SALONS / ("salon.yaml" if name == FIRST_BOOKING else "replay.yaml")).read_bytes()
    if name == CLOCK_CHANGE:  # which is on a Sunday
        return content.replace(b"      sat: [", b'      sun: ["08:00-20:00"]\n      sat: [')
    return content


def day_of(moment: datetime) -> date:
    return moment.astimezone(BERLIN).date()


def times() -> list[tuple[str, str, str]]:
    rows = Appointment.objects.blocking().order_by("starts_at")
    spans = [(each.starts_at.astimezone(BERLIN), each.ends_at.astimezone(BERLIN), each) for each in rows]
    return [(f"{start:%H:%M}", f"{end:%H:%M}", each.staff.first_name) for start, end, each in spans]


def test_every_script_is_played_here() -> None:
    """Those with a calendar in test_calendar_incidents.py."""
    scripts = {path.name for path in SCRIPTS.glob("*.yaml") if not path.name.startswith("calendar_")}
    assert scripts == {FIRST_BOOKING, *INCIDENTS}


def test_the_first_booking_goes_as_the_script_says(play: Play) -> None:
    assert play(FIRST_BOOKING).failures == []


@pytest.mark.parametrize(("name", "day"), INCIDENTS.items())
def test_it_goes_as_the_script_says_on_the_very_day(name: str, day: date, play: Play) -> None:
    """The script looks for a free day; at the original moment that is the original day."""
    player = play(name)

    assert player.failures == []
    assert player.names["day"] == day.isoformat()
    assert {day_of(each.starts_at) for each in Appointment.objects.all()} == {day}


@pytest.mark.parametrize("name", sorted(path.name for path in DIALOGUES.glob("*.yaml")))
def test_a_dialogue_goes_as_the_script_says(name: str, play: Play) -> None:
    assert play(name).failures == []


def test_all_ten_dialogues_are_there() -> None:
    names = [path.name for folder in (SCRIPTS, DIALOGUES) for path in folder.glob("dialogue_*.yaml")]
    assert sorted(int(name.split("_")[1]) for name in names) == list(range(1, 11))


def test_1_three_overlapping_perms_cannot_all_be_stored(play: Play) -> None:
    play("incident_1_overlapping_perms.yaml")

    assert times() == [
        ("11:00", "13:15", "Emma"),
        ("14:00", "16:15", "Emma"),
        ("16:30", "18:45", "Emma"),
        ("17:00", "17:55", "Jonas"),
    ]


def test_1_staff_who_try_the_second_perm_are_told_of_the_first(play: Play) -> None:
    """Not only the phone: the same writer refuses whoever books, and says because of whom."""
    play("incident_1_overlapping_perms.yaml")
    first = Appointment.objects.order_by("starts_at")[0]
    request = Request(
        branch=Branch.objects.get(),
        service=Service.objects.get(name="Dauerwelle"),
        staff=Staff.objects.get(name="Emma Keller"),
        now=timezone.now(),
        overrides_hours=True,
    )

    with pytest.raises(booking.SlotTaken) as refused:
        booking.book(request, start=at(date(2025, 11, 24), "13:00"), visit=booking.Visit(source=Source.STAFF))

    conflict = refused.value.conflict
    assert conflict is not None
    assert (conflict.appointment_id, conflict.attendee) == (first.pk, "Jana Probst")


def test_2_what_is_booked_is_what_was_said(play: Play) -> None:
    """One o'clock was not free; nobody has an appointment at one o'clock, and Jan has the one he chose."""
    player = play("incident_2_other_time_booked.yaml")

    jans = Appointment.objects.get(customer__name="Jan Hofer")
    assert jans.starts_at == datetime.fromisoformat(player.names["second_start"])
    assert "13:00" not in [start for start, _end, _staff in times()]


def test_3_of_the_refused_caller_nothing_is_left(play: Play) -> None:
    player = play("incident_3_lost_seconds.yaml")

    assert times() == [("10:00", "12:15", "Emma")]
    janas, lenas = (Call.objects.get(call_id=player.call_ids[name]) for name in ("Jana", "Lena"))
    assert [each.call for each in CallAppointment.objects.all()] == [janas]
    assert not Reservation.objects.filter(holder=lenas.holder).exists()
    assert lenas.customer is None


def test_4_a_minute_of_talk_does_not_lose_the_slot(play: Play) -> None:
    play("incident_4_thirty_to_sixty_seconds.yaml")

    assert times() == [("14:00", "16:10", "Mara")]
    assert Appointment.objects.get().attendee == "Eva Schuster"


def test_5_the_second_call_is_linked_to_the_first_ones_appointment(play: Play) -> None:
    player = play("incident_5_duplicate_that_linked_nothing.yaml")

    assert times() == [("09:30", "10:15", "Emma")]
    links = CallAppointment.objects.order_by("created_at")
    assert [(each.call.call_id, each.relationship) for each in links] == [
        (player.call_ids["first"], "original"),
        (player.call_ids["second"], "duplicate_attempt"),
    ]


def test_dialogue_4_of_the_refused_one_nothing_is_left(play: Play) -> None:
    player = play("dialogue_4_compound.yaml")

    assert times() == [("10:45", "13:00", "Emma")]
    lenas = Call.objects.get(call_id=player.call_ids["lena"])
    assert not CallAppointment.objects.filter(call=lenas).exists()


def test_dialogue_5_what_the_agent_claimed_is_counted(play: Play) -> None:
    """C5, J12: what no function had answered stands in the transcript, and is listed."""
    player = play("dialogue_5_premature_claim.yaml")
    process_due(now=timezone.now())

    call = Call.objects.get(call_id=player.call_ids["ida"])
    assert call.contradictions == 1
    (claim,) = CallClaim.objects.filter(call=call)
    assert (claim.kind, claim.answered) == ("booked", "")
    assert times() == [("11:00", "11:55", "Emma")]


def test_dialogue_6_two_calls_one_appointment_and_another(play: Play) -> None:
    player = play("dialogue_6_duplicate.yaml")

    links = CallAppointment.objects.order_by("pk").values_list("call__call_id", "relationship")
    sunday, monday, later = (player.call_ids[name] for name in ("sunday", "monday", "later"))
    assert list(links) == [
        (sunday, "original"),
        (monday, "duplicate_attempt"),
        (monday, "reschedule"),
        (later, "original"),
    ]
    assert times() == [("10:00", "10:55", "Jonas"), ("15:00", "15:55", "Jonas")]


def test_dialogue_7_the_perm_has_all_its_phases(play: Play) -> None:
    play("dialogue_7_regular_other_wish.yaml")

    perm = Appointment.objects.get(service__name="Dauerwelle")
    assert (perm.phases.count(), perm.ends_at - perm.starts_at) == (6, timedelta(minutes=135))


def test_dialogue_10_ten_oclock_is_nine_in_utc(play: Play) -> None:
    assert play(CLOCK_CHANGE).failures == []

    assert Appointment.objects.get().starts_at == datetime(2025, 10, 26, 9, tzinfo=UTC)
