"""``retell_flow``: make, check and deploy the conversation flow."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from calls.flow import build_flow, problems
from calls.flow.deploying import Line, NoFlow, create, deploy, drift
from calls.flow.manual import manual
from calls.models import VoiceAgent
from integrations.retell import client

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# Stands where no address is known: good enough to look at a flow, never to be deployed.
SOMEWHERE = "https://terminfest.example"


class Command(BaseCommand):
    help = (
        "The German conversation flow for Retell, made from the definitions of the voice functions. Without "
        "options it is written to standard output. Status 0: all right; 1: findings; 2: cannot be done."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, metavar="FILE", help="write the flow as JSON")
        parser.add_argument("--manual", type=Path, metavar="FILE", help="write the manual of the functions")
        parser.add_argument(
            "--check",
            action="store_true",
            help="validate the flow; with a known address and agents, report where Retell differs from it",
        )
        parser.add_argument(
            "--deploy", action="store_true", help="update flow, agents and numbers at Retell, then compare"
        )
        parser.add_argument(
            "--url", help="public address of this site; default: the first of CSRF_TRUSTED_ORIGINS"
        )
        parser.add_argument(
            "--agent", action="append", metavar="ID", help="instead of all voice agents of the database"
        )
        parser.add_argument(
            "--number", action="append", metavar="+49...", help="instead of the numbers of the agent's branch"
        )
        parser.add_argument(
            "--create-agent", metavar="VOICE", help="with --deploy: make a new agent with this voice first"
        )

    def handle(self, **options: Any) -> None:
        url = self._address(options["url"])
        flow = build_flow(url or SOMEWHERE)
        findings = problems(flow)
        self._report(findings)
        if options["manual"]:
            self._write(options["manual"], manual())
        if options["out"]:
            self._write(options["out"], f"{_as_json(flow)}\n")
        elif not (options["check"] or options["deploy"] or options["manual"]):
            self.stdout.write(_as_json(flow))
        if options["deploy"]:
            self._deploy(url, options)
        elif options["check"]:
            self._check(url, options)

    def _deploy(self, url: str | None, options: dict[str, Any]) -> None:
        if url is None:
            self._refuse("Say by --url under which address Retell reaches this site.")
        if not client.is_reachable():
            self._refuse(
                "RETELL_API_KEYS is not set, or RETELL_API_URL is none: there is no Retell to deploy to."
            )
        try:
            lines = self._new_line(url, options) if options["create_agent"] else list(_lines(options))
            if not lines:
                self._refuse(
                    "There is no voice agent: name one by --agent, or make one by --create-agent VOICE."
                )
            for line in lines:
                deploy(url, line, now=timezone.now())
                self.stdout.write(f"{line.agent_id}: deployed, {len(line.numbers)} numbers")
        except (client.RetellError, NoFlow) as error:
            self._refuse(_in_words(error))
        self._compare(url, lines)

    def _new_line(self, url: str, options: dict[str, Any]) -> list[Line]:
        agent_id = create(url, voice=options["create_agent"])
        self.stdout.write(f"{agent_id}: created. Enter it in the salon file under retell_agents.")
        return [Line(agent_id, options["number"] or [])]

    def _check(self, url: str | None, options: dict[str, Any]) -> None:
        self.stdout.write("The flow is valid.")
        lines = list(_lines(options))
        if not lines or not client.is_reachable():
            self.stdout.write("There is no agent at Retell to compare it with.")
        elif url is None:
            self._refuse("Say by --url under which address Retell reaches this site.")
        else:
            self._compare(url, lines)

    def _compare(self, url: str, lines: list[Line]) -> None:
        try:
            self._report([each for line in lines for each in drift(url, line)])
        except (client.RetellError, NoFlow) as error:
            self._refuse(_in_words(error))
        self.stdout.write("What is live at Retell is what was made here.")

    def _address(self, given: str | None) -> str | None:
        """Without a slash at the end. By HTTPS, unless it is this machine."""
        url = given or next(iter(settings.CSRF_TRUSTED_ORIGINS), None)
        if url is None:
            return None
        parts = urlsplit(url)
        local = parts.hostname in LOOPBACK
        if not parts.hostname or parts.scheme not in (("http", "https") if local else ("https",)):
            self._refuse(f"{url}: not an address that begins with https://")
        return url.rstrip("/")

    def _write(self, path: Path, text: str) -> None:
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            self._refuse(f"{path}: {error.strerror}")

    def _report(self, findings: list[str]) -> None:
        for each in findings:
            self.stderr.write(each)
        if findings:
            sys.exit(1)

    def _refuse(self, message: str) -> NoReturn:
        self.stderr.write(message)
        sys.exit(2)


def _lines(options: dict[str, Any]) -> Iterator[Line]:
    """The agents that are meant, each with its numbers."""
    known = VoiceAgent.objects.filter(branch__active=True).select_related("branch").order_by("agent_id")
    branches = {each.agent_id: each.branch for each in known}
    for agent_id in options["agent"] or branches:
        branch = branches.get(agent_id)
        theirs = branch.phone_numbers.order_by("pk").values_list("number", flat=True) if branch else ()
        yield Line(agent_id, options["number"] or [str(each) for each in theirs])


def _in_words(error: Exception) -> str:
    if isinstance(error, NoFlow):
        return "The agent is not driven by a conversation flow."
    return f"Retell: {error}"


def _as_json(flow: dict[str, Any]) -> str:
    return json.dumps(flow, ensure_ascii=False, indent=2)
