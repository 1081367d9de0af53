"""What is said around a name, and what is no name."""

import re

from calls.understanding.word_sets import word_set

PLACEHOLDERS = word_set(
    """
    anonym anonymous anrufer anruferin caller customer default frau gast guest herr
    klient kunde kundenname kundin mustermann nachname name neukunde niemand nobody
    nutzer patient person privat stammkunde teilnehmer test unbekannt unbekannte
    unbekannter unknown unterdrueckt user vorname
    """
)
"""Values models and recognisers fill in for nobody (H7)."""

FILLERS = word_set(
    """
    abend achso aeh aehm also angabe auf bitte buchen da dank danke doch du eben egal
    ein eine einen entschuldigung genau gern gerne gott grias gruess gut guten haette
    halb hallo hm hmm hoeren ich ja jo jup kein keine keiner klar mal mhm moechte moin
    moment morgen na natuerlich nee nein neu neuen nicht nix nochmal oder oeh ok okay
    prima richtig schoenen sekunde selbstverstaendlich servus so stimmt super tag
    termin uhr und vielen viertel was wer wie wieder wir
    """
)
SENTENCE_WORDS = word_set(
    """
    bin brauche hab habe haette hatte hatten ich kann letztes moechte nicht sage uhr
    war waren will wir wollte wuerde
    """
)
"""Words of a sentence: no name holds one. ("Weiß" is a surname; what one does not know has a "nicht".)"""
POSSESSIVES = word_set(
    """
    ihr ihre mein meine meinem meinen meiner sein seine unser unsere unserem unseren
    """
)
PARTICLES = word_set(
    """
    al bin da de den der di dos el la le und van vom von zu zur
    """
)
"""Small words of names, written small."""
WORK = re.compile(
    r"haarschnitt|faerbung|dauerwelle|foehnen|balayage|straehn|herrenschnitt|damenschnitt|termin"
)


def _any_of(*patterns: str) -> str:
    return "(?:" + "|".join(patterns) + ")"


_GREETINGS = _any_of(
    r"ja", r"hallo", r"guten (?:tag|morgen|abend)", r"gr(?:ü|ue)(?:ß|ss) gott",
    r"moin", r"servus", r"also", r"ä+hm?",
    r"h+m+", r"gerne?", r"genau", r"ok(?:ay)?", r"gut", r"na",
)  # fmt: skip
_OPENINGS = _any_of(
    r"ich bin(?:s)?", r"i bin", r"ich hei(?:ß|ss)e", r"hei(?:ß|ss)e", r"bin", r"ist", r"bitte", r"spricht",
    r"mein(?: voller| vollständiger)? name(?: ist| lautet| wäre)?",
    r"der name(?: ist| lautet| wäre)?", r"name(?: ist)?",
    r"(?:mein )?(?:vor|nach)name(?: ist)?", r"hier(?: ist| spricht| is)?",
    r"(?:das|es) (?:ist|wäre)", r"da(?:s)? spricht",
    r"sie sprechen mit", r"(?:auf|unter)(?: den| dem)?(?: namen)?",
    r"f(?:ü|ue)r", r"nennen sie mich", r"schreiben sie",
    r"(?:mich nennt man|man nennt mich)", r"am apparat(?: ist)?", r"buchen sie(?: das)?(?: auf)?",
)  # fmt: skip
_RELATIVES = (
    r"(?:mein|unser)(?:e[nmr]?)?\s+(?:mann|frau|sohn|tochter|mutter|vater|bruder|schwester|freundin|freund"
    r"|oma|opa|enkelin|enkel|kind|tante|onkel|partnerin|partner)\b[\s,:]*"
)
_ARTICLES_AND_TITLES = r"(?:die|der|den|dem|das|frau|herrn?|fräulein)\s+"
INTRODUCTION = re.compile(
    rf"^(?:{_GREETINGS}\b[\s,.!]*|{_OPENINGS}\b[\s,:.]*|{_RELATIVES}|{_ARTICLES_AND_TITLES})", re.IGNORECASE
)

_ENDINGS = _any_of(
    r"am apparat", r"ist (?:mein|der) name", r"hei(?:ß|ss)e ich",
    r"mein name", r"hier", r"bitte", r"danke", r"noch ?mal",
    r"wäre das", r"bin ich", r"spricht", r"ist das",
)  # fmt: skip
ENDING = re.compile(rf"[\s,.!?]+{_ENDINGS}[\s.!?]*$", re.IGNORECASE)

_HINTS = _any_of(
    r"\w\s+wie\s", r"wie\s", r"mit\s", r"ohne\s", r"buchstabier\w*",
    r"geschrieben", r"man schreibt", r"schreibt sich",
    r"das schreibt", r"also\s+\w(?:[\s-]+\w\b)+",
)  # fmt: skip
SPELLING = re.compile(rf"[\s,;(–-]+{_HINTS}.*$", re.IGNORECASE)
FIRST_NAME = re.compile(r"^\s*(?:mein\s+)?vorname\b", re.IGNORECASE)
LETTER_BY_LETTER = re.compile(r"\b([^\W\d_])\s+wie\s+[^\W\d_]+", re.IGNORECASE)
LETTERS = re.compile(r"(?:[\s,;-]+|^)(?:[^\W\d_](?:[\s,.-]+|$)){2,}$")
WITH_STAFF = re.compile(
    r"^(?:(?:gerne?|bitte|am liebsten|lieber|nur|wieder)\s+)*(?:bei|beim|zu|zur|zum|mit|von)\s+"
    r"(?:der |dem |die |den )?(.+)$",
    re.IGNORECASE,
)
STAFF_AFTER = re.compile(r"[\s,]+(?:bei|beim|zu|zur|zum)\s+(.+)$", re.IGNORECASE)
CORRECTION = re.compile(
    r"[\s,.]+(?:nein|nee|quatsch|ich meine|ich meinte|ach nein|sorry|entschuldigung)[\s,.]+", re.IGNORECASE
)
TITLE = re.compile(r"^(?:.*\b)?(?:frau|herrn?)\s+\S", re.IGNORECASE)
SEGMENT_END = re.compile(r"[,;!?](?:\s|$)|(?<!dr)(?<!prof)\.(?:\s|$)|\s[–-]\s", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
