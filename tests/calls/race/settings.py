"""Settings of the servers that race: as the tests', in a database of their own."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASE

DATABASE["NAME"] = os.environ["RACE_DATABASE"]
