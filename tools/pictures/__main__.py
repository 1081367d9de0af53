"""``python -m tools.pictures``: runs the demo salon anew, lets something happen in it, and takes the pictures
of the staff guide and the README. Needs Chromium. The same day gives the same pictures.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools.pictures.scenes import SCENES, Scene, prepare

FOLDER = Path("docs/pictures")
VAR = Path("var/pictures")
MOST_BYTES = 150_000
DESK = {"width": 1280, "height": 760}
TABLET = {"width": 1024, "height": 768}
TELEPHONE = {"width": 390, "height": 844}
STARTS_WITHIN_SECONDS = 240
STILL = "* { animation: none !important; transition: none !important; caret-color: transparent !important; }"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.pictures", description=__doc__)
    parser.add_argument("--port", type=int, default=8164, help="of the demo that is started (default: 8164)")
    parser.add_argument("--only", nargs="*", default=[], help="names of pictures, without .png")
    choice = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        print("There is no Chromium here: apt-get install chromium", file=sys.stderr)
        return 2
    with demo(choice.port) as (url, password), sync_playwright() as driver:
        prepare(url)
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        scenes = [scene for scene in SCENES if not choice.only or scene.name in choice.only]
        too_big = [take(browser, url, password, scene) for scene in scenes]
        browser.close()
    return 1 if any(too_big) else 0


@contextmanager
def demo(port: int) -> Iterator[tuple[str, str]]:
    """A demo of its own, on an empty database; its address and password."""
    shutil.rmtree(VAR, ignore_errors=True)
    environment = {**os.environ, "VAR_DIR": str(VAR)}
    program = [sys.executable, "-m", "config.demo", "--port", str(port)]
    running = subprocess.Popen(program, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(running, port)
        os.environ["VAR_DIR"] = str(VAR)
        yield f"http://127.0.0.1:{port}", json.loads((VAR / "demo.json").read_text())["password"]
    finally:
        running.terminate()
        running.wait(timeout=60)


def _wait(running: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and running.poll() is None:
        try:
            web = HTTPConnection("127.0.0.1", port, timeout=2)
            web.request("GET", "/healthz")
            if web.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("The demo did not start; its log is in var/pictures/demo.log.")


def take(browser: Browser, url: str, password: str, scene: Scene) -> bool:
    """Whether the picture is larger than one wants to load."""
    context = browser.new_context(
        base_url=url,
        viewport=TELEPHONE if scene.telephone else TABLET if scene.tablet else DESK,
        color_scheme="dark" if scene.dark else "light",
        locale="de-DE",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
        bypass_csp=True,  # what holds movements still is a style of ours
    )
    page = context.new_page()
    if not scene.telephone:  # whoever opens a link has no login
        _log_in(page, password)
    scene.show(page)
    page.add_style_tag(content=STILL)
    page.wait_for_load_state("networkidle")
    path = FOLDER / f"{scene.name}.png"
    page.screenshot(path=path, animations="disabled")
    context.close()
    size = path.stat().st_size
    print(f"{size / 1000:6.0f} kB  {path}", flush=True)
    return size > MOST_BYTES


def _log_in(page: Page, password: str) -> None:
    page.goto("/admin/login/?next=/admin/worklist/")
    page.fill("input[name=username]", "demo")
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/admin/worklist/")


if __name__ == "__main__":
    sys.exit(main())
