"""The caller's own name, freed of what was said around it."""

import re
from collections.abc import Sequence

from calls.understanding.items import Feast, Span, Weekday
from calls.understanding.results import Name, StaffName
from calls.understanding.scan import scan, unread_words
from calls.understanding.staff import find_staff
from calls.understanding.tokens import fold, is_placeholder, tokenize

_PLACEHOLDERS = frozenset(
    [
        "unbekannt",
        "unknown",
        "anonymous",
        "anonym",
        "gast",
        "guest",
        "kunde",
        "kundin",
        "customer",
        "caller",
        "anrufer",
        "anruferin",
        "user",
        "nutzer",
        "name",
        "kundenname",
        "test",
        "niemand",
        "privat",
        "unbekannter",
        "herr",
        "frau",
        "person",
        "patient",
        "klient",
        "mustermann",
        "neukunde",
        "stammkunde",
        "nachname",
        "vorname",
        "default",
        "teilnehmer",
        "nobody",
        "unterdrueckt",
        "unbekannte",
    ]
)
_FILLERS = frozenset(
    [
        "ja",
        "nein",
        "nee",
        "hallo",
        "ok",
        "okay",
        "gut",
        "genau",
        "bitte",
        "danke",
        "gerne",
        "gern",
        "also",
        "aeh",
        "aehm",
        "oeh",
        "hm",
        "hmm",
        "so",
        "mhm",
        "richtig",
        "stimmt",
        "klar",
        "moin",
        "servus",
        "grias",
        "gruess",
        "gott",
        "tag",
        "guten",
        "schoenen",
        "morgen",
        "abend",
        "ich",
        "du",
        "wir",
        "egal",
        "doch",
        "achso",
        "nochmal",
        "was",
        "wie",
        "wer",
        "termin",
        "einen",
        "ein",
        "eine",
        "keine",
        "keiner",
        "kein",
        "angabe",
        "weiss",
        "nicht",
        "nix",
        "moment",
        "mal",
        "eben",
        "sekunde",
        "und",
        "oder",
        "auf",
        "natuerlich",
        "selbstverstaendlich",
        "buchen",
        "haette",
        "moechte",
        "neu",
        "neuen",
        "halb",
        "viertel",
        "uhr",
        "wieder",
        "hoeren",
        "da",
        "na",
        "jo",
        "jup",
        "prima",
        "super",
        "vielen",
        "dank",
        "entschuldigung",
    ]
)
_INTRODUCTION = re.compile(
    r"^(?:(?:ja|hallo|guten (?:tag|morgen|abend)|gr(?:ü|ue)(?:ß|ss) gott|moin|servus|also|ä+hm?|h+m+|gerne?|genau|ok(?:ay)?|gut|na)\b[\s,.!]*"
    r"|(?:ich bin(?:s)?|ich hei(?:ß|ss)e|i bin|mein(?: voller| vollständiger)? name(?: ist| lautet| wäre|:)?|der name(?: ist| lautet| wäre)?|name(?: ist|:)"
    r"|hier (?:ist|spricht|is)|hier|(?:das|es) (?:ist|wäre)|da(?:s)? spricht|sie sprechen mit|auf den namen|unter dem namen|auf|unter"
    r"|f(?:ü|ue)r|nennen sie mich|schreiben sie|mich nennt man|man nennt mich|am apparat(?: ist)?|buchen sie(?: das)?(?: auf)?|mein nachname ist|mein vorname ist|nachname(?: ist)?|vorname(?: ist)?"
    r"|bin(?: die| der)?|heiße|heisse|ist|bitte|spricht)\b[\s,:.]*"
    r"|(?:die|der|den|dem|das)\s+|(?:frau|herrn?|fräulein)\s+)",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"[\s,.!?]+(?:am apparat|ist (?:mein|der) name|hei(?:ß|ss)e ich|mein name|hier|bitte|danke|nochmal|noch mal|wäre das|bin ich|spricht|ist das)[\s.!?]*$",
    re.IGNORECASE,
)
_SPELLING = re.compile(
    r"[\s,;(–-]+(?:\w\s+wie\s|wie\s|mit\s|ohne\s|buchstabiert|buchstabiere|geschrieben|man schreibt|schreibt sich|das schreibt|also\s+\w(?:[\s-]+\w\b)+).*$",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"(?:[\s,;-]+|^)(?:[^\W\d_](?:[\s,.-]+|$)){2,}$")
_WITH_STAFF = re.compile(
    r"^(?:(?:gerne?|bitte|am liebsten|lieber|nur|wieder)\s+)*(?:bei|beim|zu|zur|zum|mit|von)\s+(?:der |dem |die |den )?(.+)$",
    re.IGNORECASE,
)
_STAFF_AFTER = re.compile(r"[\s,]+(?:bei|beim|zu|zur|zum)\s+(.+)$", re.IGNORECASE)
_CORRECTION = re.compile(
    r"[\s,.]+(?:nein|nee|quatsch|ich meine|ich meinte|ach nein|sorry|entschuldigung)[\s,.]+", re.IGNORECASE
)
_WORK = re.compile(
    r"haarschnitt|faerbung|dauerwelle|foehnen|balayage|straehn|herrenschnitt|damenschnitt|termin"
)
_PARTICLES = frozenset(
    {
        "von",
        "van",
        "de",
        "der",
        "den",
        "di",
        "da",
        "zu",
        "zur",
        "vom",
        "und",
        "la",
        "le",
        "el",
        "bin",
        "al",
        "dos",
    }
)
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_LONGEST = 5


