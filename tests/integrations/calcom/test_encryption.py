"""Keys of others at rest."""

import pytest
from django.db import connection as database
from pytest_django.fixtures import Settings

from appointments.models import Company
from integrations.calcom.keys import api_key_of, digest_of, webhook_secret_of
from integrations.encryption import SecretUnreadable, decrypt, encrypt
from integrations.models import CalendarConnection
from tests.integrations.calcom.conftest import KEY

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return Company.objects.create(name="Salon Morgenrot", slug="morgenrot")


@pytest.fixture
def stored(company: Company) -> CalendarConnection:
    return CalendarConnection.objects.create(company=company, api_key=KEY, webhook_secret="pssst")


def test_what_is_stored_is_not_what_is_read(stored: CalendarConnection) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT row_to_json(one)::text FROM integrations_calendarconnection one")
        row = cursor.fetchone()[0]
    assert KEY not in row
    assert "pssst" not in row
    read = CalendarConnection.objects.get()
    assert (read.api_key, read.webhook_secret) == (KEY, "pssst")
    assert KEY not in f"{read!r} {read}"


def test_the_companys_own_key_wins_over_the_environments(
    company: Company, stored: CalendarConnection, settings: Settings
) -> None:
    settings.CALCOM_API_KEY, settings.CALCOM_WEBHOOK_SECRET = "cal_shared", "shared"
    assert (api_key_of(company), webhook_secret_of(company)) == (KEY, "pssst")
    stored.api_key = stored.webhook_secret = ""
    stored.save()
    assert (api_key_of(company), webhook_secret_of(company)) == ("cal_shared", "shared")
    stored.delete()
    assert (api_key_of(company), webhook_secret_of(company)) == ("cal_shared", "shared")
    settings.CALCOM_API_KEY = settings.CALCOM_WEBHOOK_SECRET = ""
    assert (api_key_of(company), webhook_secret_of(company)) == ("", "")


def test_another_companys_key_is_nobody_elses(stored: CalendarConnection, settings: Settings) -> None:
    settings.CALCOM_API_KEY = ""
    other = Company.objects.create(name="Abendrot", slug="abendrot")
    assert api_key_of(other) == ""


def test_a_former_secret_key_still_reads_and_a_forgotten_one_does_not(
    company: Company, stored: CalendarConnection, settings: Settings
) -> None:
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new one" * 5, [former]
    assert api_key_of(company) == KEY

    stored.api_key = KEY  # entered again: under the new one
    stored.save()
    settings.SECRET_KEY_FALLBACKS = []
    assert api_key_of(company) == KEY
    with pytest.raises(SecretUnreadable):
        webhook_secret_of(company)


def test_a_key_that_cannot_be_read_is_not_replaced_by_somebody_elses(
    company: Company, stored: CalendarConnection, settings: Settings
) -> None:
    settings.CALCOM_API_KEY, settings.SECRET_KEY = "cal_shared", "the new one" * 5
    with pytest.raises(SecretUnreadable):
        api_key_of(company)


@pytest.mark.parametrize("broken", ["x", "gAAAAA", "ümlaut", "one altered"])
def test_a_tampered_value_gives_one_clear_error(broken: str) -> None:
    if broken == "one altered":
        broken = encrypt("secret")[:-6] + "AAAAA="
    with pytest.raises(SecretUnreadable) as caught:
        decrypt(broken)
    assert caught.value.__cause__ is None
    assert broken not in str(caught.value)


def test_the_same_secret_is_stored_differently_each_time_and_nothing_stays_nothing() -> None:
    assert encrypt("secret") != encrypt("secret")
    assert (encrypt(""), decrypt("")) == ("", "")


def test_a_digest_names_a_key_without_saying_it() -> None:
    assert digest_of(KEY) == digest_of(KEY) != digest_of(f"{KEY}2")
    assert len(digest_of(KEY)) == 64
