from collections.abc import Iterator

import pytest

from tests.integrations.alarms.receivers import HttpReceiver, MailServer, http_receiver, mail_server
from tests.salons import Salon, make_salon


@pytest.fixture
def salon(db: None) -> Salon:
    return make_salon()


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    with http_receiver() as found:
        yield found


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as found:
        yield found