def understand_name(text: str | None, *, staff: Sequence[StaffName] = ()) -> Name:
    """The name in what was said; a wished stylist is no name (H10), nor is a time (H9) or a placeholder (H7)."""
    if text is None or (is_placeholder(text) and fold(text).strip() not in _PLACEHOLDERS):
        return Name("missing")
    said = _last_correction(text.strip(' \t\n"„“'))
    wish = _WITH_STAFF.match(said)
    if wish:
        member = find_staff(wish.group(1), staff=staff)
        return Name("staff_wish", staff=member.name if member else None)
    member = None
    tail = _STAFF_AFTER.search(said)
    if tail:
        member = find_staff(tail.group(1), staff=staff)
        said = said[: tail.start()] if member else said
    name = _name_in(said)
    if name is None:
        return Name("not_a_name", staff=member.name if member else None)
    return Name("ok", name, member.name if member else None)


def _last_correction(text: str) -> str:
    parts = [part for part in _CORRECTION.split(text) if part.strip(" ,.")]
    return parts[-1] if parts else text


def _name_in(said: str) -> str | None:
    titled = re.match(r"(?i)^(?:.*\b)?(?:frau|herrn?)\s+\S", said) is not None
    stripped = _strip_hints(_strip_introduction(said))
    segments = [
        s
        for part in re.split(r"[,;!?](?:\s|$)|(?<!Dr)(?<!dr)(?<!Prof)\.(?:\s|$)|\s[–-]\s", stripped)
        if (s := _strip_introduction(part).strip())
    ]
    candidates = [segment for segment in segments if _is_name(segment, titled=titled)]
    if not candidates:
        return _spelled_out(said)
    first, *more = candidates
    for other in more:
        if fold(other).split()[-1] == fold(first) or (len(first.split()) == len(other.split()) == 1):
            first = other if fold(first) in fold(other).split() else f"{first} {other}"
            break
    return _cased(first)


def _strip_introduction(text: str) -> str:
    """ "Ja, guten Tag, mein Name ist …"; never the last word."""
    while True:
        match = _INTRODUCTION.match(text)
        if not match or not text[match.end() :].strip(" ,.!?"):
            break
        text = text[match.end() :]
    return _ENDING.sub("", text).strip(' ,;:!?"')


def _strip_hints(text: str) -> str:
    """ "Schmidt mit dt", "Keller wie der Keller", "Probst P R O B S T"."""
    shorter = _SPELLING.sub("", text)
    shorter = shorter if shorter.strip() else text
    spelled = _LETTERS.sub("", shorter)
    return spelled if spelled.strip() else shorter


def _spelled_out(text: str) -> str | None:
    """A name given only letter by letter."""
    letters = re.findall(r"[^\W\d_]+", text)
    if len(letters) >= 3 and all(len(letter) == 1 for letter in letters):
        return "".join(letters).title()
    return None


def _is_name(text: str, *, titled: bool) -> bool:
    words = _WORD.findall(text)
    folded = [fold(word).strip(".") for word in words]
    if not words or len(words) > _LONGEST or any(char.isdigit() for char in text):
        return False
    if all(word in _FILLERS or word in _PLACEHOLDERS for word in folded) and not titled:
        return False
    if any(word in _PLACEHOLDERS - {"frau", "herr"} for word in folded) or _WORK.search(" ".join(folded)):
        return False
    if any(
        word in ("haette", "moechte", "brauche", "hab", "habe", "will", "weiss", "nicht", "kann", "uhr")
        for word in folded
    ):
        return False
    return len(max(folded, key=len)) > 1 and (titled or not _is_time(text))


def _is_time(text: str) -> bool:
    """Whether every word belongs to a day or a time. A weekday, month or feast alone is a surname too."""
    tokens = tokenize(text, "uhrzeit")
    items = scan(tokens)
    if not items or (len(tokens) == 1 and isinstance(items[0], (Weekday, Span, Feast))):
        return False
    return not unread_words(tokens)


def _cased(name: str) -> str:
    """Recognisers write all small or all capital; anything else is kept as it is."""
    words = [word.strip(",;:!?") for word in name.split()]
    if not (name.islower() or name.isupper()):
        return " ".join(words)
    return " ".join(w.lower() if w.lower() in _PARTICLES and n else _title(w) for n, w in enumerate(words))


def _title(word: str) -> str:
    return "-".join(part[:1].upper() + part[1:].lower() for part in word.split("-"))
