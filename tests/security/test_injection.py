"""Stored texts are texts: on no page, in no message and in no query do they become anything else.

Every text field of every table is filled with what a browser, a template or a database would act on; then every
page is opened.
"""

import re
from itertools import count
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from appointments import booking
from appointments.models import Appointment, Company
from calls.models import FunctionCall
from integrations.messaging import tokens
from integrations.messaging.post import as_html
from integrations.messaging.senders import sender_of
from integrations.messaging.wording import worded
from integrations.models import MessageTemplate, Messaging
from integrations.placeholders import check, fill
from tests.admin.test_role_matrix import full_company
from tests.admin.test_scoping import OURS
from tests.calls.phone import Phone
from tests.integrations.calendar import CalendarSalon
from tests.salons import MONDAY, NOW, Salon
from tests.security.addresses import PAGES, Rows, every_address, standard
from tests.security.planting import PAYLOAD, TAG, plant
from tests.security.test_every_address import body_of

LOOKED_AT = ("", "<path:object_id>/change/", "<path:object_id>/history/")
# What is there to be pressed.
NOT_LOOKED_AT = ("try/", "check/", "compare/", "solve/", "logout/", "read-back/")


def test_nothing_that_is_stored_becomes_part_of_a_page(calendar: CalendarSalon, desk: Client) -> None:
    full_company(calendar)
    FunctionCall.objects.update(args={"datum": PAYLOAD, PAYLOAD: PAYLOAD}, unknown_args=[PAYLOAD])
    planted, refused = plant()
    assert len(planted) > 90
    assert {
        "appointments.Customer.name",
        "appointments.Appointment.notes",
        "calls.Callback.reason",
    } <= planted
    assert len(refused) < 8, refused

    seen, wrong = 0, []
    rows = Rows.of(calendar.salon.company)
    desk.raise_request_exception = False
    for address in _pages(rows):
        response = desk.get(address)
        text = body_of(response)
        seen += TAG.replace("<", "&lt;") in text
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if (
            response.status_code >= 500
            or (is_page and TAG in text)
            or re.search(r"2(&quot;|\")(&gt;|>)49", text)
        ):
            wrong.append((address, response.status_code))
    assert wrong == []
    assert seen > 60


def _pages(rows: Rows) -> list[str]:
    found = ["/admin/", "/admin/planner/?day=2025-11-24", "/admin/planner/?day=2025-11-24&view=week"]
    for route, _name in every_address():
        match = standard(route)
        if match and match["app"] in OURS and match["page"] in LOOKED_AT:
            found.append(rows.address(route, f"{match['app']}.{match['model']}"))
        elif route in PAGES and not route.endswith(NOT_LOOKED_AT):
            page = PAGES[route]
            found.append(f"{rows.address(route, page.of)}?{rows.put_into(page.asks)}")
    for appointment in Appointment.objects.filter(company__slug=rows.slug, customer__isnull=False):
        found += [
            f"/termin/{tokens.sign(appointment.pk)}/{page}" for page in ("", "absagen/", "verschieben/")
        ]
    return found


HOSTILE = [
    *(
        "'",
        '"',
        "''",
        "';--",
        "') OR ('1'='1",
        "\\",
        "%",
        "%%",
        "%s",
        "_",
        "%27",
        "$1",
        "{}",
        "{0}",
        "--",
        "/*",
    ),
    *(
        "' UNION SELECT digest FROM appointments_apitoken --",
        "1; SELECT pg_sleep(5)",
        "&|!:*",
        "a & b:*",
        "<->",
    ),
    *("(", "))", ":*", "\u202e", "\ufeff", "😀" * 50, "x" * 3000, "٣", "1e309", "-1", "9" * 40, "null", "[]"),
]


def test_whatever_is_searched_for_and_filtered_by_is_a_word(salon: Salon) -> None:
    """Of every list: its box, its order, each of its filters, each of its columns. None is drawn, all are asked."""
    operator, turns = User.objects.create_superuser("betrieb"), count()
    for model, page in site._registry.items():
        if model._meta.app_label not in OURS:
            continue
        empty = _list_of(page, operator, {})
        names = ["o", "p", *(name for one in empty.filter_specs for name in one.expected_parameters())]
        names += [f"{field.name}__exact" for field in model._meta.concrete_fields if not field.is_relation]
        turn = next(turns)
        asked = [("q", text) for text in HOSTILE[turn % 6 :: 6]]
        asked += [(name, HOSTILE[(number + turn) % len(HOSTILE)]) for number, name in enumerate(names)]
        for name, text in asked:
            try:
                with transaction.atomic():
                    list(_list_of(page, operator, {name: text}).result_list)
            except (IncorrectLookupParameters, DisallowedModelAdminLookup):
                continue  # the list says so, or answers 400
            except Exception as error:
                raise AssertionError(f"{model.__name__}: {name}={text!r}") from error


