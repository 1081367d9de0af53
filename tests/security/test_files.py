"""Files that come in and files that go out: no formula, no path, no archive, no entity does anything."""

import csv
import io
import zipfile
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from appointments import booking, tasks
from appointments.export.formats import guarded
from appointments.models import Customer, Import
from tests.admin.test_imports import ADD, filled, upload, url
from tests.salons import MONDAY, NOW, Salon

FORMULAS = (
    *(
        "=1+1",
        "+1+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "|x",
        "%x",
    ),
    *('=HYPERLINK("https://evil.example")', "＝1+1", "＋1", "\u00a0=1"),
)
HEADER = "Datum;Uhrzeit;Mitarbeiter;Leistung;Kunde\n"


@pytest.fixture(autouse=True)
def _uploads(settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_that_goes_out_is_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"


def test_of_the_command_neither(salon: Salon, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the lists: ``tests/admin/test_exports.py``."""
    customer = Customer.objects.create(company=salon.company, name="=1+cmd|' /C calc'!A0")
    booking.edit(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), {"customer": customer}, now=NOW)
    call_command("export_appointments", format="csv")
    _header, row = csv.reader(io.StringIO(capsys.readouterr().out))
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_of_the_rows_that_were_refused_neither(desk: Client, salon: Salon) -> None:
    """They are the only file in which a stranger's cells come back as they were."""
    cells = [text for text in FORMULAS if not set("\n\r\t") & set(text)]
    good = "24.11.2025;10:00;Emma Keller;Herrenhaarschnitt;Jana Probst\n"  # it says how days are written
    rows = "".join(
        f'31.11.2025;10:00;Emma Keller;Herrenhaarschnitt;"{cell.replace(chr(34), chr(34) * 2)}"\n'
        for cell in cells
    )
    run = upload(
        desk, salon, HEADER + good + rows + "31.11.2025;10:00;Emma Keller;Herrenhaarschnitt;+49 30 123-4\n"
    )
    desk.post(url("mapping", run), filled(desk, run, action="trial"))
    tasks.run_import(run.pk)
    answer = desk.get(url("refused", run))
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    read = list(csv.reader(io.StringIO(text), delimiter=";"))[1:]
    assert len(read) == len(cells) + 1
    assert [row[4] for row in read[:-1]] == [f"'{cell}" for cell in cells]
    assert read[-1][4] == "+49 30 123-4"


def bomb() -> bytes:
    """A workbook that unpacks to a hundred megabytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 100_000_000)
    return packed.getvalue()


ENTITY = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>"""
LAUGHS = b'<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>'


@pytest.mark.parametrize(
    "content",
    [
        *(
            ENTITY,
            LAUGHS,
            b"PK\x03\x04" + b"\0" * 500,
            b"\x00" * 5000,
            b"=cmd|' /C calc'!A0;x\n1;2\n",
            b"%PDF-1.7",
        ),
        *(("\ufeff" + HEADER).encode("utf-16-le"), b"a" * 500_000, (b";" * 100_000 + b"\n") * 2),
    ],
    ids=range(9),
)
def test_a_file_that_is_none_of_ours_is_a_sentence(content: bytes, desk: Client, salon: Salon) -> None:
    """Only CSV is read: nothing is unpacked, and no entity is looked up."""
    run = upload(desk, salon, content)
    page = desk.get(url("mapping", run))
    assert page.status_code == 200
    assert b"root:" not in page.content


def test_nothing_is_unpacked(desk: Client, salon: Salon) -> None:
    content = bomb()
    assert len(content) < 200_000
    run = upload(desk, salon, content)
    assert desk.get(url("mapping", run)).status_code == 200
    stored = list(settings.MEDIA_ROOT.rglob("*"))
    assert sum(each.stat().st_size for each in stored if each.is_file()) == len(content)


@pytest.mark.parametrize(
    "name", ["../../../../tmp/evil.py", "/etc/cron.d/evil", "..\\evil", "evil\0.csv", "", ".", "x" * 400]
)
def test_the_name_of_a_file_is_nothing_but_a_name(name: str, desk: Client, salon: Salon) -> None:
    file = SimpleUploadedFile("alt.csv", HEADER.encode())
    file._name = name  # as a browser would send it, past Django's own cutting
    answer = desk.post(ADD, {"company": salon.company.pk, "file": file})
    assert answer.status_code in {200, 302, 400}
    for run in Import.objects.all():
        assert "/" not in run.file_name
        assert str(run.file.name).startswith(f"imports/{salon.company.pk}")
    stored = [
        each.relative_to(settings.MEDIA_ROOT) for each in settings.MEDIA_ROOT.rglob("*") if each.is_file()
    ]
    assert all(len(each.parts) <= 2 and "evil" not in str(each) for each in stored)


def test_what_was_uploaded_is_served_nowhere(desk: Client, salon: Salon) -> None:
    run = upload(desk, salon, HEADER)
    for address in (
        f"/uploads/{run.file.name}",
        f"/media/{run.file.name}",
        f"/static/{run.file.name}",
        f"/{run.file.name}",
    ):
        assert desk.get(address).status_code == 404
