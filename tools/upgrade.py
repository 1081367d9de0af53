"""``python -m tools.upgrade``: does the release before this one work on the database of this one?

Its own tests of booking, changing and of the phone run, in a checkout of it, against a test database that our
migrations have made. That is what its processes meet from the moment we migrate until the last is replaced.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The release before versions were tagged.
SINCE = "60c621c"
# Tests with real commits empty all tables afterwards; those that are new to them hang on some of them.
CASCADE = """
from django.db.backends.postgresql.operations import DatabaseOperations

flush = DatabaseOperations.sql_flush


def cascading(self, style, tables, *, reset_sequences=False, allow_cascade=False):
    return flush(self, style, tables, reset_sequences=reset_sequences, allow_cascade=True)


DatabaseOperations.sql_flush = cascading
"""
TESTS = (
    "tests/appointments/test_booking.py",
    "tests/appointments/test_changes.py",
    "tests/appointments/test_holds.py",
    "tests/appointments/test_recording.py",
    "tests/api",
    "tests/calls/test_calendar.py",
    "tests/calls/test_call_events.py",
    "tests/calls/test_cancelling.py",
    "tests/calls/test_check_availability.py",
    "tests/calls/test_moving.py",
    "tests/calls/test_start_booking.py",
    "tests/integrations/messaging",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--since", default=SINCE, metavar="REF", help=f"the release before (default: {SINCE})"
    )
    since = parser.parse_args().since
    folder = ROOT / "var" / "upgrade"
    before = folder / "before"
    folder.mkdir(parents=True, exist_ok=True)
    git("worktree", "remove", "--force", str(before), check=False)
    git("worktree", "add", "--detach", str(before), since)
    try:
        tests = [each for each in TESTS if (before / each).exists()]
        (before / "conftest.py").write_text(CASCADE)
        if pytest(ROOT, folder, "--create-db", "tests/config/test_migrations.py"):
            return 1
        print(f"The tests of {since} on the database of today:", flush=True)
        return pytest(before, folder, *tests)
    finally:
        git("worktree", "remove", "--force", str(before), check=False)


def git(*arguments: str, check: bool = True) -> None:
    subprocess.run(["git", *arguments], cwd=ROOT, check=check, capture_output=True)  # noqa: S607 - whichever git is there


def pytest(tree: Path, folder: Path, *arguments: str) -> int:
    """In ``tree``, with a database under ``folder`` that is kept for the next. Its exit status."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly", "--reuse-db", *arguments]
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        command, cwd=tree, env={**kept, "VAR_DIR": str(folder / "database")}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
