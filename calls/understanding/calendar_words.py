"""Words of the calendar in folded spelling, with their regional forms."""

from calls.understanding.items import Choice, SpanPart

_WEEKDAY_NAMES: tuple[tuple[str, ...], ...] = (
    ("montag", "mondag", "monday"),
    ("dienstag", "dinstag", "tuesday"),
    ("mittwoch", "mittwuch", "mittich", "wednesday"),
    ("donnerstag", "dunnerstag", "thursday"),
    ("freitag", "freidag", "friday"),
    ("samstag", "sonnabend", "samschtag", "saturday"),
    ("sonntag", "sunntag", "sunday"),
)


def _weekdays() -> dict[str, int]:
    words = {}
    for index, names in enumerate(_WEEKDAY_NAMES):
        for name in names:
            words[name] = index
            if name.endswith("tag"):
                words.update({name[:-3] + ending: index for ending in ("tach", "dach", "dag")})
    return words


WEEKDAYS = _weekdays()
"""Word → Monday 0 … Sunday 6."""
WEEKDAY_ABBREVIATIONS = {"mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6}
HABITUAL_WEEKDAYS = {word + ending: index for word, index in WEEKDAYS.items() for ending in ("s", "e", "en")}
"""Words for any such day ("montags", "die Montage"): no single date."""

MONTHS = {
    "januar": 1, "jaenner": 1, "janner": 1, "jan": 1, "february": 2, "februar": 2, "feber": 2, "feb": 2,
    "maerz": 3, "marz": 3, "mrz": 3, "april": 4, "apr": 4, "mai": 5, "juni": 6, "juno": 6, "jun": 6,
    "juli": 7, "julei": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9,
    "oktober": 10, "october": 10, "okt": 10, "november": 11, "nov": 11, "dezember": 12, "december": 12,
    "dez": 12,
}  # fmt: skip

RELATIVE_DAYS = {
    "heute": 0, "heut": 0, "heit": 0, "heude": 0, "today": 0, "morgen": 1, "morjen": 1, "tomorrow": 1,
    "uebermorgen": 2, "ubermorgen": 2, "uebermorjen": 2, "ueberuebermorgen": 3, "gestern": -1,
    "yesterday": -1, "vorgestern": -2,
}  # fmt: skip
TOMORROW = frozenset({"morgen", "morjen"})
"""Also "morning" beside a weekday or an article; `day_rules` decides."""

DAY_PARTS = {
    "morgens": "morning", "frueh": "morning", "fruh": "morning", "fruehmorgens": "morning",
    "morgenstunden": "morning", "morning": "morning", "vormittag": "forenoon", "vormittags": "forenoon",
    "vormittach": "forenoon", "vormittagsstunden": "forenoon", "mittag": "midday", "mittags": "midday",
    "mittach": "midday", "mittagszeit": "midday", "mittagsstunden": "midday", "mittagspause": "midday",
    "nachmittag": "afternoon", "nachmittags": "afternoon", "nachmittach": "afternoon",
    "nachmittagsstunden": "afternoon", "spaetnachmittag": "afternoon", "spaetnachmittags": "afternoon",
    "spaetvormittag": "forenoon", "spaetvormittags": "forenoon",
    "afternoon": "afternoon", "abend": "evening", "abends": "evening", "ahmd": "evening",
    "abendstunden": "evening", "evening": "evening", "fruehabend": "evening", "nacht": "night",
    "nachts": "night",
}  # fmt: skip

_CHOICES: dict[str, Choice] = {
    "dies": "this", "naechst": "next", "nachst": "next", "next": "next", "kommend": "coming",
    "uebernaechst": "after_next", "ubernachst": "after_next", "folgend": "coming", "letzt": "last",
    "vorig": "last", "vergangen": "last", "jed": "each", "laufend": "this",
}  # fmt: skip
"""Stem → which one is meant ("nächst" + any ending)."""
_ENDINGS = ("e", "er", "en", "em", "es", "n")
CHOICE_WORDS: dict[str, Choice] = {
    stem + end: choice for stem, choice in _CHOICES.items() for end in (*_ENDINGS, "")
}
for _stem in ("letzt", "vorig", "dies", "jed", "folgend", "laufend"):
    CHOICE_WORDS.pop(_stem, None)

PARTS_OF_PERIOD: dict[str, SpanPart] = {
    "anfang": "start",
    "beginn": "start",
    "mitte": "middle",
    "ende": "end",
    "ausgangs": "end",
}

# Speech recognition drops or doubles a letter; one edit is repaired for these alone,
# because every other near word ("Juni"/"Juli") would be a guess.
REPAIRABLE = (
    "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "sonnabend", "januar",
    "februar", "september", "oktober", "november", "dezember", "uebermorgen", "vormittag", "nachmittag",
    "vormittags", "nachmittags", "naechste", "naechsten", "naechster", "uebernaechste", "kommende",
)  # fmt: skip
