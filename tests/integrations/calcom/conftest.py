from collections.abc import Iterator

import pytest

from integrations.calcom.client import Client
from tests.integrations.calcom.vendor import Vendor, vendor_on_loopback

KEY = "cal_live_nobodyshouldreadthis"


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with vendor_on_loopback() as vendor:
        yield vendor


@pytest.fixture
def client(vendor: Vendor) -> Client:
    return Client(vendor.url, KEY, timeout=(1.0, 5.0))
