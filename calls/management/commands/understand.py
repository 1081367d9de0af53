"""``understand``: JSON lines of what callers say in, JSON lines of what it means out."""

import json
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from appointments.models import Branch
from calls.heard import NotUnderstandable, understand_heard


class Command(BaseCommand):
    help = (
        "Reads JSON objects, one a line, from standard input (datum, uhrzeit, dienstleistung, mitarbeiter, "
        "name, email, now; all optional) and writes what they mean, one a line. "
        "Status 2: a line cannot be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", metavar="SLUG", help="whose services, staff and hours are meant")
        parser.add_argument("--now", metavar="ISO", help="the moment of the call; default: now")

    def handle(self, *, company: str | None, now: str | None, **_options: Any) -> None:
        branch = self._branch(company) if company else None
        for number, line in enumerate(sys.stdin, start=1):
            if line.strip():
                self.stdout.write(self._answer(line, number, branch, now))

    def _answer(self, line: str, number: int, branch: Branch | None, now: str | None) -> str:
        try:
            heard = {"now": now, **_object(line)}
            answer = understand_heard(heard, branch=branch, now=timezone.now())
        except (ValueError, RecursionError, NotUnderstandable) as error:
            self._refuse(f"line {number}: {error}")
        return json.dumps(answer, ensure_ascii=False)

    def _branch(self, slug: str) -> Branch:
        branches = Branch.objects.filter(company__slug=slug, active=True).select_related("company")
        branch = branches.order_by("pk").first()
        if branch is None:
            self._refuse(f"There is no company {slug!r} with a branch.")
        return branch

    def _refuse(self, message: str) -> NoReturn:
        self.stderr.write(message)
        sys.exit(2)


def _object(line: str) -> dict[str, Any]:
    heard = json.loads(line)
    if not isinstance(heard, dict):
        raise NotUnderstandable("not an object")
    return heard
