"""The staff guide shows and links what is there, and none of its pictures takes long to load."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = sorted(DOCS.glob("handbuch*.md"))
MOST_BYTES = 150_000


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_everything_linked_is_there(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    files = re.findall(r"\]\(([^#)]+)\)", text)
    assert [name for name in files if not (DOCS / name).is_file()] == []
    headings = {_anchor(line) for line in text.splitlines() if line.startswith("## ")}
    assert [name for name in re.findall(r"\]\(#([^)]+)\)", text) if name not in headings] == []


def _anchor(heading: str) -> str:
    """As GitHub makes one."""
    return re.sub(r"[^\w\- ]", "", heading.removeprefix("## ").lower()).replace(" ", "-")


def test_pictures_are_small_and_all_of_them_are_used() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in (*GUIDES, DOCS.parent / "README.md"))
    pictures = sorted(DOCS.joinpath("pictures").glob("*.png"))
    assert {path.name: path.stat().st_size for path in pictures if path.stat().st_size > MOST_BYTES} == {}
    assert [path.name for path in pictures if f"pictures/{path.name}" not in said] == []
