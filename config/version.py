"""Which version runs: the one that was on the disk when this process began (incident J3).

``APP_VERSION`` says it where there is no checkout, as in an image; otherwise it is the commit.
"""

import logging
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[1]
UNKNOWN = "unknown"
LENGTH = 12
WEB, WORKER = "web", "worker"
# A process that has not been heard of for a day has gone.
REMEMBERED_SECONDS = 24 * 60 * 60


def on_disk(root: Path = ROOT) -> str:
    """What a process that begins now would be. Reads two small files."""
    if settings.APP_VERSION:
        return str(settings.APP_VERSION)
    try:
        return _commit(root)[:LENGTH] or UNKNOWN
    except OSError:
        return UNKNOWN


def _commit(root: Path) -> str:
    folder = root / ".git"
    if folder.is_file():  # a worktree
        folder = (root / folder.read_text(encoding="utf-8").removeprefix("gitdir:").strip()).resolve()
    head = (folder / "HEAD").read_text(encoding="utf-8").strip()
    name = head.removeprefix("ref:").strip()
    if name == head:
        return head
    common = folder
    if (folder / "commondir").is_file():
        common = (folder / (folder / "commondir").read_text(encoding="utf-8").strip()).resolve()
    if (common / name).is_file():
        return (common / name).read_text(encoding="utf-8").strip()
    packed = (common / "packed-refs").read_text(encoding="utf-8").splitlines()
    return next((line.split()[0] for line in packed if line.endswith(f" {name}")), "")


RUNNING = on_disk()


def note(kind: str) -> None:
    """That a process of this kind runs this version; for all other processes to read. Never raises: a
    process has to come up before its database does.
    """
    try:
        cache.set(f"version:{kind}", RUNNING, REMEMBERED_SECONDS)
    except Exception:
        logger.exception("The running version could not be noted.")


def noted(kind: str) -> str | None:
    version: str | None = cache.get(f"version:{kind}")
    return version


def shown(request: object = None) -> str:
    """For the admin's pages."""
    return RUNNING
