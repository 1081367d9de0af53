"""Stored keys change their own key while everything goes on."""

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from appointments import encryption
from appointments.access import second_step
from appointments.encryption import SecretUnreadable
from appointments.models import Company, PhoneDevice
from integrations.models import AlarmChannel, CalendarConnection
from tests.admin.test_second_step import CODE, PAGE, is_in, password_given, shown_by_phone, switched_on

NEW = "a new key of forty random characters or so"


def rotate(*arguments: str) -> tuple[int, str]:
    said = StringIO()
    try:
        call_command("rotate_keys", *arguments, stdout=said, stderr=said)
    except SystemExit as end:
        return int(end.code or 0), said.getvalue()
    return 0, said.getvalue()


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_superuser("owner", password="x")


@pytest.fixture
def stored(db: None, owner: User) -> CalendarConnection:
    company = Company.objects.create(name="Morgenrot", slug="morgenrot")
    connection = CalendarConnection(company=company)
    connection.api_key, connection.webhook_secret = "cal_of_the_salon", "whsec"
    connection.save()
    channel = AlarmChannel(name="Slack", shown="slack")
    channel.address = "slack://token"
    channel.save()
    return connection


def test_the_former_key_can_be_taken_away_after_a_rotation(stored: CalendarConnection, settings: Any) -> None:
    """With a key of its own, and SECRET_KEY changed later."""
    former = settings.SECRET_KEY
    assert rotate("--check")[0] == 0
    settings.ENCRYPTION_KEYS = [NEW]
    status, said = rotate("--check")
    assert (status, "unter einem früheren 1" in said) == (1, True)
    assert CalendarConnection.objects.get().api_key == "cal_of_the_salon", "readable meanwhile"

    assert rotate()[0] == 0

    assert rotate("--check")[0] == 0
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 8, []
    assert former != settings.SECRET_KEY
    fresh = CalendarConnection.objects.get()
    assert (fresh.api_key, fresh.webhook_secret) == ("cal_of_the_salon", "whsec")
    assert AlarmChannel.objects.get().address == "slack://token"
    settings.ENCRYPTION_KEYS = []
    status, said = rotate()
    assert (status, "lässt sich nicht entschlüsseln" in said) == (1, True)
    with pytest.raises(SecretUnreadable):
        _ = CalendarConnection.objects.get().api_key


def test_what_somebody_enters_meanwhile_is_not_overwritten(stored: CalendarConnection, settings: Any) -> None:
    (column,) = [each for each in encryption.columns() if each.name == "api_key_encrypted"]
    ((pk, old),) = column.stored()
    settings.ENCRYPTION_KEYS = [NEW]
    stored.api_key = "cal_entered_now"
    stored.save()
    assert column.replace(pk, old, encryption.encrypt("cal_of_the_salon")) is False
    assert CalendarConnection.objects.get().api_key == "cal_entered_now"


def test_a_large_table_is_gone_through_in_batches(
    stored: CalendarConnection, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encryption, "BATCH", 2)
    for number in range(5):
        one = AlarmChannel(name=f"{number}", shown="x")
        one.address = f"slack://{number}"
        one.save()
    settings.ENCRYPTION_KEYS = [NEW]
    assert "AlarmChannel.address_encrypted: neu verschlüsselt 6" in rotate()[1]


class TestTheSecondStep:
    def test_the_phones_secret_stands_nowhere_in_clear(self, owner: User) -> None:
        switched_on(owner)
        device = PhoneDevice.objects.get()
        assert TOTPDevice.objects.get().key == ""
        assert device.bin_key.hex() not in device.secret_encrypted
        client = password_given(owner)
        client.post(CODE, {"code": "000000"})

    def test_rotated_it_still_opens(self, owner: User, settings: Any) -> None:
        codes = switched_on(owner)
        former = settings.SECRET_KEY
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [former]
        client = password_given(owner)
        assert client.post(CODE, {"code": codes[0]}).status_code == 302, (
            "codes on paper are of the former key"
        )
        assert is_in(client)
        assert rotate()[0] == 0
        settings.SECRET_KEY_FALLBACKS = []
        assert PhoneDevice.objects.get().bin_key

    def test_a_lost_key_is_a_sentence(self, owner: User, settings: Any) -> None:
        codes = switched_on(owner)
        shown = shown_by_phone(owner)
        PhoneDevice.objects.update(secret_encrypted="of a key that is lost")
        client = password_given(owner)
        answer = client.post(CODE, {"code": shown})
        assert (answer.status_code, "lässt sich nicht mehr lesen" in answer.content.decode()) == (200, True)
        assert client.post(CODE, {"code": codes[0]}).status_code == 302, "paper is no cipher"
        answer = client.post(PAGE, {"action": "off", "code": shown})
        assert (answer.status_code, "lässt sich nicht mehr lesen" in answer.content.decode()) == (200, True)

    def test_one_that_was_begun_under_a_lost_key_is_begun_anew(self, owner: User) -> None:
        second_step.begin(owner)
        PhoneDevice.objects.update(secret_encrypted="of a key that is lost")
        client = Client()
        client.force_login(owner)
        assert client.get(PAGE).status_code == 200
        assert second_step.confirm(owner, shown_by_phone(owner))
