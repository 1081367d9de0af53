"""The mapping in the admin: what is shown, what is found, what is refused on saving (E1, E5, E6, F14)."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from integrations.models import CalendarEventType, CalendarHost
from integrations.sandbox import EventType, Sandbox, World
from tests.admin.pages import errors
from tests.integrations.mapping.conftest import OWN
from tests.integrations.mapping.salon import EMMA_ID, JONAS_ID, TEAM_ID, give_host, map_emma
from tests.salons import Salon, make_salon

CHECK = reverse("admin:integrations_calendareventtype_check_mapping")
FIND = reverse("admin:integrations_calendarhost_find")
ADD = reverse("admin:integrations_calendareventtype_add")


@pytest.fixture
def desk(salon: Salon) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("desk", password="desk"))
    return client


def somebody_with(*permissions: str) -> Client:
    user = User.objects.create_user("somebody", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def test_both_pages_are_found_from_their_lists(desk: Client) -> None:
    for page, model in ((CHECK, "calendareventtype"), (FIND, "calendarhost")):
        changelist = desk.get(reverse(f"admin:integrations_{model}_changelist")).content.decode()
        assert f'href="{page}"' in changelist


class TestCheckPage:
    def test_shows_each_stylist_and_service(self, desk: Client, salon: Salon) -> None:
        map_emma(salon)
        CalendarEventType.objects.filter(event_type_id=3003).delete()
        page = desk.get(CHECK)
        overview = page.context["overview"]
        cells = {service.name: [cell.findings for cell in cells] for service, cells in overview.lines}
        assert cells == {"Dauerwelle": [1], "Herrenhaarschnitt": [0]}
        assert (overview.complete, overview.offered) == (1, 2)
        assert "Fixierung auftragen" in page.content.decode()

    def test_a_stylist_without_calendar_is_complete_nowhere(self, desk: Client, salon: Salon) -> None:
        map_emma(salon)
        CalendarHost.objects.all().delete()
        assert desk.get(CHECK).context["overview"].complete == 0

    def test_a_look_at_the_page_asks_nobody(self, desk: Client, sandbox: Sandbox) -> None:
        desk.get(CHECK)
        assert sandbox.operations() == []

    def test_asked_on_request(self, desk: Client, salon: Salon, sandbox: Sandbox, world: World) -> None:
        map_emma(salon)
        world.account.event_types.pop(3001)
        page = desk.post(CHECK)
        assert [finding.code for finding in page.context["overview"].findings] == ["unknown"]
        assert CalendarEventType.objects.filter(checked_at__isnull=False).count() == 3

    def test_of_the_company_that_was_chosen(self, desk: Client) -> None:
        other = make_salon("abendrot", calendar="mirror")
        page = desk.get(CHECK, {"company": "abendrot"})
        assert page.context["company"] == other.company
        assert "Morgenrot" in page.content.decode()
        assert desk.get(CHECK, {"company": "unknown"}).status_code == 404

    def test_without_any_calendar(self, desk: Client, salon: Salon) -> None:
        salon.branch.calendar = "off"
        salon.branch.save()
        assert desk.get(CHECK).status_code == 200
        assert desk.get(FIND).status_code == 200

    def test_the_number_of_queries_does_not_grow(
        self, desk: Client, salon: Salon, django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(22) as few:
            desk.get(CHECK)
        for number in range(3):
            salon.emma.pk, salon.emma.name = None, f"Aushilfe {number}"
            salon.emma._state.adding = True
            salon.emma.save()
        with django_assert_max_num_queries(len(few)):
            desk.get(CHECK)

    def test_only_who_may_see_event_types(self, salon: Salon, sandbox: Sandbox) -> None:
        viewer = somebody_with("view_calendareventtype")
        assert viewer.get(CHECK).status_code == 200
        assert viewer.post(CHECK).status_code == 403
        User.objects.all().delete()
        assert somebody_with("view_appointment").get(CHECK).status_code == 403
        assert sandbox.operations() == []


class TestFindPage:
    def test_proposes_and_stores_nothing(self, desk: Client, sandbox: Sandbox) -> None:
        page = desk.get(FIND).content.decode()
        assert "Emma@Morgenrot.example" in page
        assert "Dauerwelle: Haare wickeln" in page
        assert not CalendarHost.objects.exists()

    def test_what_is_certain_is_selected(self, desk: Client, salon: Salon, sandbox: Sandbox) -> None:
        finder = desk.get(FIND).context["finder"]
        assert [(match.person.name, ticket, certain) for match, ticket, certain in finder.hosts] == [
            ("Emma Keller", f"{salon.emma.pk}:{EMMA_ID}", True),
            ("Jonas Brandt", f"{salon.jonas.pk}:{JONAS_ID}", False),
        ]

    def test_stores_what_was_selected(self, desk: Client, salon: Salon, sandbox: Sandbox) -> None:
        chosen = {
            "host": [f"{salon.emma.pk}:{EMMA_ID}"],
            "event_type": [f"{salon.emma.pk}:{salon.cut.pk}:1:3001"],
        }
        page = desk.post(FIND, chosen, follow=True)
        assert dict(CalendarHost.objects.values_list("staff__name", "calcom_user_id")) == {
            "Emma Keller": EMMA_ID
        }
        assert list(CalendarEventType.objects.values_list("event_type_id", flat=True)) == [3001]
        assert page.redirect_chain

    def test_stores_nothing_that_cal_com_does_not_say(
        self, desk: Client, salon: Salon, sandbox: Sandbox
    ) -> None:
        """A page grown old, or a request made up."""
        desk.post(FIND, {"host": [f"{salon.emma.pk}:{JONAS_ID}", f"{salon.jonas.pk}:999", "x", ""]})
        assert not CalendarHost.objects.exists()

    def test_an_event_type_without_its_calendar_is_not_stored(
        self, desk: Client, salon: Salon, sandbox: Sandbox
    ) -> None:
        desk.post(FIND, {"event_type": [f"{salon.emma.pk}:{salon.cut.pk}:1:3001"]})
        assert not CalendarEventType.objects.exists()

    def test_no_answer_is_said(self, desk: Client, sandbox: Sandbox) -> None:
        sandbox.faults.add("error_before", times=None)
        assert desk.get(FIND).context["finder"].problem
        assert desk.post(FIND, {"host": ["1:101"]}).context["finder"].problem

    def test_no_key_is_said(self, desk: Client) -> None:
        assert desk.get(FIND).context["finder"].problem

    def test_only_who_may_add_both(self, salon: Salon, sandbox: Sandbox) -> None:
        some = somebody_with("view_calendarhost", "add_calendarhost")
        assert (some.get(FIND).status_code, some.post(FIND).status_code) == (403, 403)
        assert sandbox.operations() == []


class TestForm:
    """Validated against Cal.com before anything is stored: the old system's 34 poisoned rows."""

    def save(self, desk: Client, salon: Salon, **typed: Any) -> Any:
        form = {
            "company": salon.company.pk,
            "staff": salon.emma.pk,
            "service": salon.cut.pk,
            "phase_position": "1",
            "event_type_id": "3001",
        }
        return desk.post(ADD, {**form, **typed}, follow=True)

    def test_what_fits_is_saved_with_what_cal_com_says(
        self, desk: Client, salon: Salon, sandbox: Sandbox
    ) -> None:
        give_host(salon)
        page = self.save(desk, salon)
        row = CalendarEventType.objects.get()
        assert (row.length_minutes, row.slot_interval, row.checked_at is None) == (55, 5, False)
        assert [message.level_tag for message in page.context["messages"]] == ["success"]

    def test_e6_a_managed_parent_is_refused(
        self, desk: Client, salon: Salon, sandbox: Sandbox, world: World
    ) -> None:
        give_host(salon)
        managed = {"scheduling": "managed", "team_id": TEAM_ID}
        world.account.event_types[3001] = EventType(3001, (EMMA_ID,), 55, "Schnitt", **managed, **OWN)  # type: ignore[arg-type]
        (refusal,) = errors(self.save(desk, salon))
        assert "3001" in refusal
        assert "Emma Keller" in refusal
        assert not CalendarEventType.objects.exists()

    def test_f14_an_unknown_one_is_refused(self, desk: Client, salon: Salon, sandbox: Sandbox) -> None:
        give_host(salon)
        assert len(errors(self.save(desk, salon, event_type_id="9999"))) == 1
        assert not CalendarEventType.objects.exists()

    def test_f14_somebody_else_s_is_refused(
        self, desk: Client, salon: Salon, sandbox: Sandbox, world: World
    ) -> None:
        give_host(salon)
        world.account.event_types[3001] = EventType(3001, (JONAS_ID,), 55, "Schnitt", **OWN)
        assert len(errors(self.save(desk, salon))) == 1
        assert not CalendarEventType.objects.exists()

    def test_what_does_not_quite_fit_is_saved_with_a_warning(
        self, desk: Client, salon: Salon, sandbox: Sandbox, world: World
    ) -> None:
        give_host(salon)
        world.account.event_types[3001] = EventType(3001, (EMMA_ID,), 55, "Schnitt", interval=5, notice=120)
        page = self.save(desk, salon)
        assert [message.level_tag for message in page.context["messages"]] == ["warning", "success"]
        assert CalendarEventType.objects.exists()

    def test_without_an_answer_it_is_saved_with_a_warning(
        self, desk: Client, salon: Salon, sandbox: Sandbox
    ) -> None:
        give_host(salon)
        sandbox.faults.add("error_before", times=None)
        page = self.save(desk, salon)
        assert [message.level_tag for message in page.context["messages"]] == ["warning", "success"]
        assert CalendarEventType.objects.get().checked_at is None

    def test_what_was_said_of_another_event_type_is_forgotten(
        self, desk: Client, salon: Salon, sandbox: Sandbox
    ) -> None:
        give_host(salon)
        self.save(desk, salon)
        sandbox.faults.add("error_before", times=None)
        row = CalendarEventType.objects.get()
        url = reverse("admin:integrations_calendareventtype_change", args=[row.pk])
        form = {
            "company": salon.company.pk,
            "staff": salon.emma.pk,
            "service": salon.cut.pk,
            "phase_position": "1",
            "event_type_id": "3009",
        }
        desk.post(url, form)
        row.refresh_from_db()
        assert (row.event_type_id, row.length_minutes, row.checked_at) == (3009, None, None)

    def test_without_a_calendar_nobody_s_can_be_told_from_somebody_s(
        self, desk: Client, salon: Salon, sandbox: Sandbox
    ) -> None:
        page = self.save(desk, salon)
        assert "Emma Keller" in str(next(iter(page.context["messages"])))
        assert CalendarEventType.objects.exists()

    def test_e12_a_phase_with_which_no_part_begins_is_refused(
        self, desk: Client, salon: Salon, sandbox: Sandbox
    ) -> None:
        (refusal,) = errors(self.save(desk, salon, service=salon.perm.pk, phase_position="2"))
        assert "1, 3, 5" in refusal

    def test_f14_a_service_of_another_company_is_refused(
        self, desk: Client, salon: Salon, sandbox: Sandbox
    ) -> None:
        other = make_salon("abendrot", calendar="mirror")
        give_host(salon)
        assert errors(self.save(desk, salon, service=other.cut.pk))
        assert not CalendarEventType.objects.exists()

    @pytest.mark.parametrize(
        "typed",
        [
            {"event_type_id": ""},
            {"event_type_id": "x"},
            {"event_type_id": "-1"},
            {"event_type_id": "9" * 30},
            {"staff": ""},
            {"staff": "999999"},
        ],
    )
    def test_nonsense_is_a_form_error(
        self, desk: Client, salon: Salon, sandbox: Sandbox, typed: dict[str, str]
    ) -> None:
        assert errors(self.save(desk, salon, **typed))
        assert sandbox.operations() == []

    def test_who_may_not_save_makes_nobody_ask(self, salon: Salon, sandbox: Sandbox) -> None:
        assert self.save(somebody_with("view_calendareventtype"), salon).status_code == 403
        assert sandbox.operations() == []
