"""One spelling for all that people write and say, and how it sounds. A hint for people, never proof (H5)."""

import unicodedata
from functools import lru_cache

import cologne_phonetics  # type: ignore[import-untyped]

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "’": None, "'": None, "`": None, "´": None})


def fold(text: str) -> str:
    """One spelling for all: Unicode casefold, ä → ae, ß → ss, other accents dropped (A31)."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_UMLAUTS)
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=4096)
def sound(text: str) -> str:
    """Cologne phonetics of a text, empty when it has no letters."""
    return "".join(code for _, code in cologne_phonetics.encode(text))
