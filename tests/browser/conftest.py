"""Pages in a real browser: Debian's Chromium, driven by Playwright, against a live server of our own.

A test fails on every error that a page reports: an exception, a message to the console, a violation of the
content security policy. Nothing is fetched from anywhere but the server under test.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DESK = {"width": 1280, "height": 1200}
TABLET = {"width": 1024, "height": 768}
# The driver runs a loop of its own in this thread; Django would take our queries for asynchronous ones.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All on one worker: they share a browser, and two would only wait for the same cores."""
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("The tests of the pages need Chromium (Debian package chromium).")
        pytest.skip("There is no Chromium here: apt-get install chromium")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """``open_page(client, **context)``: a page that is logged in as ``client`` is."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def opened(client: Client | None = None, **facts: Any) -> Page:
        context = browser.new_context(
            **{
                "base_url": live_server.url,
                "viewport": DESK,
                "locale": "de-DE",
                "timezone_id": "America/New_York",
                **facts,
            }
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.route("**/*", _only_ours(live_server.url))
        if client is not None:
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: _note(message, troubles))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def _only_ours(server: str) -> Callable[[Route], None]:
    def routed(route: Route) -> None:
        if route.request.url.startswith((server, "data:", "blob:")):
            route.continue_()
        else:
            route.abort()

    return routed


def _note(message: ConsoleMessage, troubles: list[str]) -> None:
    """A refusal (409) is an answer, whatever Chromium thinks of it."""
    if message.type == "error" and "409 (Conflict)" not in message.text:
        troubles.append(message.text)
