"""What the worker does for the frame."""

from config import version


def note_version() -> str:
    """For the web to compare with its own. Every minute."""
    version.note(version.WORKER)
    return version.RUNNING
