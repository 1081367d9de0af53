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
from django.db.models import QuerySet
from django.utils import timezone

from appointments.audit import acting_command
from appointments.salon.naming import NoSuchBranch, branch_named
from calls.flow import build_flow, differences, problems
from calls.flow.deploying import Line, NoFlow, create, deploy, drift, put_back, to_send
from calls.flow.manual import manual
from calls.flow.versions import NoWayBack
from calls.models import Deployment, VoiceAgent
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
            "--preview",
            action="store_true",
            help="what --deploy would change since the last time; asks nobody",
        )
        parser.add_argument(
            "--back", action="store_true", help="put the conversation before the live one back, and hold it"
        )
        parser.add_argument(
            "--branch", metavar="SALON/BRANCH", help="the agents of this branch alone, also one that is held"
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
        with acting_command("retell_flow"):
            self._handle(options)

    def _handle(self, options: dict[str, Any]) -> None:
        if options["back"]:
            return self._back(options)
        url = self._address(options["url"])
        flow = build_flow(url or SOMEWHERE)
        findings = problems(flow)
        self._report(findings)
        if options["manual"]:
            self._write(options["manual"], manual())
        if options["out"]:
            self._write(options["out"], f"{_as_json(flow)}\n")
        elif not any(options[each] for each in ("check", "deploy", "manual", "preview")):
            self.stdout.write(_as_json(flow))
        if options["preview"]:
            self._preview(url or SOMEWHERE, options)
        elif options["deploy"]:
            self._deploy(url, options)
        elif options["check"]:
            self._check(url, options)
        return None

    def _deploy(self, url: str | None, options: dict[str, Any]) -> None:
        if url is None:
            self._refuse("Say by --url under which address Retell reaches this site.")
        if not client.is_reachable():
            self._refuse(
                "RETELL_API_KEYS is not set, or RETELL_API_URL is none: there is no Retell to deploy to."
            )
        try:
            lines = self._new_line(url, options) if options["create_agent"] else self._lines(options)
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

    def _preview(self, url: str, options: dict[str, Any]) -> None:
        for line in self._lines(options):
            live = Deployment.objects.filter(agent__agent_id=line.agent_id).first()
            if live is None:
                self.stdout.write(f"{line.agent_id}: was never deployed from here; all of it is new.")
                continue
            new = to_send(url, line.agent_id, live.sent["agent"]["response_engine"]["conversation_flow_id"])
            found = differences(new, live.sent)
            self.stdout.write(f"{line.agent_id}: {len(found)} places change.")
            for each in found:
                self.stdout.write(f"  {each}")

    def _back(self, options: dict[str, Any]) -> None:
        if not (options["branch"] or options["agent"]):
            self._refuse("Say by --branch SALON/BRANCH or --agent ID who goes back.")
        names = [line.agent_id for line in self._lines(options)]
        agents = VoiceAgent.objects.filter(agent_id__in=names).order_by("agent_id")
        try:
            done = [put_back(agent, now=timezone.now()) for agent in agents]
        except NoWayBack as error:
            asked = (
                f"this release does not answer {', '.join(error.functions)}" if error.functions else "none"
            )
            self._refuse(f"There is no conversation to go back to: {asked}.")
        except (client.RetellError, NoFlow) as error:
            self._refuse(_in_words(error))
        if not done:
            self._refuse("No voice agent of this name is known here.")
        for version in done:
            number = version.origin.number
            self.stdout.write(f"{version.agent}: version {number} is live again, and held until it is named.")

    def _lines(self, options: dict[str, Any]) -> list[Line]:
        """The agents that are meant, each with its numbers; without names none that is held."""
        known = VoiceAgent.objects.filter(branch__active=True).select_related("branch").order_by("agent_id")
        if options["branch"]:
            try:
                known = known.filter(branch=branch_named(options["branch"]))
            except NoSuchBranch as error:
                self._refuse(str(error))
        elif not options["agent"]:
            for each in known.filter(deployment__held=True):
                self.stdout.write(
                    f"{each.agent_id}: was put back and is held; name it by --branch or --agent."
                )
            known = known.exclude(deployment__held=True)
        return list(_with_numbers(known, options))

    def _new_line(self, url: str, options: dict[str, Any]) -> list[Line]:
        agent_id = create(url, voice=options["create_agent"])
        self.stdout.write(f"{agent_id}: created. Enter it in the salon file under retell_agents.")
        return [Line(agent_id, options["number"] or [])]

    def _check(self, url: str | None, options: dict[str, Any]) -> None:
        self.stdout.write("The flow is valid.")
        lines = self._lines(options)
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


def _with_numbers(known: QuerySet[VoiceAgent], options: dict[str, Any]) -> Iterator[Line]:
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
