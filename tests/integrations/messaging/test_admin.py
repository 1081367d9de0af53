"""Messages in the admin: own words are checked when stored, and what did not arrive is a thing to do."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments.access import Role
from appointments.models import Customer
from integrations.models import Message, MessageState, MessageTemplate, SmsGateway, Way
from tests.admin.test_scoping import member
from tests.integrations.messaging.conftest import Letterbox, book, work
from tests.integrations.messaging.sms_gateway import Gateway
from tests.salons import Salon


@pytest.fixture
def desk(salon: Salon) -> Client:
    return member(salon, Role.MANAGER)


@pytest.fixture
def template(salon: Salon) -> MessageTemplate:
    return MessageTemplate.objects.create(
        company=salon.company, kind="confirmation", subject="Bis {date}!", text="Hallo {first_name}: {link}"
    )


@pytest.mark.parametrize("text", ["{nmae}", "{name", "name}", "{}", "{name.password}", "{0}", "{name!r}"])
def test_a_placeholder_that_means_nothing_is_refused(salon: Salon, text: str) -> None:
    template = MessageTemplate(company=salon.company, kind="reminder", subject="Bis bald", text=text)
    with pytest.raises(ValidationError):
        template.full_clean()


def test_the_form_says_so_and_keeps_what_was_typed(desk: Client, template: MessageTemplate) -> None:
    address = reverse("admin:integrations_messagetemplate_change", args=[template.pk])
    form = {"kind": "confirmation", "language": "de", "subject": "Bis {tag}!", "text": "Mit Grüßen"}
    shown = desk.post(address, form).content.decode()
    assert "„{tag}“ hat keine Bedeutung." in shown
    assert "Mit Grüßen" in shown
    template.refresh_from_db()
    assert template.subject == "Bis {date}!"


def test_the_preview_is_filled_with_an_example(desk: Client, template: MessageTemplate) -> None:
    shown = desk.get(
        reverse("admin:integrations_messagetemplate_change", args=[template.pk])
    ).content.decode()
    assert "Hallo Jana: https://…" in shown


def test_a_test_message_goes_to_whoever_asks(
    desk: Client, template: MessageTemplate, letterbox: Letterbox
) -> None:
    address = reverse("admin:integrations_messagetemplate_test", args=[template.pk])
    assert "keine E-Mail-Adresse" in desk.post(address, follow=True).content.decode()
    User.objects.update(email="chefin@morgenrot.example")
    desk.post(address)
    assert letterbox.letters[0]["to"] == "chefin@morgenrot.example"


def test_an_sms_is_shown_with_its_length_and_tried_on_a_telephone(
    desk: Client, salon: Salon, sms: SmsGateway, gateway: Gateway
) -> None:
    """In words that cost one SMS, and with the sign that makes it two."""
    template = MessageTemplate.objects.create(
        company=salon.company, kind="call_us", medium="sms", text="{salon} – bitte rufen Sie an: {phone}"
    )
    page = reverse("admin:integrations_messagetemplate_change", args=[template.pk])
    assert re.search(r"\d+ von 160 Zeichen, 1 SMS", desk.get(page).content.decode())
    template.text = "🙂 bis bald"
    template.save()
    shown = desk.get(page).content.decode()
    assert re.search(r"\d+ von 134 Zeichen, 2 SMS", shown)
    assert "Wegen 🙂 fasst eine SMS nur 70 statt 160 Zeichen." in shown

    template.text = "{salon} – bis bald"
    template.save()
    address = reverse("admin:integrations_messagetemplate_test", args=[template.pk])
    assert "keine Telefonnummer" in desk.post(address, {"number": "null"}, follow=True).content.decode()
    desk.post(address, {"number": "0151 12345678"})
    (asked,) = gateway.asked
    assert (asked["to"], asked["text"].splitlines()[0]) == ("+4915112345678", "Morgenrot - bis bald")

    gateway.answers = [401]
    said = desk.post(address, {"number": "0151 12345678"}, follow=True).content.decode()
    assert "Der Anbieter erkennt den Schlüssel nicht an (401)." in said
    SmsGateway.objects.update(way=Way.NONE)
    said = desk.post(address, {"number": "0151 12345678"}, follow=True).content.decode()
    assert "Niemandem wird etwas gesendet" in said


def test_own_words_begin_with_ours(desk: Client, template: MessageTemplate) -> None:
    """The list names what there are none for yet."""
    shown = desk.get(reverse("admin:integrations_messagetemplate_changelist")).content.decode()
    query = "kind=reminder&amp;medium=sms&amp;language=en"
    assert query in shown
    assert "kind=confirmation&amp;medium=email&amp;language=de" not in shown
    add = reverse("admin:integrations_messagetemplate_add")
    begun = desk.get(f"{add}?{query.replace('amp;', '')}").context["adminform"].form.initial
    assert begun["text"].startswith("{salon}: a reminder of {service}")
    assert desk.get(f"{add}?kind=nothing&medium=sms&language=en").status_code == 200


def test_what_did_not_arrive_is_to_do_until_somebody_has_dealt_with_it(
    salon: Salon, jana: Customer, letterbox: Letterbox, desk: Client, time: object
) -> None:
    letterbox.answers.append("550 no such user")
    book(salon, jana, "13:00")
    time.shift(120)  # type: ignore[attr-defined]
    work()
    assert "Nachrichten, die nicht ankamen" in desk.get(reverse("worklist")).content.decode()
    message = Message.objects.get()
    page = desk.get(reverse("admin:integrations_message_change", args=[message.pk])).content.decode()
    for words in (
        "Der Mailserver hat sie nicht angenommen (550).",
        "Erneut senden",
        "weiß Bescheid",
        "<p>Guten Tag Jana Probst,</p>",
    ):
        assert words in page

    actions = {"action": "send_again", "_selected_action": [message.pk]}
    desk.post(reverse("admin:integrations_message_changelist"), actions)
    message.refresh_from_db()
    assert (message.state, message.next_try_at) == (MessageState.WAITING, timezone.now())
    work()
    assert len(letterbox.letters) == 1
