"""Registered in the order in which they are run and repaired: whoever is mapped can be compared."""

from integrations.integrity import (  # noqa: F401, I001 - in this order
    checks_mapping,
    checks_line,
    checks_agreement,
    checks_waiting,
)
