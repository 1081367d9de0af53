"""The whole evening, in whatever database Django is connected to: one that is made for it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch
from zoneinfo import ZoneInfo

import time_machine
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from appointments import salon as salon_file
from appointments.models import Branch, BranchPhoneNumber
from integrations.courtesy import Answer
from integrations.sandbox import salon_world, serve
from tools.evening.agreement import Agreement, agreement
from tools.evening.callers import Callers
from tools.evening.post import Post, listening
from tools.evening.tally import Tally
from tools.evening.there import EveningWorld, Strangers, most_in_a_minute
from tools.evening.timeline import Timeline
from tools.evening.wishes import Wishes
from tools.evening.worker import working

SALON = Path("config/demo/salon.yaml")
BEGINS = datetime(2026, 11, 23, 17, 0, tzinfo=ZoneInfo("Europe/Berlin"))
SECRET = "whsec_of_the_evening"  # noqa: S105 - between two threads of this process
PREPARATION, AFTERWARDS = timedelta(minutes=2), timedelta(minutes=20)
# Callers have their budget in virtual time (``callers.BUDGET_SECONDS``).
REAL_PATIENCE_MS = 30_000


@dataclass(frozen=True)
class Plan:
    """``every``: seconds between two strangers, on average. ``standing``: bookings of theirs at a time.
    ``days``: open days that people ask for. ``latency_ms``: of a request to Cal.com, half more or less by
    chance. ``hesitation``: seconds between a stranger's look and booking. ``courtesy``: whether held
    slots are hidden from the booking page.
    """

    calls: int = 200
    hours: float = 2.0
    every: float = 5.0
    standing: int = 150
    days: int = 18
    latency_ms: int = 200
    hesitation: float = 0.0
    courtesy: bool = True
    seed: int = 1


@dataclass(frozen=True)
class Result:
    plan: Plan
    tally: Tally
    agreement: Agreement
    strangers: Strangers
    letters: int
    requests: int
    most_requests: int
    throttled: int


def simulate(plan: Plan) -> Result:
    random = Random(plan.seed)  # noqa: S311 - plausible, not secret
    with ExitStack() as stack:
        timeline = Timeline(stack.enter_context(time_machine.travel(BEGINS - PREPARATION, tick=False)))
        branch, content = _salon()
        account = salon_world.account_of(content, today=BEGINS.date())
        world = EveningWorld(account, timeline, random, latency_ms=plan.latency_ms, rate_limit=120)
        post = Post(timeline, random, branch.company.slug)
        stack.enter_context(listening(post))
        sandbox = stack.enter_context(serve(world))
        sandbox.webhook(f"{post.url}{post.path}", SECRET)
        stack.enter_context(
            override_settings(
                CALCOM_API_URL=sandbox.url,
                CALCOM_API_KEY=f"cal_evening_{random.random()}",
                CALCOM_WEBHOOK_SECRET=SECRET,
                CALENDAR_CALL_BUDGET_MS=REAL_PATIENCE_MS,
                CALENDAR_REQUESTS_PER_MINUTE=110,
                RETELL_API_URL=post.url,
            )
        )
        stack.enter_context(world.watched())
        stack.enter_context(_courtesy(on=plan.courtesy))
        ends = BEGINS + timedelta(hours=plan.hours)
        stack.enter_context(working(timeline, random, until=ends + AFTERWARDS))
        first = BEGINS.date() + timedelta(days=1)
        wishes = Wishes(branch, random, first=first, days=plan.days)
        strangers = Strangers(
            world,
            timeline,
            random,
            wish=wishes.of_stranger,
            standing=plan.standing,
            hesitation=plan.hesitation,
        )
        for _number in range(plan.standing):
            strangers.come()
        timeline.run(BEGINS)
        number = BranchPhoneNumber.objects.get(branch=branch).number
        tally = Tally()
        callers = Callers(world, random, number=number, wishes=wishes, post=post, tally=tally)
        strangers.every(plan.every, until=ends)
        for _number in range(plan.calls):
            timeline.begin(callers.call(), BEGINS + random.random() * (ends - BEGINS))
        world.asked.clear()
        timeline.run(ends + AFTERWARDS)
        asked = [moment for moment in world.asked if moment <= ends]
        return Result(
            plan=plan,
            tally=tally,
            agreement=agreement(branch.company, world, tally, timezone.now()),
            strangers=strangers,
            letters=post.letters,
            requests=len(asked),
            most_requests=most_in_a_minute(list(world.asked)),
            throttled=sum(one.status == 429 for one in world.requests),
        )


def _salon() -> tuple[Branch, bytes]:
    content = Path(settings.BASE_DIR, SALON).read_bytes()
    document = salon_file.read(content)
    salon_file.apply(document, now=timezone.now())
    slug = document.file.company.slug
    return Branch.objects.select_related("company").get(company__slug=slug, active=True), content


@contextmanager
def _courtesy(*, on: bool) -> Iterator[None]:
    """Off: Cal.com is asked whether it is free there, but nothing is hidden from its booking page."""
    if on:
        yield
        return
    with patch("integrations.courtesy.asking._reserve", return_value=Answer.SYNCED):
        yield
