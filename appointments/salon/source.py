"""YAML as plain values that still know their lines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _

from appointments.salon.problems import Path, Problem, SalonFileError

# A salon file is four levels deep. More is a mistake, or an attempt to exhaust the stack.
MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Source:
    """``data``: dicts, lists and scalars. ``lines``: where each key and each item stands, from 1."""

    data: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of ``path``, or of the nearest thing around it that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def load(content: bytes) -> Source:
    """Raises ``SalonFileError`` if this is not UTF-8, not YAML, or names a key twice."""
    loader: _Loader | None = None
    try:
        loader = _Loader(_decode(content))
        node = loader.get_single_node()
        return _Values(loader).source(node)
    except yaml.reader.ReaderError as error:
        line = content.decode("utf-8-sig").count("\n", 0, error.position) + 1
        raise _error(line, _("This character is not allowed in YAML.")) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        reason = {"reason": error.problem or error.context}
        raise _error(line, _("This is not YAML: %(reason)s.") % reason) from error
    finally:
        if loader is not None:
            loader.dispose()


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _error(line, _("This is not UTF-8.")) from error


def _error(line: int, message: str) -> SalonFileError:
    return SalonFileError([Problem(line, message)])


class _Loader(yaml.SafeLoader):
    """Safe YAML in which ``off`` and ``NO`` are words, as YAML 1.2 has it.

    In YAML 1.1 ``calendar: off`` would be *false*, and so would the holidays of Norway. Aliases are
    refused: what stands in two places could not be reported by its line, and they can grow without
    bounds.
    """

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _refused(event, _("Aliases (*) are not supported."))
        if self.depth > MAX_DEPTH:
            raise _refused(event, _("This is nested too deeply."))
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _refused(event: yaml.Event, message: str) -> SalonFileError:
    return _error(event.start_mark.line + 1 if event.start_mark else 1, message)


BOOLEAN = "tag:yaml.org,2002:bool"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != BOOLEAN or first in "tTfF"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass
class _Values:
    """Walks the nodes, and notes each line on the way."""

    loader: _Loader
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def source(self, node: yaml.Node | None) -> Source:
        data = self.value(node, ()) if node is not None else None
        if self.problems:
            raise SalonFileError(self.problems)
        return Source(data, self.lines)

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self.scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                self.problems.append(Problem(line, _("A key must be text.")))
                continue
            if key in values:
                self.problems.append(Problem(line, _("The key “%(key)s” stands here twice.") % {"key": key}))
                continue
            self.lines[(*path, key)] = line
            values[key] = self.value(value_node, (*path, key))
        return values

    def scalar(self, node: yaml.Node) -> Any:
        construct: Callable[[yaml.Node], Any] = self.loader.construct_object
        try:
            return construct(node)
        except ValueError:  # 2026-02-30 is written like a date and is none
            line = node.start_mark.line + 1
            self.problems.append(Problem(line, _("“%(text)s” does not exist.") % {"text": node.value}))
            return None
