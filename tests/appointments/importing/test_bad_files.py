"""A file that cannot be read at all: one clear sentence, exit 2, and nothing is stored."""

from pathlib import Path

import pytest

from appointments.models import Appointment, Customer
from tests.appointments.importing.files import Refused, import_csv
from tests.salons import Salon

HEADER = "Datum;Uhrzeit;Mitarbeiter;Leistung;Kunde\n"
ROW = "24.11.2025;10:00;Emma Keller;Herrenhaarschnitt;Jana Probst\n"
FILES: dict[str, bytes] = {
    "empty": b"",
    "blank lines only": b"\n\n\n",
    "a workbook": b"PK\x03\x04" + b"\0" * 500,
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)),
    "UTF-16": ("\ufeff" + HEADER + ROW).encode("utf-16-le"),
    "no header": ROW.encode(),
    "quotation mark in the middle": (HEADER + ROW + '24.11.2025;11:00;"Emma" Keller;Herrenhaarschnitt;X\n').encode(),
    "quotation mark never closed": (HEADER + ROW + '24.11.2025;11:00;"Emma Keller;Herrenhaarschnitt;X\n').encode(),
    "huge field": (HEADER + ROW + f'24.11.2025;11:00;"{"x" * 200_000}";Herrenhaarschnitt;X\n').encode(),
    "column twice": (HEADER.replace("Kunde", "Datum") + ROW).encode(),
    "days or months": (HEADER + ROW.replace("24.11.2025", "04/05/2026")).encode(),
}  # fmt: skip
MAPPINGS = {
    "unknown key": "colums: {}",
    "not YAML": "columns: {",
    "no staff": "columns: {date: Datum, time: Uhrzeit, service: Leistung}",
    "unknown column": "columns: {date: Tag, time: Uhrzeit, service: Leistung, staff: Mitarbeiter}",
    "wrong encoding": "encoding: utf-7",
    "unknown zone": "timezone: Europe/Atlantis",
    "unknown branch": "create_missing: [staff]\nbranch: Nirgendwo",
    "unknown status": "statuses: {offen: vielleicht}",
}


@pytest.mark.parametrize("name", FILES)
def test_file_is_refused_with_one_sentence(name: str, salon: Salon, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        import_csv(tmp_path, FILES[name], mapping="create_missing: [customers]")
    assert str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
    assert not Appointment.objects.exists()
    assert not Customer.objects.exists()


@pytest.mark.parametrize("name", MAPPINGS)
def test_mapping_is_refused_with_one_sentence(name: str, salon: Salon, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        import_csv(tmp_path, HEADER + ROW, mapping=MAPPINGS[name])
    assert len(str(refused.value).splitlines()) == 1
    assert not Appointment.objects.exists()


def test_encoding_that_does_not_fit_is_said(salon: Salon, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="utf-8"):
        import_csv(tmp_path, (HEADER + ROW + "ä").encode("cp1252"), mapping="encoding: utf-8")


def test_header_without_rows_is_nothing_to_do(salon: Salon, tmp_path: Path) -> None:
    assert import_csv(tmp_path, HEADER)["rows"] == 0
