"""``check_integrity``: what is wrong, as text or JSON, and its repair; the gate before a deploy."""

import json
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import integrity
from appointments.audit import Channel, acting
from appointments.integrity import Sentence, sentence_of
from appointments.models import Company, Finding
from appointments.models.integrity import Severity, Trigger

FINDINGS, BAD_INPUT = 1, 2
# One repair may make another possible: phases, then their time, then the rule.
ROUNDS = 5


class Command(BaseCommand):
    help = (
        "Runs the integrity checks, stores what they find for the morning page, and prints it. Exit status: "
        "0 nothing found, 1 findings, 2 bad input. With --repair what can be repaired is, and what is left "
        "is printed; with --dry-run besides, only what would be done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--company", metavar="SLUG", default="", help="Only this one, and the installation."
        )
        parser.add_argument(
            "--check", metavar="ID", action="append", help="Only this check; may be repeated."
        )
        parser.add_argument("--repair", action="store_true", help="Repair what can be repaired.")
        parser.add_argument("--dry-run", action="store_true", help="With --repair: say what it would do.")
        parser.add_argument("--offline", action="store_true", help="Do not ask Cal.com.")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *, repair: bool, dry_run: bool, **options: Any) -> None:
        if dry_run and not repair:
            self._refuse(_("--dry-run belongs to --repair."))
        company = self._company(options["company"])
        try:
            integrity.chosen(options["check"])
        except integrity.UnknownCheck as error:
            self._refuse(_("There is no check “%(id)s”.") % {"id": ", ".join(error.args)})
        findings = self._look(company, options)
        told: list[str] = []
        if repair and dry_run:
            told = [text for each in findings if each.repairable for text in self._foretell(each)]
        elif repair:
            findings, told = self._repair(company, findings, options)
        findings.sort(key=lambda each: (Severity.values.index(each.severity), each.check_id))
        ratio = integrity.consistency_ratio(company, now=timezone.now())
        as_json = options["format"] == "json"
        (self._as_json if as_json else self._as_text)(findings, ratio, told if repair else None)
        if findings:
            sys.exit(FINDINGS)

    def _look(self, company: Company | None, options: Any) -> list[Finding]:
        found: list[Finding] = []
        facts: Any = {
            "now": timezone.now(),
            "trigger": Trigger.COMMAND,
            "checks": options["check"],
            "asks_outside": not options["offline"],
            "listener": found.append,
        }
        if company is None:
            integrity.report_everything(**facts)
        else:
            integrity.report(company, **facts)
            integrity.report(None, **facts)
        return found

    def _foretell(self, finding: Finding) -> Iterable[str]:
        return [str(each) for each in integrity.dry_run(finding, now=timezone.now()).sentences]

    def _repair(
        self, company: Company | None, findings: list[Finding], options: Any
    ) -> tuple[list[Finding], list[str]]:
        told: list[str] = []
        for _round in range(ROUNDS):
            done = 0
            with acting(Channel.SYSTEM, "check_integrity"):
                for finding in (each for each in findings if each.repairable):
                    made = integrity.repair(finding, now=timezone.now())
                    done += made.outcome == "done"
                    told += [str(Sentence.from_json(each)) for each in made.sentences]
            findings = self._look(company, options)
            if not done:
                break
        return findings, told

    def _as_json(self, findings: list[Finding], ratio: float | None, repairs: list[str] | None) -> None:
        document: dict[str, Any] = {
            "ratio": ratio,
            "findings": [
                {
                    "check": each.check_id,
                    "severity": each.severity,
                    "message": sentence_of(each),
                    "objects": each.subjects,
                    "repairable": each.repairable,
                }
                for each in findings
            ],
        }
        if repairs is not None:
            document["repairs"] = repairs
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))

    def _as_text(self, findings: list[Finding], ratio: float | None, repairs: list[str] | None) -> None:
        for line in repairs or ():
            self.stdout.write(f"→ {line}")
        for each in findings:
            self.stdout.write(f"{each.get_severity_display()}  {each.check_id}  {sentence_of(each)}")
        if ratio is not None:
            self.stdout.write(_("Agreement with the calendar: %(ratio)s") % {"ratio": f"{ratio:.4f}"})
        if not findings:
            self.stdout.write(_("Everything is as it should be."))

    def _company(self, slug: str) -> Company | None:
        company = Company.objects.filter(slug=slug).first() if slug else None
        if slug and company is None:
            self._refuse(_("There is no company “%(slug)s”.") % {"slug": slug})
        return company

    def _refuse(self, line: str) -> NoReturn:
        self.stderr.write(line)
        sys.exit(BAD_INPUT)
