"""What the pages of integrity show, with a number of queries that does not depend on how much there is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from appointments.access import access_of
from appointments.integrity import Sentence, check_of, consistency_ratio, sentence_of, wanted_now
from appointments.models import Company, Finding, IntegrityReport, Repair
from appointments.models.integrity import Severity, Trigger
from appointments.queueing import is_worker_alive

MOST, DAYS = 50, 30
WIDTH, HEIGHT = 600, 80


@dataclass(frozen=True, slots=True)
class Line:
    finding: Finding
    sentence: str
    title: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Morning:
    """``points``: of the ratio over the last days, for an SVG of 600 by 80."""

    report: IntegrityReport | None
    ratio: float | None
    groups: Sequence[Group]
    open: int
    new: int
    acknowledged: Sequence[Line]
    solved: Sequence[Line]
    repairs: Sequence[tuple[Repair, str]]
    points: str
    trend: Sequence[IntegrityReport]


@dataclass(frozen=True, slots=True)
class Running:
    """A report that is being made, or, without ``has_worker``, that nobody makes."""

    since: datetime
    has_worker: bool


def running(company: Company | None, *, now: datetime) -> Running | None:
    report = wanted_now(company, now=now)
    return Running(report.started_at, is_worker_alive()) if report else None


def morning_page(company: Company | None, user: Any, *, now: datetime) -> Morning:
    """Of one company; with the installation's findings for the operator."""
    whose = Q(company=company) if company else Q(pk__in=[])
    if access_of(user).everything:
        whose |= Q(company=None)
    reports = IntegrityReport.objects.filter(company=company).exclude(finished_at=None)
    nights = reports.filter(trigger=Trigger.DAILY).order_by("-day")
    trend = list(nights.exclude(ratio=None)[:DAYS])[::-1]
    since = next((row.started_at for row in nights[:1]), now - timedelta(days=1))
    rows = Finding.objects.filter(whose)
    lines = [_line(each, since) for each in rows.open().by_urgency()[:MOST]]
    groups = [
        Group(str(Severity(value).label), [each for each in lines if each.finding.severity == value])
        for value in Severity.values
    ]
    made = Repair.objects.filter(whose).select_related("made_by").order_by("-made_at")[:10]
    return Morning(
        report=reports.order_by("-started_at").first(),
        ratio=consistency_ratio(company, now=now) if company else None,
        groups=[group for group in groups if group.lines],
        open=rows.open().count(),
        new=rows.open().filter(first_seen__gte=since).count(),
        acknowledged=[_line(each, since) for each in rows.acknowledged().by_urgency()[:MOST]],
        solved=[
            _line(each, since)
            for each in rows.filter(resolved_at__gte=since - timedelta(days=1)).order_by("-resolved_at")[
                :MOST
            ]
        ],
        repairs=[(each, " ".join(sentences_of(each))) for each in made],
        points=_points(trend),
        trend=trend,
    )


def _line(finding: Finding, since: datetime) -> Line:
    check = check_of(finding.check_id)
    title = str(check.title) if check else finding.check_id
    return Line(finding, sentence_of(finding), title, is_new=finding.first_seen >= since)


def _points(trend: Sequence[IntegrityReport]) -> str:
    """From 90 to 100 per cent: below that it is the floor."""
    step = WIDTH / max(len(trend) - 1, 1)
    return " ".join(
        f"{number * step:.0f},{HEIGHT - HEIGHT * max((row.ratio or 0) - 0.9, 0) / 0.1:.0f}"
        for number, row in enumerate(trend)
    )


@dataclass(frozen=True, slots=True)
class FindingPage:
    finding: Finding
    sentence: str
    title: str
    advice: str
    subjects: Sequence[tuple[str, str]]
    repairs: Sequence[tuple[Repair, str]]


def finding_page(finding: Finding, user: Any) -> FindingPage:
    check = check_of(finding.check_id)
    made = finding.repairs.select_related("made_by").order_by("-made_at")
    return FindingPage(
        finding=finding,
        sentence=sentence_of(finding),
        title=str(check.title) if check else finding.check_id,
        advice=str(check.advice) if check else "",
        subjects=list(_subjects(finding, user)),
        repairs=[(each, " ".join(sentences_of(each))) for each in made],
    )


def _subjects(finding: Finding, user: Any) -> Iterable[tuple[str, str]]:
    """Name and address of what it concerns, as far as this login may see it."""
    by_model: dict[str, list[int]] = defaultdict(list)
    for each in finding.subjects:
        by_model[each["model"]].append(each["id"])
    for label, ids in by_model.items():
        model = apps.get_model(label)
        app, name = model._meta.app_label, model._meta.model_name
        may_see = user.has_perm(f"{app}.view_{name}")
        rows = model._base_manager.filter(pk__in=ids).order_by("pk") if may_see else ()
        for row in rows:
            try:
                url = reverse(f"admin:{app}_{name}_change", args=[row.pk])
            except NoReverseMatch:
                url = ""
            yield f"{model._meta.verbose_name} {row}", url


def sentences_of(repair: Repair) -> list[str]:
    return [str(Sentence.from_json(each)) for each in repair.sentences]
