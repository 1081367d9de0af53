"""german.md §3, every row by its number, in the demo salon; and Damen, Herren, Kinder never confused (B5)."""

import itertools

import pytest

from calls.understanding import ServiceName, match_service
from tests.calls.understanding.salon import BARBER, DEMO, GRAND, catalogue

CUTS = ("Herrenhaarschnitt", "Damenhaarschnitt", "Kinderhaarschnitt")
UMFAERBUNG = "Komplette Umfärbung (Blondierung)"
ROWS = [
    (1, "Herrenhaarschnitt", "Herrenhaarschnitt"),
    (2, "Herren Haarschnitt", "Herrenhaarschnitt"),
    (2, "Herren Herrenhaarschnitt", "Herrenhaarschnitt"),
    (4, "Herrenschnitt", "Herrenhaarschnitt"),
    (5, "Männerhaarschnitt", "Herrenhaarschnitt"),
    (5, "Männer Haarschnitt", "Herrenhaarschnitt"),
    (7, "Haarschnitt Männer", "Herrenhaarschnitt"),
    (7, "für meinen Mann", "Herrenhaarschnitt"),
    (8, "Haarschnitt", "ask"),
    (10, "Frisur", "ask"),
    (11, "Damenschnitt", "Damenhaarschnitt"),
    (13, "Damenhaarschnitt", "Damenhaarschnitt"),
    (14, "Kinderhaarschnitt", "Kinderhaarschnitt"),
    (14, "Haarschnitt für meinen Sohn (acht)", "Kinderhaarschnitt"),
    (16, "Herrenhaarschnitt und Bartpflege", "ask"),
    (16, "Herrenhaarschnitt mit Bart", "ask"),
    (17, "Bart trimmen", "not_offered"),
    (17, "Bartschnitt", "not_offered"),
    (19, "Waschen und föhnen bitte", "Waschen & Föhnen"),
    (20, "Waschen, schneiden, föhnen", "ask"),
    (22, "Dauerwelle", "Dauerwelle"),
    (23, "Dauerwellen", "Dauerwelle"),
    (23, "Perm", "Dauerwelle"),
    (25, "Ansatzfärbung", "Ansatzfärbung"),
    (26, "Ansatz färben", "Ansatzfärbung"),
    (26, "Ansatz nachfärben lassen", "Ansatzfärbung"),
    (28, "Ansatzfärbung, waschen, schneiden, föhnen", "ask"),
    (29, "Ansatz-Längenausgleich", "Ansatz + Längenausgleich"),
    (29, "Ansatz und Längenausgleich", "Ansatz + Längenausgleich"),
    (31, "färben", "ask"),
    (31, "Farbe", "ask"),
    (31, "Tönung", "ask"),
    (32, "Strähnen", "not_offered"),
    (34, "Blondierung", UMFAERBUNG),
    (34, "komplett blond", UMFAERBUNG),
    (34, "alles umfärben", UMFAERBUNG),
    (35, "Gloss", "not_offered"),
    (37, "Haarverlängerung", "not_offered"),
    (37, "Extensions", "not_offered"),
    (38, "Beratung", "not_offered"),
    (40, "30 Minuten Termin", "ask"),
    (41, "Hochsteckfrisur", "not_offered"),
    (43, "das Gleiche wie letztes Mal", "ask"),
]


@pytest.mark.parametrize(("row", "heard", "expected"), ROWS, ids=[f"row{r[0]}-{r[1]}" for r in ROWS])
def test_row_in_the_demo_salon(row: int, heard: str, expected: str) -> None:
    match = match_service(heard, services=DEMO)
    assert (match.name or match.status) == expected, f"row {row}"


@pytest.mark.parametrize(
    ("row", "heard", "expected"),
    [
        (20, "Waschen, schneiden, föhnen", "Waschen, Schneiden, Föhnen"),
        (28, "Ansatzfärbung, waschen, schneiden, föhnen", "Ansatzfärbung, waschen, schneiden, föhnen"),
        (32, "Strähnchen", "ask"),
        (35, "Gloss", "Gloss"),
        (38, "Beratungsgespräch", "Beratung"),
        (41, "Brautfrisur", "Hochsteckfrisur"),
    ],
)
def test_row_where_the_salon_offers_it(row: int, heard: str, expected: str) -> None:
    match = match_service(heard, services=GRAND)
    assert (match.name or match.status) == expected, f"row {row}"


