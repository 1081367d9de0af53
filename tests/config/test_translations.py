"""Every text has a German form, and what is committed compiled is what was translated."""

from pathlib import Path
from typing import Any

import polib
import pytest

from tools import translations


@pytest.mark.parametrize("path", translations.catalogues(), ids=lambda path: path.parts[-5])
def test_a_catalogue_is_complete_and_compiled(path: Path) -> None:
    assert list(translations.problems(path)) == []


def write(folder: Path, *entries: polib.POEntry) -> Path:
    """A catalogue as gettext leaves it."""
    path = folder / "django.po"
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.extend(entries)
    catalogue.save(str(path))
    return path


def test_gaps_are_found(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        polib.POEntry(msgid="Monday", msgstr=""),
        polib.POEntry(msgid="Tuesday", msgstr="Dienstag", flags=["fuzzy"]),
    )

    assert list(translations.problems(path)) == [
        f"{path}: not translated: 'Monday'",
        f"{path}: fuzzy: 'Tuesday'",
        f"{path.with_suffix('.mo')}: missing, run `make messages`",
    ]


def test_a_stale_compilation_is_found(tmp_path: Path) -> None:
    path = write(tmp_path, polib.POEntry(msgid="Monday", msgstr="Mondtag"))
    polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    assert list(translations.problems(path)) == []

    write(tmp_path, polib.POEntry(msgid="Monday", msgstr="Montag"))

    assert list(translations.problems(path)) == [
        f"{path.with_suffix('.mo')}: differs from its django.po, run `make messages`"
    ]


@pytest.mark.parametrize(
    ("texts", "sound"),
    [
        ({"msgid": "%(a)s of %(b)s", "msgstr": "%(b)s: %(a)s"}, True),
        ({"msgid": "%(a)s of %(b)s", "msgstr": "%(a)s"}, False),
        ({"msgid": "%(a)s", "msgstr": "%(a)s von %(b)s"}, False),
        (
            {"msgid": "one of %(n)d", "msgid_plural": "%(n)d of", "msgstr_plural": {0: "eins", 1: "%(n)d"}},
            True,
        ),
        ({"msgid": "one", "msgid_plural": "%(n)d", "msgstr_plural": {0: "eins", 1: "viele"}}, False),
    ],
)
def test_a_translation_asks_for_the_same(tmp_path: Path, texts: dict[str, Any], *, sound: bool) -> None:
    path = write(tmp_path, polib.POEntry(**texts))
    polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    wrong = [f"{path}: other placeholders: {texts['msgid']!r}"]
    assert list(translations.problems(path)) == ([] if sound else wrong)


def test_the_same_words_are_translated_alike_everywhere(tmp_path: Path) -> None:
    """Found when a page of ours made the phone say "um 10 Uhr Uhr": all catalogues become one."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    paths = [
        write(one, polib.POEntry(msgid="at %(time)s", msgstr="um %(time)s")),
        write(other, polib.POEntry(msgid="at %(time)s", msgstr="um %(time)s Uhr")),
    ]
    assert list(translations.contradictions(paths)) == [
        f"{paths[1]}: otherwise than in {paths[0]}: 'at %(time)s'"
    ]
    write(other, polib.POEntry(msgid="at %(time)s", msgctxt="by the clock", msgstr="um %(time)s Uhr"))
    assert list(translations.contradictions(paths)) == []
    assert list(translations.contradictions(translations.catalogues())) == []
