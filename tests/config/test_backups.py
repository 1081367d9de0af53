"""The restore drill: what was backed up is what comes back, in another database, and that is proven there."""

import json
import os
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

from appointments import booking, integrity, privacy
from appointments.integrity.adopting import refuses_overlaps
from appointments.models import Appointment, Customer
from calls.models import Call
from config.backups import BackupError, Manifest, backup, complete, keep_only, restore
from config.backups.dumping import tables
from config.backups.manifest import path_of
from tests.salons import MONDAY, NOW, Salon, at, make_salon

# Each process of the tests has one.
OTHER = f"test_terminfest_restored_{os.getpid()}"


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


class TestWhoWasErased:
    """A backup of before knows them; what it brings back forgets them again."""

    @pytest.fixture(autouse=True)
    def noted(self, settings: Any, tmp_path: Path) -> Path:
        settings.ERASURES_FILE = tmp_path / "state" / "erased.jsonl"
        return settings.ERASURES_FILE

    def test_is_erased_again(self, salon: Salon, tmp_path: Path, noted: Path) -> None:
        jana = Customer.objects.get(phone="+4930900101")
        stranger = {"company": salon.company, "branch": salon.branch, "started_at": NOW}
        double = Customer.objects.create(company=salon.company, name="J. Probst", phone="+4930900109")
        Call.objects.create(call_id="call_of_before", caller="+4930900108", **stranger)
        dump = backup(tmp_path / "old", now=NOW)
        Call.objects.filter(call_id="call_of_before").update(customer=jana)
        jana = booking.unite(jana, double, now=NOW)
        privacy.erase(jana, coming=booking.Coming.KEEP, now=NOW)
        assert "Probst" not in noted.read_text()
        assert noted.stat().st_mode & 0o077 == 0
        with another_database():
            status, told = run("restore", str(dump))
            assert (status, "2 persons" in told) == (0, True), told
            assert not Customer.objects.filter(name__contains="Probst").exists()
            assert not Customer.history.filter(name__contains="Probst").exists()
            assert Call.objects.get().caller is None, "who was not yet a customer then"
            kept = Appointment.objects.get(status="booked")
            assert (kept.customer, kept.starts_at) == (None, at(MONDAY, "10:00"))
            # The number is given once more, to somebody else.
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence('appointments_customer', 'id'), 1, false)"
                )
            new = Customer.objects.create(pk=jana.pk, company=salon.company, name="Otto Neu", created_at=NOW)
            assert privacy.remembered.replay(privacy.remembered.in_file(), now=NOW) == 0
            assert Customer.objects.filter(pk=new.pk).exists()

    def test_also_if_only_a_later_backup_or_the_database_that_is_replaced_knows(
        self, salon: Salon, tmp_path: Path, noted: Path
    ) -> None:
        older = backup(tmp_path, now=NOW)
        privacy.erase(Customer.objects.get(), coming=booking.Coming.CANCEL, now=NOW)
        later = backup(tmp_path, now=NOW + timedelta(days=1))
        noted.unlink()
        with another_database():
            assert run("restore", str(older))[0] == 0
            assert not Customer.objects.exists()
            noted.unlink()
            path_of(later).unlink()
            assert run("restore", str(older), "--replace")[0] == 0
            assert not Customer.objects.exists()

    def test_a_list_that_cannot_be_read_stops_the_restore(
        self, salon: Salon, tmp_path: Path, noted: Path
    ) -> None:
        dump = backup(tmp_path, now=NOW)
        noted.parent.mkdir()
        noted.write_text("{broken\n")
        with another_database():
            status, told = run("restore", str(dump))
            assert (status, "cannot be read" in told, tables()) == (2, True, [])
