"""Yes and no, as callers and models say them."""

import re

from appointments.rules.spelling import fold
from calls.understanding.word_sets import word_set

_WORD = re.compile(r"[^\W_]+")
_YES = word_set(
    """
    1 abgemacht einverstanden freilich genau gerne geht gern jawohl ja jap jep jo joa jup klar
    korrekt natuerlich ok okay passt perfekt richtig selbstverstaendlich sicher stimmt super true y
    yes
    """
)
_NO = word_set(
    """
    0 false falsch kein keine n nee nein ne nicht nie niemals no noe stopp
    """
)
_FILLERS = word_set(
    """
    aeh aehm also am auf bitte bitteschoen buchen das den der die dann doch es fuer gut hm hoert ich
    ihnen im in ist jetzt jeden machen mal mir nehme nehmen noch nochmal schon sehr sich sie so
    uns und verbindlich vielen dank wie wieder wir wunderbar
    """
)


def understand_yes(text: str | None) -> bool | None:
    """True for a yes, False for a no ("noch nicht" is one), None for neither or both."""
    words = set(_WORD.findall(fold(text or "")))
    yes, no = bool(words & _YES), bool(words & _NO)
    return None if yes == no else yes


def is_only_yes(text: str | None) -> bool:
    """A yes that says nothing else ("ja, genau"): the answer to a question, whatever was asked."""
    words = set(_WORD.findall(fold(text or "")))
    return bool(words & _YES) and words <= _YES | _FILLERS
