"""Files of other systems, as they are found, and the command that takes them in."""

import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

from appointments.models import Appointment


class Refused(Exception):
    """Exit status 2; ``str()`` is the one line that was said."""


def import_csv(
    tmp_path: Path, content: str | bytes, *, mapping: str = "", slug: str = "morgenrot", **options: Any
) -> dict[str, Any]:
    """Runs the command as from a shell; its JSON with the ``exit`` status. Raises ``Refused``."""
    file = tmp_path / "termine.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return import_file(file, mapping=mapping, slug=slug, **options)


def import_file(file: Path, *, mapping: str = "", slug: str = "morgenrot", **options: Any) -> dict[str, Any]:
    if mapping:
        options["mapping"] = file.with_suffix(".yaml")
        options["mapping"].write_text(mapping, encoding="utf-8")
    out, err = _Text(), _Text()
    status = 0
    try:
        call_command(
            "import_appointments", file, company=slug, format="json", stdout=out, stderr=err, **options
        )
    except SystemExit as error:
        status = int(error.code or 0)
    if status == 2:
        assert not out.text, "one clear line, and nothing else"
        raise Refused(err.text.strip())
    result = json.loads(out.text)
    counted = result["imported"] + result["quarantined"] + result["unchanged"] + len(result["rejected"])
    assert counted == result["rows"], "the four add up"
    return {**result, "exit": status}


class _Text:
    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None: ...


def counts(result: dict[str, Any]) -> tuple[int, int, int, int]:
    """Imported, quarantined, unchanged, rejected."""
    return result["imported"], result["quarantined"], result["unchanged"], len(result["rejected"])


def diary() -> list[tuple[str, str, str, str, str]]:
    """Local start, stylist, service, who comes, status: by start."""
    rows = Appointment.objects.select_related("staff", "service", "customer", "company")
    return [
        (
            f"{row.starts_at.astimezone(row.company.zone):%Y-%m-%d %H:%M}",
            row.staff.name,
            row.service.name,
            row.attendee,
            row.status,
        )
        for row in rows.order_by("starts_at", "pk")
    ]
