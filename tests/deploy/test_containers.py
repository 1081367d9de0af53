"""The files for containers name what there is, and hold what ``docs/operations.md`` says of them.

No image is built here: that needs a registry, and minutes.
"""

import re
import shlex
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from config import healthcheck

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "deploy" / "compose" / "compose.yaml"
DOCKERFILE = (ROOT / "Dockerfile").read_text()
VARIABLE = re.compile(r"\$\{(\w+)")
# Of services that are not ours.
FOREIGN = {"POSTGRES_PASSWORD", "GRAFANA_PASSWORD", "PORT", "WEB_CONCURRENCY"}


def explained(path: Path) -> set[str]:
    return set(re.findall(r"^(?:# )?([A-Z_]+)=", path.read_text(), flags=re.MULTILINE))


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text()))


class TestDockerfile:
    def test_what_is_copied_is_there_and_sent_to_the_builder(self) -> None:
        sources = {
            each
            for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, flags=re.MULTILINE)
            for each in shlex.split(line)[:-1]
        }
        sent = {
            line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
        }
        assert sources == sent
        assert all((ROOT / each).exists() for each in sources)

    def test_the_last_stage_has_no_tools_and_no_root(self) -> None:
        last = DOCKERFILE.split("\nFROM ")[-1]
        assert "apt-get" not in last
        assert "pip " not in last
        assert last.index("USER terminfest") < last.index("CMD")
        assert "pip uninstall --yes --quiet pip setuptools" in DOCKERFILE

    def test_the_base_is_pinned(self) -> None:
        (base,) = re.findall(r"^ARG BASE=(\S+)$", DOCKERFILE, flags=re.MULTILINE)
        assert re.fullmatch(r"docker\.io/library/debian:\d+\.\d+-slim", base)
        assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, flags=re.MULTILINE)) == {"${BASE}", "python"}

    def test_no_secret_stays_in_a_layer(self) -> None:
        assert not re.search(r"^(ENV|ARG)\b.*(KEY|PASSWORD|TOKEN|SECRET)", DOCKERFILE, flags=re.MULTILINE)


class TestCompose:
    def test_every_variable_is_explained_in_the_example(self) -> None:
        known = explained(COMPOSE.parent / ".env.example")
        assert set(VARIABLE.findall(COMPOSE.read_text())) <= known
        assert known - FOREIGN <= explained(ROOT / ".env.example")

    def test_web_and_worker_share_files_and_run_nothing_before_the_migrations(
        self, compose: dict[str, Any]
    ) -> None:
        web, worker, migrate = (compose["services"][name] for name in ("web", "worker", "migrate"))
        assert web["volumes"] == worker["volumes"] == ["var:/var/lib/terminfest"]
        assert web["depends_on"] == worker["depends_on"]
        assert web["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert (migrate["restart"], migrate["depends_on"]) == ("no", {"db": {"condition": "service_healthy"}})
        assert web["image"] == worker["image"] == migrate["image"]

    def test_no_command_is_run_beside_a_server_of_the_same_host_name(self) -> None:
        """It would take the server for ended and put away the file in which it counts."""
        text = (ROOT / "docs" / "operations.md").read_text() + COMPOSE.read_text()
        assert "docker compose exec worker python manage.py" in text
        assert set(re.findall(r"docker compose run [^`\n]*?(web|worker|migrate)\b", text)) == {"migrate"}

    def test_none_is_waited_for_in_vain(self, compose: dict[str, Any]) -> None:
        """`up --wait` fails of a service whose check is switched off, and the image brings none to switch off."""
        assert "HEALTHCHECK" not in DOCKERFILE
        checks = {name: service.get("healthcheck") for name, service in compose["services"].items()}
        assert all(check is None or "test" in check for check in checks.values())
        assert checks["web"]["test"] == ["CMD", "python", "-m", "config.healthcheck"]

    def test_the_database_is_well_once_it_listens(self, compose: dict[str, Any]) -> None:
        """The image's own set-up starts it before, at the socket only, and stops it again."""
        assert "--host" in compose["services"]["db"]["healthcheck"]["test"]

    def test_a_mail_server_of_this_machine_has_a_name(self, compose: dict[str, Any]) -> None:
        assert "host.docker.internal" in (COMPOSE.parent / ".env.example").read_text()
        for name in ("web", "worker"):
            assert "host.docker.internal:host-gateway" in compose["services"][name]["extra_hosts"]

    def test_ours_may_nothing_and_are_reached_by_this_machine_alone(self, compose: dict[str, Any]) -> None:
        for name in ("web", "worker", "migrate"):
            service = compose["services"][name]
            assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        published = [port for service in compose["services"].values() for port in service.get("ports", [])]
        assert len(published) == 3
        assert all(port.startswith("127.0.0.1:") for port in published)

    def test_monitoring_is_optional_and_its_files_are_there(self, compose: dict[str, Any]) -> None:
        for name, service in compose["services"].items():
            assert ("profiles" in service) == (name in {"prometheus", "grafana"})
            for volume in service.get("volumes", []):
                source = volume.split(":")[0]
                assert source in compose["volumes"] or (COMPOSE.parent / source).exists()

    def test_every_image_has_a_version(self, compose: dict[str, Any]) -> None:
        images = {service["image"] for service in compose["services"].values()}
        assert all(re.search(r":(v?\d+(\.\d+)*(-\w+)?|\$\{APP_VERSION:-local\})$", each) for each in images)


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers["Host"] == "salon.example" and self.path == "/healthz"
            self.send_response(200 if known else 400)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class TestHealthcheck:
    def test_it_asks_under_a_name_that_the_site_answers_to(
        self, site: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ALLOWED_HOSTS", " .salon.example,web")
        assert healthcheck.is_up(site.server_port)
        monkeypatch.setenv("ALLOWED_HOSTS", "*")
        assert not healthcheck.is_up(site.server_port)

    def test_nobody_there_is_not_up(self) -> None:
        assert not healthcheck.is_up(1)
