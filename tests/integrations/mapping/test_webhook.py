"""The webhook at Cal.com: made once, corrected, checked."""

import pytest
from django.core.management import call_command
from pytest_django import Settings

from integrations.mapping.webhook import TRIGGERS
from integrations.models import CalendarConnection
from integrations.sandbox import Sandbox, World
from integrations.sandbox.records import Webhook
from tests.salons import Salon

SITE = "https://salon.example"
URL = f"{SITE}/calcom/webhook/morgenrot/"


def run(*arguments: str, url: str = SITE, company: str = "morgenrot") -> int:
    try:
        call_command("setup_calendar_webhook", "--company", company, "--url", url, *arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def there(world: World) -> list[Webhook]:
    return list(world.store.webhooks.values())


@pytest.mark.usefixtures("sandbox", "salon")
class TestSetUp:
    def test_creates_it_with_a_new_secret(self, world: World) -> None:
        assert run() == 0
        (webhook,) = there(world)
        connection = CalendarConnection.objects.get()
        assert (webhook.url, webhook.active, webhook.triggers) == (URL, True, TRIGGERS)
        assert webhook.secret == connection.webhook_secret
        assert len(connection.webhook_secret) >= 32
        assert connection.webhook_secret not in connection.webhook_secret_encrypted
        assert connection.webhook_id == webhook.id

    def test_twice_is_once(self, world: World) -> None:
        run()
        first = there(world)
        assert run() == 0
        assert there(world) == first

    def test_takes_the_environment_s_secret(self, world: World, settings: Settings) -> None:
        settings.CALCOM_WEBHOOK_SECRET = "known already"
        run()
        assert there(world)[0].secret == "known already"
        assert not CalendarConnection.objects.get().webhook_secret_encrypted

    def test_the_company_s_own_secret_wins(self, salon: Salon, world: World, settings: Settings) -> None:
        settings.CALCOM_WEBHOOK_SECRET = "known already"
        connection = CalendarConnection(company=salon.company)
        connection.webhook_secret = "the salon's own"
        connection.save()
        run()
        assert there(world)[0].secret == "the salon's own"

    def test_corrects_what_somebody_changed_and_removes_a_second(self, world: World) -> None:
        for number in ("a", "b"):
            world.store.put(Webhook(number, URL, ("MEETING_ENDED",), active=False, secret="old"))
        assert run() == 0
        (webhook,) = there(world)
        assert (webhook.active, webhook.triggers) == (True, TRIGGERS)

    def test_leaves_other_people_s_alone(self, world: World) -> None:
        other = Webhook("other", "https://crm.example/hook", ("MEETING_ENDED",))
        world.store.put(other)
        run()
        assert other in there(world)

    def test_no_answer(self, sandbox: Sandbox, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        sandbox.faults.add("error_before", "webhooks", times=None)
        assert run() == 1
        assert there(world) == []
        assert capsys.readouterr().err

    def test_the_secret_is_never_printed(self, capsys: pytest.CaptureFixture[str]) -> None:
        run()
        said = capsys.readouterr()
        assert CalendarConnection.objects.get().webhook_secret not in said.out + said.err


@pytest.mark.usefixtures("sandbox", "salon")
class TestCheck:
    def test_missing(self, world: World) -> None:
        assert run("--check") == 1
        assert there(world) == []

    def test_as_it_should_be(self) -> None:
        run()
        assert run("--check") == 0

    @pytest.mark.parametrize(
        "wrong",
        [
            [Webhook("a", URL, TRIGGERS, active=False)],
            [Webhook("a", URL, TRIGGERS[1:])],
            [Webhook("a", URL, TRIGGERS), Webhook("b", URL, TRIGGERS)],
        ],
        ids=["inactive", "an event missing", "twice"],
    )
    def test_not_as_it_should_be(self, world: World, wrong: list[Webhook]) -> None:
        for webhook in wrong:
            world.store.put(webhook)
        assert run("--check") == 1
        assert there(world) == wrong


@pytest.mark.usefixtures("sandbox", "salon")
class TestInput:
    @pytest.mark.parametrize(
        "url",
        [
            "http://salon.example",
            "salon.example",
            "https://",
            "https://[",
            f"{SITE}/calcom/webhook/abendrot/",
            f"{URL}?secret=1",
        ],
    )
    def test_an_address_that_cannot_be_ours(self, world: World, url: str) -> None:
        assert run(url=url) == 2
        assert there(world) == []

    def test_a_proxy_may_put_a_path_before_it(self, world: World) -> None:
        assert run(url=f"{SITE}/back-office/calcom/webhook/morgenrot/") == 0

    def test_the_demo_has_no_https(self, world: World) -> None:
        assert run(url="http://127.0.0.1:8000/") == 0
        assert there(world)[0].url == "http://127.0.0.1:8000/calcom/webhook/morgenrot/"

    def test_an_unknown_company(self) -> None:
        assert run(company="abendrot") == 2


def test_without_a_key(salon: Salon) -> None:
    assert run() == 1
