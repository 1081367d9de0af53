"""What other apps show on a customer's page, which knows none of them."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest

from appointments.models import Customer

# HTML, with a number of queries that does not depend on the data; empty: nothing.
CustomerPanel = Callable[[HttpRequest, Customer], str]
_panels: list[CustomerPanel] = []


def register(panel: CustomerPanel) -> CustomerPanel:
    if panel not in _panels:
        _panels.append(panel)
    return panel


def registered() -> Sequence[CustomerPanel]:
    return tuple(_panels)
