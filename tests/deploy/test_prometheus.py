"""The files under ``deploy/`` say what Prometheus and Grafana can read, and speak of metrics that there are.

promtool comes with Debian's package ``prometheus``. In CI it has to be there; elsewhere the tests that need
it are skipped.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Metric

from config.gauges import WorkGauges
from integrations import metrics
from integrations.gauges import CalendarGauges

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
RULES = DEPLOY / "prometheus" / "rules.yml"
RULE_TESTS = DEPLOY / "prometheus" / "tests" / "rules.yml"
DASHBOARD = DEPLOY / "grafana" / "terminfest.json"
DOCUMENTED = DEPLOY.parent / "docs" / "metrics.md"
TIMEOUT_SECONDS = 60
SUFFIXES = {"histogram": ("_bucket", "_count", "_sum"), "counter": ("_total",), "gauge": ("",)}
# Words of the query language that look like names, after what stands in strings and braces is gone.
LANGUAGE = {"sum", "min", "max", "by", "on", "and", "unless", "rate", "increase", "histogram_quantile", "up"}


@pytest.fixture
def promtool() -> str:
    found = shutil.which("promtool")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("promtool is not there: .ci/run installs Debian's package prometheus.")
    if found is None:
        pytest.skip("promtool is not installed; it comes with Debian's package prometheus.")
    return found


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_raise_and_keep_silent_as_their_own_tests_say(promtool: str) -> None:
    run(promtool, "check", "rules", "--lint-fatal", str(RULES))
    run(promtool, "test", "rules", str(RULE_TESTS))


def test_the_configuration_is_one(promtool: str, tmp_path: Path) -> None:
    folder = shutil.copytree(DEPLOY / "prometheus", tmp_path / "prometheus")
    (folder / "terminfest.token").write_text("token")
    run(promtool, "check", "config", str(folder / "prometheus.yml"))


def rules() -> Iterator[Mapping[str, Any]]:
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        yield from group["rules"]


def test_each_alert_is_tested_both_ways() -> None:
    """The day of incident 1 was all refusals, and nobody heard of it."""
    alerts = {rule["alert"] for rule in rules() if "alert" in rule}
    cases = [
        each for one in yaml.safe_load(RULE_TESTS.read_text())["tests"] for each in one["alert_rule_test"]
    ]

    assert {each["alertname"] for each in cases if each["exp_alerts"]} == alerts
    assert {each["alertname"] for each in cases if not each["exp_alerts"]} == alerts


def exported() -> set[str]:
    """The names of all series that ``/metrics`` can tell."""
    told: list[Metric] = [*metrics.registry.collect(), *CalendarGauges().collect(), *WorkGauges().collect()]
    return {each.name + suffix for each in told for suffix in SUFFIXES[each.type]}


def named(query: str) -> set[str]:
    """The metrics of a query."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^]]*\]|(by|on)\s*\([^)]*\)', " ", query)
    return {name for name in re.findall(r"[a-zA-Z_:][\w:]*", bare) if name not in LANGUAGE}


def queries(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("expr"), str):
            yield node["expr"]
        for each in node.values():
            yield from queries(each)
    elif isinstance(node, list):
        for each in node:
            yield from queries(each)


@pytest.mark.django_db
def test_rules_and_dashboard_ask_for_nothing_that_there_is_not() -> None:
    dashboard = json.loads(DASHBOARD.read_text())
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    asked = {name for query in [*queries(dashboard), *queries(list(rules()))] for name in named(query)}

    assert named('sum by (le) (rate(gone_seconds_bucket{le="1"}[5m])) / up') == {"gone_seconds_bucket"}
    assert asked - recorded - exported() == set()
    assert recorded <= asked


@pytest.mark.django_db
def test_every_metric_is_shown_and_explained() -> None:
    dashboard = json.loads(DASHBOARD.read_text())
    asked = {
        re.sub(r"_(bucket|count|sum)$", "", name) for query in queries(dashboard) for name in named(query)
    }
    there = {re.sub(r"_(bucket|count|sum)$", "", name) for name in exported()}
    in_rules = {
        re.sub(r"_(bucket|count)$", "", name) for query in queries(list(rules())) for name in named(query)
    }
    explained = set(re.findall(r"^\| `(\w+)` \|", DOCUMENTED.read_text(), re.MULTILINE))

    assert there == explained
    assert there <= asked | in_rules


def test_no_two_panels_stand_in_one_place() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
