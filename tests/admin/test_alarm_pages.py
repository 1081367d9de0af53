"""Alarms, their limits and their channels in the admin."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments import alarms
from appointments.access import Role
from appointments.models import Alarm, AlarmRule
from integrations.models import AlarmChannel, AlarmNotice
from tests.admin.test_scoping import member
from tests.integrations.alarms.receivers import HttpReceiver, http_receiver
from tests.salons import NOW, Salon, make_salon

ALARMS = reverse("admin:appointments_alarm_changelist")
RULES = reverse("admin:appointments_alarmrule_changelist")
CHANNELS = reverse("admin:integrations_alarmchannel_changelist")
ADD = reverse("admin:integrations_alarmchannel_add")
FACTS = {"value": 18.2, "count": 11, "threshold": 10, "minutes": 240}
SENTENCE = "Buchungsversuche am Telefon (Zeitraum: 4 Stunden): 11, davon fehlgeschlagen: 18,2 %."


def alarm(salon: Salon | None, **facts: Any) -> Alarm:
    standard = {
        "rule": "calls.booking_failures",
        "severity": "critical",
        "facts": FACTS,
        "began_at": NOW,
        "raised_at": NOW,
        "seen_at": NOW,
    }
    company = salon.company if salon else None
    return Alarm.objects.create(company=company, **{**standard, **facts})


def change(row: Any) -> str:
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])


@pytest.fixture
def owner(salon: Salon) -> Client:
    return member(salon, Role.OWNER)


def test_an_alarm_says_what_is_wrong_and_is_taken_note_of(salon: Salon) -> None:
    desk = member(salon, Role.RECEPTIONIST)
    one = alarm(salon)
    listed = desk.get(ALARMS).content.decode()
    assert SENTENCE in listed
    page = desk.get(change(one)).content.decode()
    assert "Die Auswertung zeigt, woran es liegt." in page
    assert "Zur Kenntnis nehmen" in page

    url = reverse("admin:appointments_alarm_acknowledge", args=[one.pk])
    assert desk.get(url).status_code == 405
    after = desk.post(url, follow=True).content.decode()

    assert "Zur Kenntnis genommen." in after
    assert "Zur Kenntnis nehmen" not in after
    one.refresh_from_db()
    assert one.acknowledged_by is not None
    assert "Jemand anderes" in desk.post(url, follow=True).content.decode()


def test_open_alarms_are_work_to_do(salon: Salon) -> None:
    desk = member(salon, Role.RECEPTIONIST)
    one = alarm(salon)
    alarm(salon, key="waits", raised_at=None)
    alarm(salon, key="over", resolved_at=NOW)
    work = reverse("worklist")
    page = desk.get(work)
    (section,) = page.context["sections"]
    assert [(row.pk, row.text, row.detail) for row in section.rows] == [
        (one.pk, "Zu viele Buchungen am Telefon schlagen fehl", SENTENCE)
    ]

    desk.post(work, {"list": "alarms", "row": one.pk})

    assert desk.get(work).context["sections"] == []


@pytest.mark.parametrize("role", [Role.OWNER, Role.RECEPTIONIST])
def test_another_companys_alarm_does_not_exist(role: Role, salon: Salon) -> None:
    theirs, sites = alarm(make_salon("abendrot")), alarm(None)
    desk = member(salon, role)
    for one in (theirs, sites):
        assert desk.get(change(one)).status_code == 302
        url = reverse("admin:appointments_alarm_acknowledge", args=[one.pk])
        assert desk.post(url).status_code == 404
    assert not Alarm.objects.filter(acknowledged_at__isnull=False).exists()


def test_a_stylist_takes_note_of_nothing(salon: Salon) -> None:
    one = alarm(salon)
    desk = member(salon, Role.STYLIST, staff=salon.emma)
    url = reverse("admin:appointments_alarm_acknowledge", args=[one.pk])
    assert desk.post(url).status_code == 403


def test_the_list_asks_no_more_for_many(salon: Salon, desk: Client) -> None:
    alarms.add_missing_rules(now=NOW)
    queries = []
    for number in (1, 5):
        for each in range(number):
            alarm(salon, key=f"{number}-{each}")
        with CaptureQueriesContext(connection) as asked:
            desk.get(ALARMS)
            desk.get(RULES)
        queries.append(len(asked))
    assert queries[0] == queries[1]


def test_limits_are_changed_by_the_owner_and_shown_as_they_count(salon: Salon, owner: Client) -> None:
    alarms.add_missing_rules(now=NOW)
    AlarmRule.objects.filter(company=None, rule="calls.booking_failures").update(minimum=7)
    row = AlarmRule.objects.get(company=salon.company, rule="calls.booking_failures")
    assert "&gt; 10 %" in owner.get(RULES).content.decode()
    page = owner.get(change(row)).content.decode()
    assert "Leer: &gt; 10 %." in page
    assert "Leer: 7." in page

    data = {"active": "on", "threshold": "25", "minimum": "", "window_minutes": "60", "reminder_hours": ""}
    assert owner.post(change(row), data).status_code == 302

    row.refresh_from_db()
    assert (row.threshold, row.minimum, row.window_minutes) == (25, None, 60)
    listed = owner.get(RULES).content.decode()
    assert "&gt; 25 %" in listed
    refused = owner.post(change(row), {**data, "threshold": "120"})
    assert "Mehr als 100 % kann es nicht geben." in refused.content.decode()
    assert 'value="120"' in refused.content.decode()


def test_what_a_rule_does_not_know_is_not_asked(salon: Salon, owner: Client) -> None:
    alarms.add_missing_rules(now=NOW)
    row = AlarmRule.objects.get(company=salon.company, rule="integrations.pending")
    form = owner.get(change(row)).context["adminform"].form
    assert list(form.fields) == ["active", "threshold", "reminder_hours"]


def test_the_operators_limits_are_not_a_companys(salon: Salon, owner: Client, desk: Client) -> None:
    alarms.add_missing_rules(now=NOW)
    row = AlarmRule.objects.get(company=None, rule="calls.booking_failures")
    assert owner.post(change(row), {"active": "on", "threshold": "90"}).status_code == 302
    row.refresh_from_db()
    assert row.threshold is None
    assert "alle Unternehmen" in desk.get(RULES).content.decode()


def entered(salon: Salon | None, address: str, **facts: Any) -> dict[str, Any]:
    company = salon.company.pk if salon else ""
    return {
        "company": company,
        "name": "Chefin",
        "new_address": address,
        "active": "on",
        "per_hour": "6",
        **facts,
    }


def test_an_owner_enters_an_address_and_never_sees_its_key_again(salon: Salon, owner: Client) -> None:
    text = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    assert owner.post(ADD, entered(salon, text)).status_code == 302
    one = AlarmChannel.objects.get()
    assert (one.company, one.address, one.shown) == (salon.company, text, "Slack")

    for page in (CHANNELS, change(one)):
        assert "TIiajk" not in owner.get(page).content.decode()
    # Left empty, it stays.
    assert owner.post(change(one), entered(salon, "", name="Slack")).status_code == 302
    one.refresh_from_db()
    assert (one.name, one.address) == ("Slack", text)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Bitte geben Sie eine Adresse ein."),
        ("unsinn", "Das ist weder eine E-Mail-Adresse noch eine URL"),
        ("jsons://10.0.0.1/", "Diese Adresse liegt im inneren Netz."),
        ("syslog://", "Möglich sind E-Mail, Slack"),
    ],
)
def test_what_cannot_be_an_address_is_said_at_its_field(
    address: str, sentence: str, salon: Salon, owner: Client
) -> None:
    page = owner.post(ADD, entered(salon, address))
    assert any(sentence in error for error in page.context["adminform"].form.errors["new_address"])
    assert page.context["adminform"].form["new_address"].value() == address
    assert not AlarmChannel.objects.exists()


def test_what_is_shown_of_an_address_is_no_html(salon: Salon, owner: Client) -> None:
    one = AlarmChannel(company=salon.company, name="x", shown="<b>laut</b>", address="a@b.example")
    one.save()
    assert "&lt;b&gt;laut&lt;/b&gt;" in owner.get(change(one)).content.decode()
    assert "<b>laut" not in owner.get(change(one)).content.decode()


def test_an_owner_cannot_become_the_operator(salon: Salon, owner: Client) -> None:
    """Without a company a channel would hear of all salons, and could reach into the network."""
    other = make_salon("abendrot")
    for company in ("", other.company.pk):
        page = owner.post(ADD, entered(salon, "a@b.example", company=company, all_companies="on"))
        assert page.status_code == 200
    assert not AlarmChannel.objects.exists()

    owner.post(ADD, entered(salon, "a@b.example", all_companies="on"))
    one = AlarmChannel.objects.get()
    assert (one.company, one.all_companies) == (salon.company, False)
    owner.post(change(one), entered(None, "json://127.0.0.1/", all_companies="on"))
    one.refresh_from_db()
    assert (one.company, one.all_companies, one.address) == (salon.company, False, "a@b.example")


def test_the_operators_channel_may_reach_anything_and_hear_of_all(salon: Salon, desk: Client) -> None:
    assert desk.post(ADD, entered(None, "json://10.0.0.1/", all_companies="on")).status_code == 302
    one = AlarmChannel.objects.get()
    assert (one.company, one.all_companies) == (None, True)
    page = desk.post(ADD, entered(salon, "a@b.example", name="x", all_companies="on"))
    assert "nur dessen eigene Alarme" in page.content.decode()


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    with http_receiver() as found:
        yield found


def test_a_test_message_is_sent_at_once(desk: Client, receiver: HttpReceiver, salon: Salon) -> None:
    desk.post(ADD, entered(None, receiver.url))
    one = AlarmChannel.objects.get()
    url = reverse("admin:integrations_alarmchannel_try", args=[one.pk])
    assert desk.get(url).status_code == 405

    page = desk.post(url, follow=True).content.decode()

    assert "An „Chefin“ wurde eine Testnachricht gesendet." in page
    assert receiver.titles == ["Terminfest: Testnachricht"]
    assert AlarmNotice.objects.get().kind == "test"
    receiver.status = 500
    failed = desk.post(url, follow=True).content.decode()
    assert failed.count("Die Gegenseite hat die Nachricht nicht angenommen") == 2


def test_a_test_message_is_for_who_may_change_the_channel(salon: Salon, receiver: HttpReceiver) -> None:
    theirs = AlarmChannel(company=make_salon("abendrot").company, name="x", address=receiver.url)
    theirs.save()
    own = AlarmChannel(company=salon.company, name="x", address="a@b.example")
    own.save()

    def tried(desk: Client, one: AlarmChannel) -> int:
        return desk.post(reverse("admin:integrations_alarmchannel_try", args=[one.pk])).status_code

    assert tried(member(salon, Role.MANAGER), own) == 403
    assert tried(member(salon, Role.OWNER), theirs) == 404
    assert receiver.received == []


def test_channels_of_the_environment_are_not_changed_here(desk: Client) -> None:
    one = AlarmChannel(name="ALERT_URLS 1", from_environment=True, shown="JSON: a.example")
    one.address = "json://a.example"
    one.save()
    assert desk.post(change(one), entered(None, "b@c.example")).status_code == 403
    assert desk.get(change(one)).status_code == 200


def test_what_was_sent_is_listed(salon: Salon, owner: Client) -> None:
    own = AlarmChannel(company=salon.company, name="Chefin", address="a@b.example")
    own.save()
    sent = {"created_at": NOW, "next_try_at": NOW, "sent_at": NOW + timedelta(seconds=1)}
    AlarmNotice.objects.create(channel=own, alarm=alarm(salon), kind="raised", **sent)
    page = owner.get(reverse("admin:integrations_alarmnotice_changelist")).content.decode()
    assert SENTENCE in page
