"""The restore drill: what was backed up is what comes back, in another database, and that is proven there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from appointments import booking, integrity
from appointments.integrity.adopting import refuses_overlaps
from appointments.models import Appointment, Customer
from config.backups import BackupError, Manifest, backup, complete, keep_only, restore
from config.backups.dumping import tables
from config.backups.manifest import path_of
from tests.salons import MONDAY, NOW, Salon, at, make_salon

OTHER = "test_terminfest_restored"


@pytest.fixture
def salon(transactional_db: None) -> Salon:
    """A working salon: booked, moved, cancelled, held, in quarantine."""
    made = make_salon()
    jana = Customer.objects.create(company=made.company, name="Jana Probst", phone="+4930900101")
    perm = made.book(made.perm, made.emma, MONDAY, "10:00")
    booking.edit(perm, {"customer": jana}, now=NOW)
    booking.cancel(made.book(made.cut, made.jonas, MONDAY, "10:00"), now=NOW)
    booking.hold(made.request(made.cut, made.jonas, holder="call:1"), start=at(MONDAY, "14:00"))
    return made


@contextmanager
def another_database(*, name: str = OTHER) -> Iterator[None]:
    """An empty one beside it; everything that is asked within is asked there."""
    own = connection.settings_dict["NAME"]
    _command(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    _use(name)
    try:
        yield
    finally:
        _use(own)
        _command(f"DROP DATABASE {name} WITH (FORCE)")


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _command(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def export() -> Any:
    told = StringIO()
    call_command("export_appointments", format="json", stdout=told)
    return json.loads(told.getvalue())


def run(*arguments: Any) -> tuple[int, str]:
    told = StringIO()
    try:
        call_command(*arguments, stdout=told, stderr=told)
    except SystemExit as end:
        return int(end.code or 0), told.getvalue()
    return 0, told.getvalue()


def test_the_restore_drill(salon: Salon, tmp_path: Path) -> None:
    """Incident J22."""
    before = export()
    status, told = run("backup", "--to", str(tmp_path))
    (dump,) = complete(tmp_path)
    manifest = Manifest.read(dump)
    assert (status, f"sha256 {manifest.sha256}" in told) == (0, True)
    assert manifest.counts["appointments_appointment"] == 2
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())
    with another_database():
        assert tables() == []
        status, told = run("restore", str(dump))
        assert (status, "nothing is wrong" in told) == (0, True), told
        assert (export(), refuses_overlaps()) == (before, True)
        assert integrity.run(now=NOW, asks_outside=False, checks=["appointments.constraint"]).findings == []
        one = Appointment.objects.get(status="booked")
        with pytest.raises(booking.SlotTaken):
            salon.book(salon.cut, one.staff, MONDAY, "10:00")
        assert salon.book(salon.cut, one.staff, MONDAY, "16:00").pk > one.pk, "numbers go on"
        status, told = run("restore", str(dump))
        assert (status, "not empty" in told) == (2, True)
        assert Appointment.objects.count() == 3, "refused, so untouched"
        assert run("restore", str(dump), "--replace")[0] == 0
        assert export() == before
    assert export() == before


def test_what_is_not_what_was_written_is_refused_before_anything_is_touched(
    salon: Salon, tmp_path: Path
) -> None:
    dump = backup(tmp_path, now=NOW)
    facts = json.loads(path_of(dump).read_text())
    with another_database():
        newer = {**facts, "migrations": [*facts["migrations"], "appointments.9999_not_yet"]}
        path_of(dump).write_text(json.dumps(newer))
        with pytest.raises(BackupError, match="newer version"):
            restore(dump, now=NOW, replaces=False)
        path_of(dump).write_text(json.dumps(facts))
        dump.write_bytes(dump.read_bytes()[:-1])
        with pytest.raises(BackupError, match="checksum"):
            restore(dump, now=NOW, replaces=False)
        path_of(dump).unlink()
        with pytest.raises(BackupError, match="not a complete backup"):
            restore(dump, now=NOW, replaces=False)
        assert tables() == []


@pytest.mark.django_db
def test_only_the_newest_are_kept_and_never_none(tmp_path: Path) -> None:
    for day in range(4):
        dump = tmp_path / f"terminfest-2026112{day}T000000Z.dump"
        dump.touch()
        if day:
            path_of(dump).touch()
    unfinished, *_done = sorted(tmp_path.glob("*.dump"))
    assert len(keep_only(tmp_path, 2)) == 1
    assert [dump.name[11:19] for dump in complete(tmp_path)] == ["20261122", "20261123"]
    assert unfinished.exists(), "what is not complete is not ours to judge"
    assert run("backup", "--to", str(tmp_path), "--keep", "0")[0] == 2


@pytest.mark.django_db
def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BackupError, match="cannot be written"):
        backup(tmp_path / "file", now=timezone.now() + timedelta(days=1))
