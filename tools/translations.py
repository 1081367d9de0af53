"""Check or compile the translations: ``python -m tools.translations [--compile]``.

Compiled catalogues are committed, so that a clean clone speaks German without gettext. polib stands in for
``msgfmt`` here; whether all texts of the code are in the catalogues at all is checked only where gettext is
installed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
APPS = ("config", "appointments", "integrations", "calls")
COLLECT_TIMEOUT_SECONDS = 120
PLACEHOLDER = re.compile(r"%\(\w+\)|(?<!%)%[sd]")


def catalogues(root: Path = ROOT) -> list[Path]:
    """Every ``django.po`` of our apps."""
    return sorted(path for app in APPS for path in (root / app).glob("locale/*/LC_MESSAGES/django.po"))


def problems(path: Path) -> Iterator[str]:
    """What is wrong with a catalogue and its compiled form, one sentence each."""
    catalogue = polib.pofile(str(path))
    for entry in catalogue.untranslated_entries():
        yield f"{path}: not translated: {entry.msgid!r}"
    for entry in catalogue.fuzzy_entries():
        yield f"{path}: fuzzy: {entry.msgid!r}"
    for entry in catalogue.translated_entries():
        if not _asks_for_the_same(entry):
            yield f"{path}: other placeholders: {entry.msgid!r}"
    compiled = path.with_suffix(".mo")
    if not compiled.exists():
        yield f"{compiled}: missing, run `make messages`"
    elif _contents(catalogue.translated_entries()) != _contents(polib.mofile(str(compiled))):
        yield f"{compiled}: differs from its django.po, run `make messages`"


def contradictions(paths: Iterable[Path]) -> Iterator[str]:
    """The same words with another translation in another catalogue: Django throws all of them together, and
    one of the two is said in both places. Where it has to be another, a context tells them apart.
    """
    said: dict[tuple[str | None, str], tuple[Path, set[str]]] = {}
    for path in paths:
        for entry in polib.pofile(str(path)):
            here = set(entry.msgstr_plural.values()) or {entry.msgstr}
            first, there = said.setdefault((entry.msgctxt, entry.msgid), (path, here))
            if here != there:
                yield f"{path}: otherwise than in {first}: {entry.msgid!r}"


def _asks_for_the_same(entry: polib.POEntry) -> bool:
    """As gettext's ``--check-format``: one too many is an error page, one too few a text that is unclear.

    Of a plural's forms some may leave out the number.
    """
    asked = {*PLACEHOLDER.findall(entry.msgid), *PLACEHOLDER.findall(entry.msgid_plural)}
    forms = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
    told = [set(PLACEHOLDER.findall(form)) for form in forms]
    return told[-1] == asked and all(each <= asked for each in told)


def _contents(entries: Iterable[polib.POEntry | polib.MOEntry]) -> dict[tuple[str | None, str], object]:
    return {(entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr for entry in entries}


def uncollected() -> Iterator[str]:
    """Texts of the code that are in no catalogue, and the other way round; needs gettext."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "var", "staticfiles", "tests"))
        subprocess.run(
            [sys.executable, "manage.py", "makemessages", "--locale", "de", "--no-obsolete"],
            cwd=copy,
            env={**os.environ, "DEBUG": "true"},
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=COLLECT_TIMEOUT_SECONDS,
        )
        for path in catalogues(copy):
            ours = ROOT / path.relative_to(copy)
            fresh = {entry.msgid for entry in polib.pofile(str(path))}
            known = {entry.msgid for entry in polib.pofile(str(ours))} if ours.exists() else set()
            for text in sorted(fresh ^ known):
                yield f"{ours}: {'new' if text in fresh else 'gone'}, run `make messages`: {text!r}"


def compile_all() -> None:
    """Write every ``django.mo``."""
    for path in catalogues():
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


def main() -> None:
    """Exit with status 1 if something is wrong."""
    parser = argparse.ArgumentParser(description="Check or compile the translations.")
    parser.add_argument("--compile", action="store_true", help="write the compiled catalogues")
    if parser.parse_args().compile:
        compile_all()
        return
    found = [problem for path in catalogues() for problem in problems(path)]
    found += contradictions(catalogues())
    if shutil.which("xgettext"):
        found += uncollected()
    else:
        print("gettext is not installed: texts missing from the catalogues are not looked for.")
    print("\n".join(found) or f"{len(catalogues())} catalogues are complete.")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
