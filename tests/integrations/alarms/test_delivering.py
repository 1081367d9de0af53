"""From an alarm to somebody's screen: over real HTTP and real mail, once, together, never as a flood."""

from datetime import timedelta
from typing import Any

import pytest

from appointments.alarms import telling
from appointments.models import Alarm
from appointments.models.alarms import Notice
from appointments.models.integrity import Severity
from integrations import outside
from integrations.alarms import delivering, environment
from integrations.alarms.addresses import read_address
from integrations.models import AlarmChannel, AlarmNotice
from tests.integrations.alarms.receivers import HttpReceiver, MailServer
from tests.salons import NOW, Salon, make_salon

MINUTE = timedelta(minutes=1)


def channel(address: str, salon: Salon | None = None, **facts: Any) -> AlarmChannel:
    """The operator's, unless it is a salon's."""
    found = AlarmChannel(company=salon.company if salon else None, **{"name": "Weg", **facts})
    found.address, found.shown = address, address[:20]
    found.save()
    return found


def alarm(salon: Salon | None, rule: str = "calls.booking_failures", **facts: Any) -> Alarm:
    standard = {"severity": Severity.CRITICAL, "began_at": NOW, "raised_at": NOW, "seen_at": NOW}
    figures = {"value": 18.2, "count": 11, "threshold": 10, "minutes": 240}
    return Alarm.objects.create(
        company=salon.company if salon else None, rule=rule, facts=figures, **{**standard, **facts}
    )


def tell(one: Alarm, notice: Notice = Notice.RAISED, *, minutes: float = 0) -> None:
    telling.tell(one, notice, now=NOW + minutes * MINUTE)


def pass_on(minutes: float = 0) -> list[bool]:
    """As the worker does, for each channel for which something waits."""
    now = NOW + minutes * MINUTE
    return [delivering.deliver(pk, now=now) for pk in delivering.due(now=now)]


