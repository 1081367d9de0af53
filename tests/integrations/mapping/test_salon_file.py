"""The contract's salon and the sandbox made from the same file agree, by every command."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from pytest_django import Settings

from integrations.models import CalendarEventType, CalendarHost
from integrations.sandbox import World, salon_world, serve
from tests.salon_files import CONTRACT, apply
from tests.salons import NOW


@pytest.fixture
def asked(transactional_db: None, settings: Settings) -> Iterator[None]:
    apply(CONTRACT, now=NOW)
    account = salon_world.account_of(CONTRACT.encode(), today=NOW.date())
    with serve(World(account)) as sandbox:
        settings.CALCOM_API_URL, settings.CALCOM_API_KEY = sandbox.url, sandbox.key
        yield


def rows() -> set[tuple[str, str, int, int]]:
    fields = ("staff__name", "service__name", "phase_position", "event_type_id")
    return set(CalendarEventType.objects.values_list(*fields))


@pytest.mark.usefixtures("asked")
def test_e12_what_the_file_says_is_what_is_found_at_cal_com() -> None:
    said = rows()
    CalendarEventType.objects.all().delete()
    CalendarHost.objects.all().delete()
    with pytest.raises(SystemExit):  # Jonas has no calendar in the file
        call_command("map_calendar_hosts", "--apply", "--accept-names")
    assert rows() == said


@pytest.mark.usefixtures("asked")
def test_nothing_is_wrong_with_what_the_file_maps(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("check_calendar_mapping")
    found = {line.split()[2] for line in capsys.readouterr().out.splitlines()}
    assert found == {"no_host", "no_event_type"}
