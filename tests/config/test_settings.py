"""The settings file, read in a process of its own as a person would start it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {"SECRET_KEY": "s" * 50, "RETELL_API_KEYS": "key-of-retell-0123", "ENV_FILE": "none"}


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` with these variables and nothing else of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def read(setting: str, **variables: str) -> str:
    """One setting as it is printed."""
    code = f"from config import settings; print(repr(settings.{setting}))"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return result.stdout.strip()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set. Set it to"),
        ({"RETELL_API_KEYS": ""}, "RETELL_API_KEYS is not set. Set it to"),
        ({"RETELL_API_KEYS": " , ,"}, "RETELL_API_KEYS is not set. Set it to"),
        ({"HOLD_SECONDS": "soon"}, "HOLD_SECONDS must be a whole number from 1 to 3600, not: soon"),
        ({"HOLD_SECONDS": "0"}, "HOLD_SECONDS must be a whole number from 1 to 3600, not: 0"),
        ({"HTTPS": "perhaps"}, "HTTPS is neither true nor false: perhaps"),
    ],
)
def test_unusable_settings_refuse_to_start_with_one_sentence(
    variables: dict[str, str], expected: str
) -> None:
    result = manage("check", **{**GOOD, **variables})

    assert result.returncode == 2
    assert result.stderr.startswith(expected)
    assert result.stderr.count("\n") == 1


def test_production_settings_pass_the_deployment_check() -> None:
    result = manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        **{**GOOD, "SECRET_KEY": "s3cR3t-" * 9},
        ALLOWED_HOSTS="a.example",
    )

    assert result.returncode == 0, result.stderr


def test_a_hold_lasts_as_long_as_it_says_even_if_renewals_would_end_before() -> None:
    assert read("HOLD_MAX_SECONDS", **GOOD, HOLD_SECONDS="90", HOLD_MAX_SECONDS="60") == "90"


def test_a_site_that_others_can_reach_is_served_by_https_unless_somebody_says_otherwise() -> None:
    assert read("HTTPS", **GOOD, ALLOWED_HOSTS="salon.example") == "True"
    assert read("HTTPS", **GOOD, ALLOWED_HOSTS="salon.example", HTTPS="false") == "False"
    assert read("HTTPS", **GOOD, ALLOWED_HOSTS="localhost,127.0.0.1") == "False"


def test_another_database_than_postgresql_is_an_error() -> None:
    result = manage("check", **GOOD, DATABASE_URL="sqlite:///:memory:")

    assert result.returncode == 1
    assert "config.E001" in result.stderr


def test_empty_entries_of_the_keys_are_dropped() -> None:
    keys = read("RETELL_API_KEYS", **{**GOOD, "RETELL_API_KEYS": "first-key,, ,second-key,"})

    assert keys == "['first-key', 'second-key']"


def test_debug_starts_without_keys_and_accepts_none() -> None:
    assert read("RETELL_API_KEYS", DEBUG="true", ENV_FILE="none") == "[]"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("HOLD_SECONDS=120\nHOLD_MAX_SECONDS=700\n")

    variables = {**GOOD, "ENV_FILE": str(file), "HOLD_SECONDS": "60"}

    assert read("HOLD_SECONDS", **variables) == "60"
    assert read("HOLD_MAX_SECONDS", **variables) == "700"


def test_every_variable_is_explained_in_the_example() -> None:
    settings = (ROOT / "config" / "settings.py").read_text()
    example = (ROOT / ".env.example").read_text()

    read_by_us = set(re.findall(r'\b(?:text|words|switch|whole_number)\(\s*"([A-Z_]+)"', settings))
    explained = re.findall(r"^(?:# )?([A-Z_]+)=", example, flags=re.MULTILINE)

    assert sorted(explained) == sorted(read_by_us | {"ENV_FILE"})
