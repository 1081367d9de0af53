"""No other system is asked inside a transaction: waiting for it would keep the locks for as long."""

from django.db import connection


def insist_on_no_transaction(whom: str) -> None:
    """As ``atomic(durable=True)`` does: the transactions that a ``TestCase`` wraps around each test are no
    matter. Raises ``RuntimeError``.
    """
    blocks = connection.atomic_blocks
    if blocks and not getattr(blocks[-1], "_from_testcase", False):
        raise RuntimeError(f"{whom} must not be asked inside a transaction.")
