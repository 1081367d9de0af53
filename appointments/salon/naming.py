"""A branch as whoever runs the system names it."""

from appointments.models import Branch


class NoSuchBranch(ValueError):
    """``str()`` is one sentence."""


def branch_named(name: str) -> Branch:
    """``morgenrot/Mitte``: the salon's short name and the branch's name. Raises ``NoSuchBranch``."""
    slug, _slash, branch = name.partition("/")
    rows = Branch.objects.filter(active=True, company__active=True, company__slug=slug)
    found = rows.filter(name=branch).select_related("company").first()
    if found is None:
        known = ", ".join(f"{slug}/{each}" for each in rows.order_by("name").values_list("name", flat=True))
        raise NoSuchBranch(f"There is no branch {name}. {f'There are: {known}.' if known else ''}".strip())
    return found
