"""What applying a salon file changes, as lines for a person."""

from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    DEACTIVATED = "deactivated", _("deactivated")
    REACTIVATED = "reactivated", _("reactivated")
    REMOVED = "removed", _("removed")


@dataclass(frozen=True, slots=True)
class Change:
    """``what`` is a noun ("service"), ``name`` the thing's own, ``details`` what exactly."""

    kind: Kind
    what: str
    name: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        line = f"{self.kind.label}: {self.what} {self.name}"
        return f"{line} ({'; '.join(self.details)})" if self.details else line


@dataclass
class ChangeLog:
    changes: list[Change] = field(default_factory=list)

    def add(self, kind: Kind, what: str | Promise, name: object, *details: str) -> None:
        self.changes.append(Change(kind, str(what), str(name), details))
