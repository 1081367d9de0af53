"""German numbers and ordinals as words, in folded spelling (ue for ü, ss for ß)."""

_UNITS = {
    2: ("zwei", "zwo"), 3: ("drei",), 4: ("vier",), 5: ("fuenf", "funf"), 6: ("sechs",),
    7: ("sieben",), 8: ("acht",), 9: ("neun",),
}  # fmt: skip
_TEENS = {
    10: ("zehn",), 11: ("elf",), 12: ("zwoelf", "zwolf"), 13: ("dreizehn",), 14: ("vierzehn",),
    15: ("fuenfzehn", "funfzehn", "fuffzehn"), 16: ("sechzehn", "sechszehn"),
    17: ("siebzehn", "siebenzehn"), 18: ("achtzehn",), 19: ("neunzehn",),
}  # fmt: skip
_TENS = {
    20: ("zwanzig",), 30: ("dreissig", "dreizig"), 40: ("vierzig",), 50: ("fuenfzig", "funfzig", "fuffzig"),
    60: ("sechzig",), 70: ("siebzig",), 80: ("achtzig",), 90: ("neunzig",),
}  # fmt: skip
_ORDINAL_STEMS = {
    1: ("erst",), 2: ("zweit", "zwot"), 3: ("dritt",), 7: ("siebt", "siebent"), 8: ("acht",),
}  # fmt: skip
_ORDINAL_ENDINGS = ("e", "en", "er", "es", "em")
# "um fünfe", "halb neune"; "achte" is also an ordinal and is left to the clock.
_DIALECT_UP_TO = 12

ONE_ARTICLES = frozenset({"ein", "eine", "einen", "einer", "einem", "eines", "nem", "ner", "nen"})
"""Words that are the number one only where a unit follows ("in einer Woche", "ein Uhr")."""


def _cardinals() -> dict[str, int]:
    words = {"null": 0, "eins": 1, "oans": 1, "zwoa": 2}
    for number, spellings in (_UNITS | _TEENS | _TENS).items():
        words.update(dict.fromkeys(spellings, number))
    for tens, ten_words in _TENS.items():
        for unit, unit_words in ({1: ("ein",)} | _UNITS).items():
            words.update({f"{u}und{t}": tens + unit for u in unit_words for t in ten_words})
    for word, number in list(words.items()):
        if 2 <= number <= _DIALECT_UP_TO and number != 8 and not word.endswith(("e", "a")):
            words[word + "e"] = number
    return words


def _with_years(below_hundred: dict[str, int]) -> dict[str, int]:
    words = dict(below_hundred) | {"zweitausend": 2000}
    for word, number in below_hundred.items():
        words |= {f"zweitausend{word}": 2000 + number, f"zweitausendund{word}": 2000 + number}
    return words


def _ordinals(cardinals: dict[str, int]) -> dict[str, int]:
    words: dict[str, int] = {}
    for word, number in cardinals.items():
        if number and number not in _ORDINAL_STEMS:
            stem = word + ("t" if number < 20 else "st")
            words.update({stem + ending: number for ending in _ORDINAL_ENDINGS})
    for number, stems in _ORDINAL_STEMS.items():
        words.update({stem + ending: number for stem in stems for ending in _ORDINAL_ENDINGS})
    return words


_BELOW_HUNDRED = _cardinals()
CARDINALS = _with_years(_BELOW_HUNDRED)
"""Folded word → number, 0..99 and the years 2000..2099."""
ORDINALS = _ordinals(_BELOW_HUNDRED)
"""Folded word → ordinal number, 1..99, all endings."""
