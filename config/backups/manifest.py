"""What a dump contains: written last, so that a dump without one is not a backup."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

SUFFIX, BROKEN_OFF = ".dump", ".part"
BLOCK = 1 << 20


class BackupError(Exception):
    """What cannot be done, as a sentence for whoever runs the system."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """``migrations`` as ``app.name``; ``counts``: rows by table, of the very snapshot that was dumped.

    ``erased``: as in ``appointments.privacy.remembered``; restoring an older backup beside this one asks it.
    """

    sha256: str
    bytes: int
    created_at: str
    version: str
    server_version: str
    migrations: Sequence[str]
    counts: Mapping[str, int]
    erased: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def read(cls, dump: Path) -> Self:
        """Raises ``BackupError``."""
        try:
            facts: Any = json.loads(path_of(dump).read_text(encoding="utf-8"))
            return cls(**facts)
        except FileNotFoundError as error:
            raise BackupError(f"{path_of(dump)} is missing: this is not a complete backup.") from error
        except (OSError, ValueError, TypeError) as error:
            raise BackupError(f"{path_of(dump)} cannot be read.") from error

    def write(self, dump: Path) -> None:
        text = json.dumps(asdict(self), indent=2, sort_keys=True)
        path_of(dump).write_text(text + "\n", encoding="utf-8")

    def insist_on(self, dump: Path) -> None:
        """Raises ``BackupError`` unless it is the very file that was written."""
        if not dump.is_file():
            raise BackupError(f"{dump} does not exist.")
        if digest_of(dump) != self.sha256:
            raise BackupError(f"{dump} is not what was written: its checksum differs.")


def path_of(dump: Path) -> Path:
    return dump.with_suffix(".json")


def name_of(now: datetime) -> str:
    return f"terminfest-{now:%Y%m%dT%H%M%SZ}{SUFFIX}"


def complete(folder: Path) -> list[Path]:
    """The dumps with a manifest, the oldest first."""
    return sorted(dump for dump in folder.glob(f"terminfest-*{SUFFIX}") if path_of(dump).is_file())


def digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
