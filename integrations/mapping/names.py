"""When two spellings are one name."""

import re
import unicodedata

from rapidfuzz import fuzz

# Cal.com's slugs and many e-mail programs drop the dots of an umlaut, people write it out: Müller,
# Mueller and Muller are one name here. That "Manuel" is spelt alike on both sides does not matter.
_WRITTEN_OUT = re.compile(r"([aou])e")
_WORD = re.compile(r"[a-z0-9]+")
SIMILAR = 85  # per cent; "Jonas Brand" and "Jonas Brandt" are, "Emma Keller" and "Emil Kessler" are not


def words(text: str) -> tuple[str, ...]:
    """``"Dauerwelle – Haare wickeln"`` and ``"dauerwelle-haare-wickeln"`` are the same words."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(_WORD.findall(_WRITTEN_OUT.sub(r"\1", letters)))


def same(one: str, other: str) -> bool:
    """In any order of the words: "Keller, Emma" is Emma Keller. An empty name is nobody's."""
    return bool(words(one)) and sorted(words(one)) == sorted(words(other))


def similar(one: str, other: str) -> bool:
    """Near enough to ask, never to decide; a first name alone is similar to the whole."""
    return fuzz.token_set_ratio(" ".join(words(one)), " ".join(words(other))) >= SIMILAR