def test_an_alarm_arrives_once_in_german_and_names_nobody(
    salon: Salon, receiver: HttpReceiver, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://salon.example"
    channel(receiver.url, all_companies=True)
    tell(alarm(salon))

    assert pass_on() == [True]
    assert pass_on(1) == []

    (message,) = receiver.received
    assert message["title"] == "Terminfest, Alarm: Zu viele Buchungen am Telefon schlagen fehl"
    assert message["message"].splitlines()[0] == (
        "Morgenrot, Alarm: Buchungsversuche am Telefon (Zeitraum: 4 Stunden): 11, davon fehlgeschlagen: 18,2 %. "
        "Die Auswertung zeigt, woran es liegt. Bitte zurückrufen, wer ohne Termin geblieben ist."
    )
    assert message["message"].endswith("https://salon.example/admin/appointments/alarm/?state=open")
    assert message["type"] == "failure"


def test_reminder_and_end_are_told_as_such(salon: Salon, receiver: HttpReceiver) -> None:
    channel(receiver.url, all_companies=True)
    one = alarm(salon)
    for minutes, notice in ((0, Notice.RAISED), (240, Notice.REMINDER), (300, Notice.RESOLVED)):
        tell(one, notice, minutes=minutes)
        pass_on(minutes)

    assert [title.split(":")[0] for title in receiver.titles] == [
        "Terminfest, Alarm",
        "Terminfest, Erinnerung",
        "Terminfest, vorbei",
    ]
    assert receiver.received[-1]["type"] == "success"


def test_what_is_over_before_anybody_was_told_is_told_to_nobody(salon: Salon, receiver: HttpReceiver) -> None:
    channel(receiver.url, all_companies=True)
    one = alarm(salon)
    tell(one)
    tell(one, Notice.RESOLVED, minutes=1)

    assert pass_on(1) == []
    assert receiver.received == []


def test_many_at_once_are_one_message(salon: Salon, receiver: HttpReceiver) -> None:
    channel(receiver.url, all_companies=True)
    for number in range(25):
        tell(alarm(salon, key=str(number)))

    pass_on()

    (message,) = receiver.received
    assert message["title"] == "Terminfest: 25 Meldungen"
    assert message["message"].count("Buchungsversuche") == 20
    assert "Und 5 weitere." in message["message"]


def test_no_more_than_so_many_an_hour_and_nothing_is_lost(salon: Salon, receiver: HttpReceiver) -> None:
    channel(receiver.url, all_companies=True, per_hour=3)
    for minute in range(30):
        tell(alarm(salon, key=str(minute)), minutes=minute)
        pass_on(minute)
    assert len(receiver.received) == 3

    pass_on(60)
    assert len(receiver.received) == 4
    assert receiver.titles[-1] == "Terminfest: 27 Meldungen"
    assert not AlarmNotice.objects.waiting().exists()


def test_a_channel_that_is_broken_keeps_nobody_from_the_others(salon: Salon, receiver: HttpReceiver) -> None:
    broken = channel("json://127.0.0.1:9/alarm", name="kaputt", all_companies=True)
    channel(receiver.url, name="heil", all_companies=True)
    tell(alarm(salon))

    assert sorted(pass_on()) == [False, True]

    broken.refresh_from_db()
    assert (len(receiver.received), broken.last_error, broken.claimed_until) == (1, "refused", None)


def test_what_fails_is_tried_again_later_and_later_and_given_up(salon: Salon, receiver: HttpReceiver) -> None:
    receiver.status = 500
    channel(receiver.url, all_companies=True)
    tell(alarm(salon))

    for minute in range(16):
        pass_on(minute)
    assert len(receiver.received) == 5  # after 0, 1, 3, 7 and 15 minutes

    receiver.status = 200
    assert pass_on(31) == [True]
    tell(alarm(salon, key="next"))
    receiver.status = 500
    pass_on(32)
    assert pass_on(24 * 60 + 1) == [False]
    assert AlarmNotice.objects.filter(dropped_at__isnull=False).count() == 1
    assert len(receiver.received) == 7


def test_two_workers_send_one_message(salon: Salon, receiver: HttpReceiver) -> None:
    one = channel(receiver.url, all_companies=True)
    tell(alarm(salon))
    AlarmChannel.objects.update(claimed_until=NOW + MINUTE)
    assert not delivering.deliver(one.pk, now=NOW)

    # Whoever has claimed it has died.
    assert delivering.deliver(one.pk, now=NOW + MINUTE)
    assert len(receiver.received) == 1


def test_a_company_hears_of_its_own_alarms_only(
    salon: Salon, receiver: HttpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Incidents I3, I8: nothing of one salon is ever seen by another."""
    other = make_salon("abendrot")
    own, theirs = channel("a@b.example", salon), channel("c@d.example", other)
    operator = channel("op@e.example", name="Betrieb")
    everything = channel("all@e.example", name="alles", all_companies=True)

    def heard(one: Alarm) -> set[AlarmChannel]:
        tell(one)
        return {notice.channel for notice in AlarmNotice.objects.filter(alarm=one)}

    assert heard(alarm(salon)) == {own, everything}
    assert heard(alarm(other)) == {theirs, everything}
    assert heard(alarm(None, rule="config.queue_age")) == {operator, everything}


def test_some_want_to_hear_of_the_worst_only(salon: Salon) -> None:
    worst = channel("a@b.example", salon, critical_only=True)
    for severity in (Severity.ERROR, Severity.CRITICAL):
        tell(alarm(salon, severity=severity, key=severity))

    (notice,) = worst.notices.select_related("alarm")
    assert notice.alarm is not None
    assert notice.alarm.severity == Severity.CRITICAL


def test_by_mail_through_the_sites_own_server(salon: Salon, mail: MailServer, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail.port
    channel("chefin@morgenrot.example", salon)
    tell(alarm(salon))

    assert pass_on() == [True]

    (message,) = mail.received
    assert message["To"] == "chefin@morgenrot.example"
    assert "Zu viele Buchungen am Telefon" in str(message["Subject"])
    assert "davon fehlgeschlagen: 18,2 %" in message.get_content()


def test_by_mail_through_a_server_of_somebodys_own(
    salon: Salon, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A salon's address goes out under the guard; here this machine stands for the internet."""
    monkeypatch.setattr(outside, "is_public", lambda host: host == "127.0.0.1")
    address = f"mailto://127.0.0.1:{mail.port}?from=salon@morgenrot.example&to=chefin@morgenrot.example"
    channel(address, salon)
    tell(alarm(salon))

    assert pass_on() == [True]
    assert "chefin@morgenrot.example" in str(mail.received[0]["To"])


def test_a_mail_server_that_is_away_is_said(salon: Salon, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    one = channel("chefin@morgenrot.example", salon)
    with pytest.raises(delivering.NotSent, match="Mailserver"):
        delivering.try_out(one)


def test_an_address_that_cannot_be_decrypted_any_more_is_said(
    salon: Salon, receiver: HttpReceiver, settings: Any
) -> None:
    one = channel(receiver.url)
    settings.SECRET_KEY = "another-key-of-fifty-characters-and-more-0123456789"
    with pytest.raises(delivering.NotSent, match="entschlüsseln"):
        delivering.try_out(one)


def test_a_company_cannot_make_us_ask_our_own_network(
    salon: Salon, receiver: HttpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads inside only when it is used: the address is looked at when it is connected to."""
    monkeypatch.setattr("integrations.alarms.addresses._insist_on_outside", lambda *_: None)
    own = channel(receiver.url, salon)
    tell(alarm(salon))

    assert pass_on() == [False]

    own.refresh_from_db()
    assert (receiver.received, own.last_error) == ([], "inside")
    # The negative control: the same address of the operator's arrives.
    delivering.try_out(channel(receiver.url))
    assert receiver.titles == ["Terminfest: Testnachricht"]


def test_a_redirect_leads_nowhere_inside(
    salon: Salon, receiver: HttpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.alarms.addresses._insist_on_outside", lambda *_: None)
    receiver.status, receiver.location = 307, f"http://127.0.0.1:{receiver.port}/inside"
    answers = [True, False]  # what it is sent to is not the internet any more
    monkeypatch.setattr(outside, "is_public", lambda _host: answers.pop(0))

    with pytest.raises(delivering.NotSent, match="innere Netz"):
        delivering.try_out(channel(receiver.url, salon))

    assert (answers, len(receiver.received)) == ([], 1)


def test_addresses_of_the_environment_are_channels_of_the_operator(
    salon: Salon, receiver: HttpReceiver, settings: Any
) -> None:
    settings.ALERT_URLS = [receiver.url, "nonsense", "op@e.example"]
    environment.sync_channels()
    environment.sync_channels()
    rows = AlarmChannel.objects.order_by("name")
    assert [(row.name, row.shown, row.all_companies) for row in rows] == [
        ("ALERT_URLS 1", "JSON: 127.0.0.1", True),
        ("ALERT_URLS 3", "op@e.example", True),
    ]
    assert receiver.url not in rows[0].address_encrypted

    settings.ALERT_URLS = ["other@e.example"]
    environment.sync_channels()
    assert [row.shown for row in AlarmChannel.objects.all()] == ["other@e.example"]


def test_trying_counts_as_sending(receiver: HttpReceiver, db: None) -> None:
    one = channel(receiver.url, per_hour=2)
    for _ in range(2):
        delivering.try_out(one)
    with pytest.raises(delivering.TooMany):
        delivering.try_out(one)
    assert len(receiver.received) == 2


def test_the_key_in_an_address_is_kept_encrypted_and_not_shown(db: None) -> None:
    address = read_address("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/", may_reach_inside=False)
    one = channel(address.text)
    assert (address.shown, one.address) == ("Slack", address.text)
    assert "TIiajk" not in one.address_encrypted
