"""``import_appointments FILE.csv --company SLUG``: what another system had in its diary (contract §5)."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import importing
from appointments.models import Company, Import
from appointments.models.imports import UNFINISHED, FindingKind, ImportState

FINDINGS, BAD_INPUT = 1, 2
PROGRESS = 5_000
# So many reasons are printed as text; all of them stand in the admin and in the JSON.
SHOWN = 20


class Command(BaseCommand):
    help = (
        "Imports appointments from a CSV file; importing a file twice changes nothing. Rows that overlap "
        "go to quarantine, the earlier one wins. Killed on the way, the same command goes on. Exit status: "
        "0 done; 1 done, but rows are in quarantine or refused; 2 the file or its mapping is wrong, nothing "
        "was changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        parser.add_argument("--company", metavar="SLUG", required=True, help="Whose appointments they are.")
        parser.add_argument(
            "--mapping",
            metavar="FILE.yaml",
            type=Path,
            help="What columns and words mean. Without it, it is guessed from the first line.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen, change nothing.")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(
        self,
        *,
        file: Path,
        company: str,
        mapping: Path | None,
        dry_run: bool,
        **options: Any,
    ) -> None:
        found = Company.objects.filter(slug=company).first()
        if found is None:
            self._refuse(_("There is no company “%(slug)s”.") % {"slug": company})
        try:
            run = self._import(found, file, self._mapping(mapping), dry_run=dry_run)
        except importing.ImportFileError as error:
            self._refuse(str(error))
        except OSError as error:
            self._refuse(
                _("%(file)s cannot be read: %(reason)s.")
                % {"file": error.filename or file, "reason": error.strerror}
            )
        self.stdout.write(_as_json(run) if options["format"] == "json" else _as_text(run))
        if run.quarantined or run.rejected:
            sys.exit(FINDINGS)

    def _mapping(self, path: Path | str | None) -> importing.Mapping:
        return importing.read_mapping(Path(path).read_bytes()) if path else importing.Mapping()

    def _import(self, company: Company, path: Path, mapping: importing.Mapping, *, dry_run: bool) -> Import:
        def opener() -> Any:
            return path.open("rb")

        digest = importing.digest_of(opener, mapping, dry_run=dry_run)
        with importing.alone_with(company, waits=True):
            run = self._begun(company, digest) or Import.objects.create(
                company=company,
                file_name=path.name[:200],
                source=mapping.source,
                mapping=mapping.model_dump(mode="json"),
                digest=digest,
                dry_run=dry_run,
                state=ImportState.WAITING,
                created_at=timezone.now(),
            )
            importing.carry_on(run, opener, clock=timezone.now, tell=self._tell)
        return run

    def _begun(self, company: Company, digest: str) -> Import | None:
        """The same import, killed on the way: nobody else is at it, or we would still be waiting."""
        begun = Import.objects.filter(company=company, digest=digest, state__in=UNFINISHED, file="")
        return begun.order_by("pk").last()

    def _tell(self, run: Import) -> None:
        if run.rows_done % PROGRESS == 0:
            self.stderr.write(
                _("%(done)s of %(total)s rows …") % {"done": run.rows_done, "total": run.rows_total}
            )

    def _refuse(self, line: str) -> NoReturn:
        self.stderr.write(line)
        sys.exit(BAD_INPUT)


def _reasons(run: Import, kind: FindingKind) -> list[dict[str, Any]]:
    rows = run.findings.filter(kind=kind).order_by("row", "pk").values_list("row", "text")
    return [{"row": row, "reason": text} for row, text in rows]


def _as_json(run: Import) -> str:
    result = {
        "rows": run.rows_done,
        "imported": run.imported,
        "quarantined": run.quarantined,
        "unchanged": run.unchanged,
        "rejected": _reasons(run, FindingKind.REJECTED),
        "conflicts": _reasons(run, FindingKind.QUARANTINED),
        "notes": _reasons(run, FindingKind.NOTE),
    }
    return json.dumps(result, ensure_ascii=False, indent=2)


def _as_text(run: Import) -> str:
    facts = {
        "rows": run.rows_done,
        "imported": run.imported,
        "quarantined": run.quarantined,
        "unchanged": run.unchanged,
        "rejected": run.rejected,
    }
    counts = _(
        "%(rows)s rows: %(imported)s imported, %(quarantined)s in quarantine, %(unchanged)s known already, "
        "%(rejected)s refused."
    )
    lines = [_("Trial run, nothing was changed.")] if run.dry_run else []
    lines.append(counts % facts)
    for kind in (FindingKind.REJECTED, FindingKind.QUARANTINED, FindingKind.NOTE):
        found = run.findings.filter(kind=kind)
        lines += [f"  {each.row}: {each.text}" for each in found.order_by("row", "pk")[:SHOWN]]
        more = found.count() - SHOWN
        if more > 0:
            lines.append(_("  … and %(count)s more (%(kind)s).") % {"count": more, "kind": kind.label})
    return "\n".join(lines)
