"""A request as handlers see it, and what they give back."""

from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.faults import Fault

Answer = tuple[int, dict[str, Any]]


@dataclass(slots=True)
class Request:
    """``query``: the last value of each name. ``params``: what the path brought."""

    method: str
    path: str
    raw_query: str = ""
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    version: str | None = None
    key: str | None = None
    address: str = "127.0.0.1"
    params: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    origin: str = "api"

    @property
    def is_authenticated(self) -> bool:
        return self.key is not None

    @property
    def full_path(self) -> str:
        return f"{self.path}?{self.raw_query}" if self.raw_query else self.path

    @property
    def uid(self) -> str:
        return self.params["uid"]

    def has_fault(self, name: str) -> bool:
        return self.fault is not None and self.fault.fault == name


def success(data: Any, status: int = 200) -> Answer:
    return status, {"status": "success", "data": data}
