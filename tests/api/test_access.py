"""Who may ask, and for which company."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from appointments.models import ApiToken, Company, Customer
from tests.api.client import Api, problem
from tests.salons import MONDAY, NOW, Salon

pytestmark = pytest.mark.django_db


class TestAKey:
    @pytest.mark.parametrize("scheme", ["Bearer", "Token", "bearer"])
    def test_admits_to_its_company(self, salon: Salon, key: str, scheme: str) -> None:
        api = Api(authorization=f"{scheme} {key}")

        assert [row["name"] for row in api.get("/staff/").json()["results"]] == [
            "Emma Keller",
            "Jonas Brandt",
        ]

    @pytest.mark.parametrize(
        "header",
        ["", "Bearer", "Bearer ", "Bearer nonsense", "Bearer \xe4", "Basic dGVzdDp0ZXN0", "Bearer a b"],
    )
    def test_that_nobody_has_admits_to_nothing(self, salon: Salon, header: str) -> None:
        response = Api(authorization=header).get("/appointments/")

        status, code, _fields = problem(response)
        assert status == 401
        assert code in {"not_authenticated", "authentication_failed"}
        assert response["WWW-Authenticate"] == "Bearer"

    def test_can_be_taken_back(self, api: Api) -> None:
        ApiToken.objects.update(active=False)

        assert problem(api.get("/staff/")) == (401, "authentication_failed", {})

    def test_of_a_closed_company_is_void(self, api: Api) -> None:
        Company.objects.update(active=False)

        assert problem(api.get("/staff/")) == (401, "authentication_failed", {})

    def test_may_name_its_own_company_and_no_other(self, api: Api, other: Salon) -> None:
        assert api.get("/staff/", company="morgenrot").status_code == 200
        for slug in ("abendstern", "nobodys", "\0"):
            status, code, fields = problem(api.get("/staff/", company=slug))
            assert (status, code, list(fields)) == (400, "invalid", ["company"])

    def test_signs_what_it_changes(self, api: Api, salon: Salon) -> None:
        made = api.post("/customers/", {"name": "Frau Sommer"}).json()

        (change,) = Customer.history.filter(id=made["id"])
        assert (change.channel, change.actor) == ("api", "Kasse")

    def test_is_not_in_the_database(self, key: str) -> None:
        assert key not in str(ApiToken.objects.values().get())


class TestTheSessionOfTheAdmin:
    def browser(self, django_user_model: Any, **facts: bool) -> Client:
        user = django_user_model.objects.create_user("emma", **facts)
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        return client

    def test_of_a_superuser_names_the_company(self, salon: Salon, django_user_model: Any) -> None:
        client = self.browser(django_user_model, is_staff=True, is_superuser=True)

        assert client.get("/api/v1/staff/?company=morgenrot").status_code == 200
        assert problem(client.get("/api/v1/staff/")) == (400, "invalid", {"company": ["required"]})
        unknown = client.get("/api/v1/staff/?company=nobodys")
        assert problem(unknown) == (400, "invalid", {"company": ["does_not_exist"]})

    @pytest.mark.parametrize("facts", [{}, {"is_staff": True}, {"is_superuser": True}])
    def test_of_anybody_else_is_not_enough(
        self, salon: Salon, django_user_model: Any, facts: dict[str, bool]
    ) -> None:
        client = self.browser(django_user_model, **facts)

        assert problem(client.get("/api/v1/staff/?company=morgenrot")) == (403, "permission_denied", {})

    def test_changes_nothing_without_the_csrf_token(self, salon: Salon, django_user_model: Any) -> None:
        client = self.browser(django_user_model, is_staff=True, is_superuser=True)
        address, body = "/api/v1/customers/?company=morgenrot", '{"name": "Frau Sommer"}'

        refused = client.post(address, body, content_type="application/json")
        token = client.get("/admin/planner/").cookies["csrftoken"].value
        done = client.post(address, body, content_type="application/json", headers={"x-csrftoken": token})

        assert problem(refused) == (403, "permission_denied", {})
        assert done.status_code == 201
        (change,) = Customer.history.all()
        assert (change.channel, change.actor) == ("staff", "emma")


class TestTheCommand:
    def test_prints_a_key_that_works(self, salon: Salon, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("create_api_token", company="morgenrot", name="Kasse")

        key = capsys.readouterr().out.strip()
        assert Api(key).get("/staff/").status_code == 200
        assert ApiToken.objects.get().name == "Kasse"

    @pytest.mark.parametrize(
        ("slug", "name"), [("nobodys", "Kasse"), ("morgenrot", " "), ("morgenrot", "x" * 101)]
    )
    def test_says_what_is_wrong(
        self, salon: Salon, slug: str, name: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as end:
            call_command("create_api_token", company=slug, name=name)

        assert end.value.code == 2
        assert len(capsys.readouterr().err.splitlines()) == 1

    def test_needs_a_company(self) -> None:
        with pytest.raises(CommandError):
            call_command("create_api_token", name="Kasse")


class TestTheAdmin:
    def test_shows_a_new_key_once_and_never_again(self, salon: Salon, admin_client: Client) -> None:
        page = admin_client.post(
            "/admin/appointments/apitoken/add/",
            {"company": salon.company.pk, "name": "Kasse"},
            follow=True,
        )

        (message,) = [str(each) for each in page.context["messages"] if "tf_" in str(each)]
        key = next(word for word in message.replace(".", " ").split() if word.startswith("tf_"))
        token = ApiToken.objects.get()
        assert Api(key).get("/staff/").status_code == 200
        assert (
            key not in admin_client.get(f"/admin/appointments/apitoken/{token.pk}/change/").content.decode()
        )

    def test_cannot_move_a_key_to_another_company(
        self, salon: Salon, other: Salon, admin_client: Client
    ) -> None:
        token, key = ApiToken.objects.issue(company=salon.company, name="Kasse", now=NOW)

        admin_client.post(
            f"/admin/appointments/apitoken/{token.pk}/change/",
            {"company": other.company.pk, "name": "Andere Kasse", "digest": "0" * 64},
        )

        token.refresh_from_db()
        assert (token.company, token.name, token.active) == (salon.company, "Andere Kasse", False)
        assert problem(Api(key).get("/staff/"))[0] == 401


class TestAnotherCompany:
    """Its rows do not exist: in an address 404, in a body or a filter as an id that nobody has."""

    @pytest.fixture
    def theirs(self, other: Salon) -> dict[str, int]:
        customer = other.company.customers.create(name="Herr Winter", phone="+49301112223")
        booked = other.book(other.cut, other.emma, MONDAY, "10:00")
        return {
            "appointments": booked.pk,
            "customers": customer.pk,
            "services": other.cut.pk,
            "staff": other.emma.pk,
            "branch": other.branch.pk,
        }

    @pytest.mark.parametrize("kind", ["appointments", "customers", "services", "staff"])
    def test_shows_nothing(self, api: Api, theirs: dict[str, int], kind: str) -> None:
        assert problem(api.get(f"/{kind}/{theirs[kind]}/")) == (404, "not_found", {})
        shown = [row["id"] for row in api.get(f"/{kind}/").json()["results"]]
        assert theirs[kind] not in shown

    def test_cannot_be_changed(self, api: Api, theirs: dict[str, int]) -> None:
        for response in (
            api.patch(f"/appointments/{theirs['appointments']}/", {"notes": "x"}),
            api.post(f"/appointments/{theirs['appointments']}/cancel/"),
            api.patch(f"/customers/{theirs['customers']}/", {"name": "x"}),
        ):
            assert problem(response) == (404, "not_found", {})

    @pytest.mark.parametrize("unknown", [None, 10**12])
    def test_cannot_be_referred_to(
        self, api: Api, salon: Salon, theirs: dict[str, int], unknown: int | None
    ) -> None:
        """The same answer for what is theirs and for what is nobody's."""
        mine = {"service": salon.cut.pk, "starts_at": "2025-11-24T10:00:00+01:00"}
        foreign = {
            "service": theirs["services"],
            "staff": theirs["staff"],
            "branch": theirs["branch"],
            "customer": theirs["customers"],
        }
        booked = salon.book(salon.cut, salon.emma, MONDAY, "12:00")
        for name, pk in foreign.items():
            reference = {name: unknown or pk}
            missing = (400, "invalid", {name: ["does_not_exist"]})
            assert problem(api.post("/appointments/", {**mine, **reference})) == missing
            assert problem(api.get("/appointments/", **reference)) == missing
            if name != "branch":
                assert problem(api.patch(f"/appointments/{booked.pk}/", reference)) == missing
            if name != "customer":
                query = {"service": salon.cut.pk, "from": "2025-11-24", "to": "2025-11-24", **reference}
                assert problem(api.get("/availability/", **query)) == missing

    def test_cannot_be_found(self, api: Api, theirs: dict[str, int]) -> None:
        assert api.get("/customers/", search="030 1112223").json()["results"] == []
        assert api.get("/customers/", search="Winter").json()["results"] == []

    def test_may_have_a_customer_with_the_same_number(self, api: Api, theirs: dict[str, int]) -> None:
        made = api.post("/customers/", {"name": "Herr Winter", "phone": "030 1112223"})

        assert made.status_code == 201
        assert made.json()["id"] != theirs["customers"]