AUDIENCES = {
    "Herrenhaarschnitt": ("Herren", "Männer", "Herrn", "meinen Mann", "meinen Bruder", "meinen Vater"),
    "Damenhaarschnitt": ("Damen", "Frauen", "meine Frau", "meine Mutter", "meine Freundin", "die Oma"),
    "Kinderhaarschnitt": ("Kinder", "mein Kind", "meine Tochter, fünf Jahre", "einen zehnjährigen Jungen"),
}
MATRIX = [
    (f"{cut} für {who}", name)
    for name, people in AUDIENCES.items()
    for who in people
    for cut in ("Haarschnitt", "Schneiden")
]


@pytest.mark.parametrize(("heard", "expected"), MATRIX)
@pytest.mark.parametrize(
    "offered", [c for n in (1, 2, 3) for c in itertools.combinations(CUTS, n)], ids="+".join
)
def test_damen_herren_and_kinder_are_never_confused(
    heard: str, expected: str, offered: tuple[str, ...]
) -> None:
    """Also where the right one is missing from the catalogue, whatever else stands in it."""
    services = catalogue(*((name, 30, ()) for name in (*offered, "Dauerwelle")))
    match = match_service(heard, services=services)
    assert (match.status, match.name) == (
        ("resolved", expected) if expected in offered else ("not_offered", None)
    )


@pytest.mark.parametrize("name", CUTS)
@pytest.mark.parametrize("slip", ["{}", "{}e", "einen {} bitte", "{} morgen um zehn"])
def test_a_slip_never_changes_the_audience(name: str, slip: str) -> None:
    for n in range(1, len(name)):
        heard = name[:n] + name[n + 1 :]
        match = match_service(slip.format(heard), services=DEMO)
        assert match.name in (name, None), (heard, match)


@pytest.mark.parametrize("service", [*DEMO, *BARBER, *GRAND], ids=lambda service: service.name)
def test_every_name_is_understood_as_itself(service: ServiceName) -> None:
    salon = next(salon for salon in (DEMO, BARBER, GRAND) if service in salon)
    for said in (service.name, service.name.upper(), f"  {service.name} ", *service.synonyms):
        assert match_service(said, services=salon).id == service.id


def test_the_exact_name_beats_the_longer_one_and_a_shared_synonym_is_asked() -> None:
    """B10: "Herrenhaarschnitt" never takes "Herrenhaarschnitt Premium"."""
    assert match_service("Herrenhaarschnitt", services=GRAND).name == "Herrenhaarschnitt"
    twins = catalogue(("Schnitt kurz", 30, ("Basis",)), ("Schnitt lang", 60, ("Basis",)))
    assert match_service("Basis", services=twins).candidates == ("Schnitt kurz", "Schnitt lang")


def test_numbers_in_the_wish_match_the_duration() -> None:
    """B3: asked for 15 minutes, 30 were booked."""
    assert match_service("Beratung 15 Minuten", services=BARBER).name == "Beratung 15 Minuten"
    assert match_service("halbstündige Beratung", services=BARBER).status == "ask"
    assert match_service("30 Minuten Termin", services=DEMO).candidates == (
        "Kinderhaarschnitt",
        "Waschen & Föhnen",
    )
    assert match_service("Herrenhaarschnitt, 30 Minuten", services=DEMO).candidates == ("Herrenhaarschnitt",)


@pytest.mark.parametrize(
    "heard", [None, "", "  ", "{{service}}", "None", "Termin", "einen Termin bitte", "äh", "ja"]
)
def test_nothing_said_is_never_a_default(heard: str | None) -> None:
    """B4: no service is chosen for the caller."""
    assert match_service(heard, services=DEMO).status == "ask"


@pytest.mark.parametrize("heard", ["Einwirkzeit", "Haare wickeln", "Fixierung auftragen", "Auswaschen"])
def test_a_phase_is_not_a_service(heard: str) -> None:
    assert match_service(heard, services=DEMO).name is None


def test_an_empty_catalogue_offers_nothing() -> None:
    assert match_service("Dauerwelle", services=()).status == "not_offered"
