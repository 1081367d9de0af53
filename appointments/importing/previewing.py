"""What the first rows would become, and which words of the file nobody here knows yet."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from rapidfuzz import fuzz, process, utils

from appointments.importing.catalogue import Catalogue
from appointments.importing.deciding import Decision, Memory, foresee
from appointments.importing.files import Opener
from appointments.importing.mapping import Mapping as FileMapping
from appointments.importing.preparing import Prepared, open_with, prepare
from appointments.importing.problems import ImportFileError, RowError
from appointments.importing.reading import Layout, Reader
from appointments.importing.words import status_of
from appointments.models import Company, Import

ROWS = 20
# Of so many rows the words are looked through.
WORD_ROWS = 20_000
MOST_WORDS = 60
# Of a hundred. Below, a proposal is more likely to be wrong than right.
LIKE_ENOUGH = 78


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word of the file, how often it stands there, and whom or what it probably means."""

    word: str
    count: int
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    staff: Sequence[Unknown] = ()
    services: Sequence[Unknown] = ()
    statuses: Sequence[Unknown] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    prepared: Prepared
    rows_total: int
    decisions: Sequence[Decision]
    words: Words


def preview(opener: Opener, mapping: FileMapping, run: Import, *, now: datetime) -> Preview:
    """Reads the whole file, decides the first rows, stores nothing. Raises ``ImportFileError``."""
    prepared = prepare(opener, mapping, run.company)
    total = prepared.table.count()
    memory = Memory(run, mapping)
    with prepared.table.rows() as rows:
        first = list(islice(rows, ROWS))
    decisions = foresee(
        first,
        Reader(prepared.layout, memory.catalogue),
        memory,
        run=run,
        creates_customers="customers" in mapping.create_missing,
        now=now,
    )
    return Preview(
        prepared,
        total,
        decisions,
        words=words_of(prepared, run.company),
    )


def words_of(prepared: Prepared, company: Company) -> Words:
    """Also those for which the mapping has a meaning: a person may want to change it."""
    counted, known = _count(prepared), _Known(company)
    return Words(
        staff=[
            Unknown(word, count, _like(word, known.people))
            for word, count in counted["staff"]
            if not _is_known(known.catalogue.staff, word)
        ],
        services=[
            Unknown(word, count, _like(word, known.services))
            for word, count in counted["service"]
            if not _is_known(lambda name: known.catalogue.service(name, 1), word)
        ],
        statuses=[Unknown(word, count) for word, count in counted["status"] if status_of(word, {}) is None],
    )


def _count(prepared: Prepared) -> Mapping[str, list[tuple[str, int]]]:
    """How often each word stands in the columns whose words mean something here; the most frequent first."""
    layout = prepared.layout
    places = {name: layout.places[name] for name in ("staff", "service", "status") if name in layout.places}
    words: dict[str, Counter[str]] = {name: Counter() for name in ("staff", "service", "status")}
    narrow = Layout(places=places, width=layout.width, zone=layout.zone)
    with prepared.table.rows() as rows:
        for row in islice(rows, WORD_ROWS):
            for name, text in narrow.values(row).items():
                words[name].update([text] if text else [])
    return {name: counter.most_common(MOST_WORDS) for name, counter in words.items()}


class _Known:
    """What the salon knows by itself."""

    def __init__(self, company: Company) -> None:
        self.catalogue = Catalogue(
            company, staff_words={}, service_words={}, makes=(), branch=None, stores=False
        )
        self.people = list(company.staff.order_by("name").values_list("name", flat=True))
        self.services = list(company.services.order_by("name").values_list("name", flat=True))


def _is_known(look_up: Callable[[str], object], word: str) -> bool:
    try:
        look_up(word)
    except RowError:
        return False
    return True


def _like(word: str, names: Sequence[str]) -> str:
    found = process.extractOne(
        word, names, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=LIKE_ENOUGH
    )
    return str(found[0]) if found else ""


def propose(opener: Opener, company: Company) -> FileMapping:
    """What the file itself says, with proposals for its words; a person confirms or changes them."""
    plain = FileMapping(create_missing=["customers"])
    table = open_with(opener, plain)
    found = plain.model_copy(update={"encoding": table.encoding, "delimiter": table.delimiter})
    try:
        prepared = prepare(opener, found, company)
    except ImportFileError:  # a person has to say what the columns are
        return found
    layout, words = prepared.layout, words_of(prepared, company)
    facts = {
        **found.model_dump(mode="json"),
        "columns": {name: list(names) for name, names in prepared.columns.items()},
        "date_format": layout.date_format or None,
        "time_format": layout.time_format or None,
        "datetime_format": layout.datetime_format or None,
        "staff": {one.word: one.proposal for one in words.staff if one.proposal},
        "services": {one.word: one.proposal for one in words.services if one.proposal},
    }
    return FileMapping.model_validate(facts)
