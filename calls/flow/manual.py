"""The functions as a page for people: ``docs/voice-functions.md``."""

from calls.functions import FUNCTIONS
from calls.functions.definitions import ANYWHERE, ARGUMENTS, DEFINITIONS

HEAD = """\
# Voice functions

Written by `python manage.py retell_flow --manual docs/voice-functions.md` from
`calls/functions/definitions.py`; a test compares.
The descriptions are in the language of the calls, because the voice model reads them too.

Every argument may be missing: then the answer is a question. Beside its own statuses every function
may answer
"""


def manual() -> str:
    """Markdown, the same for the same code."""
    lines = [f"{HEAD}{_codes(ANYWHERE)}.", "", "| function (aliases) | what it does | arguments | statuses |"]
    lines.append("|---|---|---|---|")
    for name, definition in DEFINITIONS.items():
        aliases = FUNCTIONS[name].aliases
        title = f"`{name}`" + (f" ({_codes(aliases)})" if aliases else "")
        cells = (title, definition.purpose, _codes(definition.arguments), _codes(definition.statuses))
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "| argument | other names | meaning |", "|---|---|---|"]
    for name, argument in ARGUMENTS.items():
        lines.append(f"| `{name}` | {_codes(argument.aliases)} | {argument.description} |")
    return "\n".join(lines) + "\n"


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{each}`" for each in names) or "–"
