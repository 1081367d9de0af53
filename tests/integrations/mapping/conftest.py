"""A salon whose calendar is on, and the sandbox in which it should stand, over real HTTP.

Nothing of it may be asked inside a transaction, hence real commits.
"""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from integrations.sandbox import EventType, Host, Sandbox, Team, World, serve
from tests.integrations.mapping.salon import EMMA_ID, JONAS_ID, OWNER_ID, TEAM_ID
from tests.salons import Salon, make_salon

OWN = {"interval": 5, "notice": 0}


@pytest.fixture
def salon(transactional_db: None) -> Salon:
    made = make_salon(calendar="mirror")
    made.emma.email = "emma@morgenrot.example"
    made.emma.save()
    return made


@pytest.fixture
def world() -> World:
    """Emma is found by her address, Jonas by his name; the owner of the key is nobody's calendar."""
    return World.of(
        hosts=[
            Host(OWNER_ID, "Empfang", "desk@morgenrot.example"),
            Host(EMMA_ID, "E. Keller", "Emma@Morgenrot.example"),
            Host(JONAS_ID, "Jonas Brandt", "jb@elsewhere.example"),
        ],
        event_types=[
            EventType(3001, (EMMA_ID,), 55, "Herrenhaarschnitt", **OWN),
            EventType(3002, (EMMA_ID,), 50, "Dauerwelle: Haare wickeln", **OWN),
            EventType(3003, (EMMA_ID,), 5, "Dauerwelle: Fixierung auftragen", **OWN),
            EventType(3004, (EMMA_ID,), 55, "Dauerwelle: Auswaschen und Pflege", **OWN),
        ],
        teams=[Team(TEAM_ID, "Morgenrot", members=(OWNER_ID, EMMA_ID, JONAS_ID))],
    )


@pytest.fixture
def sandbox(world: World, settings: Settings) -> Iterator[Sandbox]:
    with serve(world) as running:
        settings.CALCOM_API_URL, settings.CALCOM_API_KEY = running.url, running.key
        yield running
