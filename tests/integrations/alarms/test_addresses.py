"""What a salon may enter as an address, and what only whoever runs the system."""

import pytest
from django.core.exceptions import ValidationError

from integrations.alarms.addresses import read_address
from integrations.outside import is_public

SLACK = "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
TEAMS = (
    "https://prod-1.westeurope.logic.azure.com:443/workflows/643e69f8/triggers/manual/paths/invoke"
    "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=geheim"
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (" chefin@morgenrot.example ", "chefin@morgenrot.example"),
        (f"slack://{SLACK}/", "Slack"),
        (f"https://hooks.slack.com/services/{SLACK}", "Slack"),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", "Telegram"),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "Discord"),
        (TEAMS, "Power Automate / Workflows (for MSTeams): prod-1.westeurope.logic.azure.com"),
        ("jsons://salon.example/haken/geheim?+X-Key=geheim", "JSON: salon.example"),
        ("ntfys://meldungen", "ntfy"),
        ("mailtos://anna:geheim@post.example?to=chefin@morgenrot.example", "E-Mail: post.example"),
    ],
)
def test_what_a_salon_may_enter(text: str, shown: str) -> None:
    found = read_address(text, may_reach_inside=False)

    assert found.text == text.strip()
    assert found.shown == shown


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "unreadable_address"),
        ("morgen", "unreadable_address"),
        ("chefin@", "unreadable_address"),
        ("unsinn://x/y", "unreadable_address"),
        ("slack://zu/kurz", "unreadable_address"),
        ("jsons://" + "x" * 2000, "unreadable_address"),
        ("xmls://salon.example/", "service_not_allowed"),
        ("syslog://", "service_not_allowed"),
        ("forms://salon.example/", "service_not_allowed"),
        ("json://salon.example/", "not_encrypted"),
        ("jsons://salon.example/?rto=3600", "option_not_allowed"),
        ("jsons://salon.example/?retry=5", "option_not_allowed"),
        ("mailtos://a:b@post.example?pgppub=/etc/passwd", "option_not_allowed"),
        ("jsons://127.0.0.1/", "address_inside"),
        ("jsons://[::1]/", "address_inside"),
        ("jsons://10.1.2.3:8443/", "address_inside"),
        ("jsons://169.254.169.254/latest/meta-data", "address_inside"),
        ("jsons://localhost/", "address_inside"),
        ("jsons://postgres:5432/", "address_inside"),
        ("jsons://drucker.local/", "address_inside"),
        ("ntfys://192.168.1.1/topic", "address_inside"),
        ("mailtos://a:b@post.example?smtp=10.0.0.1&to=c@d.example", "address_inside"),
    ],
)
def test_what_a_salon_may_not_enter(text: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_address(text, may_reach_inside=False)

    assert refused.value.code == code


@pytest.mark.parametrize(
    "text", ["json://10.1.2.3/", "xml://postgres/", "syslog://", "jsons://x.example?rto=9"]
)
def test_whoever_runs_the_system_may_enter_anything_that_can_be_read(text: str) -> None:
    assert read_address(text, may_reach_inside=True).text == text


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.1"),
        *("224.0.0.1", "255.255.255.255", "::1", "fe80::1%eth0", "fc00::1", "ff02::1"),
        *("::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:0:a00:1::"),
        *("localhost", "", "salon.example"),
    ],
)
def test_what_is_not_on_the_internet(host: str) -> None:
    assert not is_public(host)


@pytest.mark.parametrize("host", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_what_is(host: str) -> None:
    assert is_public(host)