def _list_of(page: Any, user: User, asked: dict[str, str]) -> Any:
    request: Any = RequestFactory().get("/", asked)
    request.user = user
    return page.get_changelist_instance(request)


def test_no_filter_reaches_beyond_its_list(salon: Salon, desk: Client) -> None:
    """A password's digest could be asked for letter by letter."""
    for model, query in (
        ("appointments_membership", "user__password__startswith"),
        ("appointments_import", "created_by__password__startswith"),
        ("appointments_customer", "company__api_tokens__digest__startswith"),
        ("calls_call", "company__calendar_connection__api_key_encrypted__startswith"),
    ):
        url = reverse(f"admin:{model}_changelist")
        assert desk.get(url, {query: "a"}).status_code == 400, model
    for parameter in ("_to_field", "to_field"):
        answer = desk.get(reverse("admin:appointments_customer_changelist"), {parameter: "name"})
        assert answer.status_code in {302, 400}


class TestMessages:
    """An owner writes the texts, customers' and services' names stand in them."""

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "{name.__class__}",
                "{0}",
                "{name!r}",
                "{name:>9999999}",
                "{service[0]}",
                "{}",
                "{{name}}",
                "{",
            ),
            *("{% debug %}", "{settings}", "{name.__init__.__globals__}", "{link}{secret_key}"),
        ],
    )
    def test_a_template_reaches_the_facts_and_nothing_of_them(self, text: str) -> None:
        with pytest.raises(ValidationError):
            check(text)
        filled = fill(text, {"name": "Jana", "link": "https://x"})
        assert not {"class", "globals", "Jana"} & set(re.findall(r"\w+", filled)) - set(
            re.findall(r"\w+", text)
        ) - {"Jana"}
        assert "<class" not in filled
        assert len(filled) < 100

    def test_a_fact_is_not_read_as_a_template(self) -> None:
        """A customer who calls herself {link} gets no link."""
        assert (
            fill("Hallo {name}", {"name": "{link} %(x)s {0}", "link": "geheim"}) == "Hallo {link} %(x)s {0}"
        )

    def test_no_name_becomes_markup_or_a_header(self, calendar: CalendarSalon) -> None:
        salon = calendar.salon
        booked = calendar.cut("10:00")
        Company.objects.filter(pk=salon.company.pk).update(name="Salon\r\nBcc: evil@evil.example")
        booking.edit(booked, {"attendee_name": PAYLOAD}, now=NOW)
        booked = Appointment.objects.select_related("company", "branch__company", "service", "staff").get(
            pk=booked.pk
        )
        wording = worded(booked, "confirmation", "de", None)
        assert "\n" not in wording.subject
        html = as_html(f'{PAYLOAD}\n\nhttps://x.example/"onclick=alert(1) javascript:alert(1)')
        assert TAG not in html
        assert '"onclick' not in html
        assert 'href="javascript' not in html
        sender = sender_of(Messaging(branch=booked.branch))
        assert "\n" not in sender
        assert "\r" not in sender

    def test_the_owners_preview_shows_it_as_text(self, salon: Salon, desk: Client) -> None:
        row = MessageTemplate.objects.create(
            company=salon.company, kind="reminder", subject=TAG, text=PAYLOAD[:60]
        )
        page = desk.get(reverse("admin:integrations_messagetemplate_change", args=[row.pk])).content.decode()
        assert TAG not in page


def test_nothing_that_is_said_is_anything_but_words(salon: Salon) -> None:
    """Every argument of every function that is kept: name, note, reason."""
    phone = Phone(salon.number)
    asked = {"dienstleistung": "Herrenhaarschnitt", "datum": f"{MONDAY}", "uhrzeit": "10:00"}
    reply = phone.ask("start_booking", **asked, name="Robert'); DROP TABLE calls_call;--", notiz=PAYLOAD)
    assert reply["status"] in {"booked", "needs_name"}
    reply = phone.ask("request_callback", grund=PAYLOAD, telefon="+4930900101", name="{{7*7}} {0.__class__}")
    assert reply["status"] in {"callback_queued", "needs_clarification"}
    assert "49" not in reply["message"]
    assert TAG not in reply["message"]
