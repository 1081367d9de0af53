"""Every address there is, asked by another company and by each role (I8, I3, J19).

The list comes from the resolver: an address that nobody has entered in ``addresses.py`` fails here, and so it is
decided for each new one whose it is and who may open it.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from appointments.access import Role
from appointments.models import ApiToken, Company, Customer, Import, Membership, Service, Staff
from tests.admin.test_role_matrix import MATRIX, ROLES, full_company
from tests.admin.test_scoping import OURS, member
from tests.calls.rows import changed, everything, owners
from tests.integrations.calendar import CalendarSalon
from tests.salons import NOW, Salon, make_salon
from tests.security.addresses import (
    API,
    ELSEWHERE,
    OPEN,
    PAGES,
    Page,
    Rows,
    every_address,
    model_of,
    standard,
)

# Of which only a part is searched for: pages repeat what was typed.
TYPED, SECRET = "Unsichtbar", "Unsichtbarin"


def test_of_every_address_it_is_known_whose_it_is() -> None:
    unknown = [
        route
        for route, _name in every_address()
        if not standard(route)
        and route not in {*PAGES, *ELSEWHERE, *API}
        and not route.startswith(tuple(OPEN))
    ]
    assert unknown == []


def test_nothing_is_known_of_addresses_that_are_gone() -> None:
    known = {route for route, _name in every_address()}
    assert {*PAGES, *ELSEWHERE, *API} - known == set()


@pytest.fixture
def victim(calendar: CalendarSalon) -> Salon:
    """A company with a row on every page, all of whose names are secret."""
    full_company(calendar)
    salon = calendar.salon
    for model in (Customer, Staff, Service):
        for row in model._default_manager.filter(company=salon.company):
            model._default_manager.filter(pk=row.pk).update(name=f"{SECRET} {row.pk}")
    Import.objects.filter(company=salon.company).update(file_name=f"{SECRET}.csv")
    Company.objects.filter(pk=salon.company.pk).update(name=SECRET)
    return salon


def body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")


class Stranger:
    """The owner of another company, who knows all the ids."""

    def __init__(self, victim: Salon) -> None:
        self.rows = Rows.of(victim.company)
        other = make_salon(slug="anderswo")
        self.desk = member(other, Role.OWNER)
        self.desk.raise_request_exception = False
        self.key = ApiToken.objects.issue(company=other.company, name="Kasse", now=NOW)[1]
        self.told: list[str] = []

    def asks(self, method: str, address: str, **facts: Any) -> None:
        response = getattr(self.desk, method)(address, **facts)
        if response.status_code >= 500 or SECRET in body_of(response):
            self.told.append(f"{method} {address}: {response.status_code}")

    def posts(self, address: str, sends: Any, *, as_json: bool = False) -> None:
        data = self.rows.put_into(dict(sends))
        facts = {"data": json.dumps(data), "content_type": "application/json"} if as_json else {"data": data}
        self.asks("post", address, **facts)


def test_no_page_of_the_admin_gives_anything_to_another_company(victim: Salon) -> None:
    stranger = Stranger(victim)
    before = everything()

    for route, _name in every_address():
        match = standard(route)
        if match:
            _standard(stranger, route, match)
        elif route in PAGES:
            page = PAGES[route]
            address = stranger.rows.address(route, page.of)
            query = stranger.rows.put_into(page.asks)
            stranger.asks("get", f"{address}?{query}")
            if page.sends is not None:
                stranger.posts(f"{address}?{query}", page.sends, as_json=page.json)

    assert stranger.told == []
    theirs = [row for row in changed(before) if row in before and victim.company.pk in owners(row, before)]
    assert theirs == []


def _standard(stranger: Stranger, route: str, match: Any) -> None:
    """List with search, filters and actions; page, history, deletion, file."""
    model, page = model_of(match), site._registry[model_of(match)]
    address = stranger.rows.address(route, model._meta.label_lower)
    if match["page"] != "":
        stranger.asks("get", address)
    if match["page"].endswith(("change/", "delete/")):
        stranger.posts(address, {"post": "yes", "name": "gelesen", "_save": "1"})
    if match["page"] == "":
        other = f"company__id__exact={stranger.rows.ids['appointments.company']}"
        stranger.asks("get", f"{address}?{f'q={TYPED}' if page.search_fields else other}")
        for action in page.actions or ():
            name = action if isinstance(action, str) else action.__name__
            chosen = {"action": name, "_selected_action": f"{{{model._meta.label_lower}}}", "index": "0"}
            stranger.posts(address, {**chosen, "post": "yes"})


def test_no_address_of_the_api_does_either(victim: Salon) -> None:
    stranger = Stranger(victim)
    before = everything()
    stranger.desk = Client(headers={"authorization": f"Bearer {stranger.key}"}, raise_request_exception=False)

    for route, asked in API.items():
        address = stranger.rows.address(route, asked.get("of", ""))
        if "get" in asked:
            stranger.asks("get", f"{address}?{stranger.rows.put_into(asked['get'])}")
        for method in ("post", "patch"):
            if method in asked:
                data = json.dumps(stranger.rows.put_into(asked[method]))
                stranger.asks(method, address, data=data, content_type="application/json")

    assert stranger.told == []
    theirs = [row for row in changed(before) if row in before and victim.company.pk in owners(row, before)]
    assert theirs == []


def test_the_owner_of_the_rows_is_told_all_that(victim: Salon) -> None:
    """The control: the same requests by somebody of the company lead somewhere."""
    rows = Rows.of(victim.company)
    assert [label for label, pk in rows.ids.items() if pk is None and label in MATRIX] == ["calls.callevent"]
    owner = member(victim, Role.OWNER)
    for name in ("customer", "import", "service", "staff"):
        page = owner.get(reverse(f"admin:appointments_{name}_changelist"))
        assert SECRET in body_of(page), name


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_is_for_it(role: Role, victim: Salon) -> None:
    """Pages of our own. Those of the models: ``tests/admin/test_role_matrix.py``."""
    rows = Rows.of(victim.company)
    desk = _login(victim, role)
    desk.raise_request_exception = False
    wrong = {}
    for route, page in PAGES.items():
        status = _status(desk, rows, route, page)
        is_open = status not in {403, 404} or route.startswith("admin/r/")
        if is_open != (role[0] in page.may) or status >= 500:
            wrong[route] = status
    assert wrong == {}


def _login(salon: Salon, role: Role) -> Client:
    """Beside those who are there already."""
    own = {"staff": salon.emma} if role == Role.STYLIST else {}
    user = User.objects.create_user("somebody", is_staff=True)
    Membership.objects.create(user=user, company=salon.company, role=role, **own)
    desk = Client()
    desk.force_login(user)
    return desk


def _status(desk: Client, rows: Rows, route: str, page: Page) -> int:
    address = f"{rows.address(route, page.of)}?{rows.put_into(page.asks)}"
    if page.sends is None:
        return desk.get(address).status_code
    data = rows.put_into(dict(page.sends))
    if page.json:
        return desk.post(address, json.dumps(data), content_type="application/json").status_code
    return desk.post(address, data).status_code


def test_pages_of_the_operator_are_nobody_elses(salon: Salon) -> None:
    """Logins, groups, the queue."""
    operators = [model for model in site._registry if model._meta.app_label not in OURS]
    assert len(operators) == 6
    User.objects.create_user("kunde")
    for role in ROLES:
        desk = member(salon, role, staff=salon.emma)
        for model in operators:
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            assert desk.get(reverse(f"{name}_changelist")).status_code == 403
            assert desk.get(reverse(f"{name}_change", args=[1])).status_code in {302, 403}


def test_whoever_is_not_logged_in_sees_nothing(salon: Salon) -> None:
    rows = Rows.of(salon.company)
    for address in _addresses_of_the_admin(rows):
        for method in ("get", "post"):
            response = getattr(Client(), method)(address)
            assert (address, response.status_code in {302, 403, 404, 405}) == (address, True)
            if response.status_code == 302:
                assert response["Location"].startswith("/admin/login/"), address


def _addresses_of_the_admin(rows: Rows) -> Iterator[str]:
    for route, _name in every_address():
        match = standard(route)
        if match and match["page"] in {"", "add/", "<path:object_id>/change/"}:
            yield rows.address(route, f"{match['app']}.{match['model']}")
        elif route in PAGES:
            yield rows.address(route, PAGES[route].of)
