"""Phrases that relate days and times, by what they do. Folded spelling; longest match first."""

from calls.understanding.items import MarkName
from calls.understanding.word_sets import word_set

_MARKS: dict[MarkName, str] = {
    "at": "um|punkt|um punkt|genau um|genau|exakt|exakt um|kurz um",
    "about": (
        "gegen|so gegen|circa|ca|zirka|cirka|ungefaehr|ungefahr|etwa|in etwa|so um|so circa"
        "|so ca|so ungefaehr|ungefaehr um|circa um|etwa um|so etwa|so ungefaehr um|so zirka"
        "|um circa|um ca|um zirka|um ungefaehr|um etwa|rund|schaetzungsweise|kurz vor"
        "|kurz nach|um die|so um die|knapp vor|knapp nach|so kurz vor|so kurz nach|so in etwa"
        "|annaehernd|bei ungefaehr|plus minus|so rund um|so rund|gegen circa"
    ),
    "about_after": (
        "rum|herum|drumherum|drum rum|drum herum|oder so|oder sowas|oder so was"
        "|oder so aehnlich|oder aehnlich|oder so rum|oder so herum|pi mal daumen|plusminus"
        "|oder so in der art|so etwa herum|den dreh|in dem dreh|um den dreh"
    ),
    "from": (
        "ab|nach|fruehestens|fruhestens|erst ab|erst nach|nicht vor|nicht frueher als"
        "|fruehestens um|fruehestens ab|ab fruehestens|spaeter als|ab etwa|ab circa|ab ca"
        "|ab ungefaehr|ab so|ab um|so ab|erst um|nicht eher als|nie vor|fruehestens so um"
        "|fruehestens gegen|ab gegen"
    ),
    "until": (
        "bis|vor|spaetestens|spatestens|bis spaetestens|nicht nach|nicht spaeter als"
        "|frueher als|spaetestens um|spaetestens bis|bis um|bis maximal|bis hoechstens"
        "|bis etwa|bis circa|bis gegen|bis so|noch vor|bis ungefaehr|bis ca|bis kurz vor"
        "|maximal bis|hoechstens bis|allerspaetestens|eher als|nie nach"
    ),
    "between": "zwischen|irgendwo zwischen|irgendwann zwischen|so zwischen",
    "of": "von|vom",
    "onto": "auf|aufn|aufm|auf den|auf die",
    "or": (
        "oder|oder auch|beziehungsweise|bzw|oder eventuell|oder vielleicht|oder eben"
        "|oder halt|or|entweder|oder aber|oder gerne|oder gern|oder sonst"
    ),
    "and": "und|sowie|und auch",
    "else": (
        "sonst|ansonsten|notfalls|zur not|alternativ|andernfalls|ersatzweise|hilfsweise"
        "|im notfall|oder ansonsten|zweite wahl|an zweiter stelle|danach erst|und sonst"
        "|wenn alle stricke reissen|oder alternativ|und notfalls|oder notfalls|oder zur not"
        "|und ansonsten|aber zur not|aber notfalls|zweitens|falls belegt|wenn belegt"
        "|wenns belegt ist|als ersatz|als alternative|oder als alternative|ersatzweise auch"
    ),
    "correction": (
        "nein|nee|ne|noe|nope|quatsch|bloedsinn|unsinn|falsch|doch lieber|lieber doch"
        "|ich meine|ich mein|ich meinte|mein ich|meine ich|meinte ich|sondern|vielmehr"
        "|oder nein|oder nee|oder doch lieber|oder doch|ach nein|ach ne|ach nee|ach quatsch"
        "|korrektur|ich korrigiere|besser gesagt|vergessen sie das|vergiss das"
        "|streichen sie das|streich das|stimmt nicht|das stimmt nicht|doch besser"
        "|lieber nicht|nein doch|stattdessen|ach was|nicht doch|falsch gesagt|verkehrt"
        "|ich habe mich versprochen|hab mich versprochen|versprochen|mich vertan"
        "|verzeihung nein|ich wollte sagen|wollte sagen|will sagen|ich sag mal lieber"
        "|aendern wir das auf|das war falsch|nicht ganz|andersrum"
    ),
    "weak_correction": (
        "moment|halt|stopp|stop|entschuldigung|entschuldigen sie|sorry|pardon|verzeihung"
        "|besser|eher|warten sie|warte|wart|tschuldigung|schuldigung|lieber|ach|obwohl"
        "|oder besser|oder eher|hoppla|ups|ah nee|naja nee|doch"
    ),
    "not": (
        "nicht|ned|net|nich|kein|keine|keinen|keinem|keiner|ausser|niemals|nie|statt|anstatt"
        "|anstelle von|anstelle|nur nicht|bloss nicht|weder|ausgenommen|schlecht|unguenstig|ungeschickt"
    ),
    "prefer": (
        "am liebsten|bevorzugt|vorzugsweise|oder lieber|am besten|idealerweise|lieber noch"
        "|besonders gern|wenn moeglich|wenns geht|wenn es geht|ideal waere|optimal waere"
        "|erste wahl|wunschtermin|in erster linie|primaer|erstens"
    ),
    "any_time": (
        "ganztaegig|ganztags|den ganzen tag|egal wann|uhrzeit egal|uhrzeit ist egal|zeit egal"
        "|zeit ist egal|die uhrzeit ist egal|die uhrzeit ist mir egal|uhrzeit ist mir egal"
        "|zeit ist mir egal|jederzeit|irgendwann|wann ist egal|wann ist mir egal"
        "|zu jeder uhrzeit|jede uhrzeit|zeitlich flexibel|wann sie wollen"
        "|wann immer sie wollen|wann auch immer|um wieviel uhr ist egal|ganzen tag"
        "|zeitlich bin ich flexibel|bin flexibel|bin ich flexibel|ich bin flexibel"
        "|uhrzeit spielt keine rolle|die uhrzeit spielt keine rolle|rund um die uhr"
        "|zeitlich ist mir das egal|wann genau ist egal|wann ist wurscht|uhrzeit ist wurscht"
        "|uhrzeit beliebig|beliebige uhrzeit"
    ),
    "later": "oder spaeter|oder danach|aufwaerts|und spaeter|oder noch spaeter",
    "afterwards": "spaeter|danach|und danach|hinterher|anschliessend",
    "earlier": "oder frueher|oder davor|oder vorher|und frueher|oder noch frueher",
    "onwards": "an",
    "same_day": (
        "gleicher tag|gleichen tag|selber tag|selben tag|derselbe tag|denselben tag"
        "|demselben tag|selbe tag|gleiche tag|selber wochentag|gleicher wochentag"
        "|wie letztes mal|wie beim letzten mal|wie immer|wie sonst|wie ueblich|wie gehabt"
        "|wie vorhin|den gleichen termin|selben termin|denselben termin|gleichen wochentag"
        "|selben wochentag|gleichen tags|selbigen tag|selben tages|gleichen tages"
    ),
    "shifted_day": (
        "tag danach|tag davor|tag darauf|tags darauf|tags drauf|tags zuvor|tag drauf"
        "|woche darauf|woche danach|woche drauf|woche spaeter|wochen spaeter|tag spaeter"
        "|tage spaeter|tag vorher|tag zuvor|woche davor|woche frueher|woche vorher"
        "|tag frueher|tage frueher|tage danach|tage vorher|wochen danach|naechsttag"
        "|am folgetag|folgetag|monat spaeter|tage davor|tag vor|tage vor|tag nach|tage nach"
        "|tage drauf|tage darauf|monate spaeter|woche vor|woche nach|wochen vor|wochen nach"
        "|wochen davor|wochen darauf|wochen drauf|monat danach|werktag"
    ),
    "same_time": (
        "gleiche uhrzeit|gleichen uhrzeit|selbe uhrzeit|selben uhrzeit|dieselbe uhrzeit"
        "|gleiche zeit|gleichen zeit|selben zeit|selbe zeit|dieselbe zeit|derselben zeit"
        "|derselben uhrzeit|gleiche stunde|dieselbe stunde"
    ),
    "shifted_time": (
        "stunde spaeter|stunden spaeter|stunde frueher|stunden frueher|minuten spaeter"
        "|minuten frueher|viertelstunde spaeter|viertelstunde frueher|stunde danach"
        "|stunde davor|stunde vorher|etwas spaeter|etwas frueher|ein bisschen spaeter"
        "|ein bisschen frueher|bissl spaeter|bisschen spaeter|bisschen frueher|stunde eher"
        "|stunde nach|stunde vor|stunden nach|stunden vor|stunden danach|minuten danach"
        "|minuten eher|stuendchen spaeter|bissl frueher"
    ),
    "unclear_day": (
        "bald|demnaechst|in den naechsten tagen|die naechsten tage|die tage"
        "|in den kommenden tagen|irgendwann mal|baldmoeglichst|in naechster zeit"
        "|unter der woche|werktags|in ein paar tagen|in ein paar wochen|in einigen tagen"
        "|in einigen wochen|in paar tagen|in paar wochen|in den naechsten wochen"
        "|die naechsten wochen|in den ferien|irgendein|irgendeinen|irgendeinem|irgendwelchen"
    ),
    "unknown_period": (
        "jeden tag|alle zwei wochen|alle drei wochen|alle vier wochen|jede woche"
        "|naechsten freien|naechste freie|naechster freier|naechstmoeglichen"
        "|naechstmoeglicher|naechsten moeglichen|wochentags|letztes mal|naechstes mal"
        "|regelmaessig|alle paar wochen"
    ),
    "unclear_time": (
        "nach feierabend|nach der arbeit|vor der arbeit|nach der schule|nach dem essen"
        "|vor dem essen|nach dem mittagessen|zum feierabend|vor feierabend|nach schulschluss"
        "|nach dem mittag|vor dem mittag|bis nachmittag"
        "|bis nachmittags|bis abends|bis abend|nach mittag|vor mittag"
        "|bis zum nachmittag|bis zum abend|vor dem abend|nach dem fruehstueck|vor mittags"
        "|nach mittags"
    ),
}

_SKIPPED = (
    # Greetings name a part of the day and no wish.
    "guten morgen|gute morgen|schoenen guten morgen|guten tag|schoenen tag|guten abend"
    "|schoenen abend|gute nacht|schoenen guten tag|schoenen guten abend"
    "|schoenen nachmittag|schoenes wochenende|schoenen feierabend"
    "|schoenen nachmittag noch|schoenen tag noch|schoenen abend noch|gruess gott"
    "|auf wiederhoeren|auf wiedersehen"
    # "möglichst früh" and "früher" are neither times nor day parts (german.md, day parts).
    "|moeglichst frueh|so frueh wie moeglich|moeglichst frueher|frueh genug"
    "|frueh wie moeglich|moeglichst spaet|so spaet wie moeglich|frueher|fruehere"
    "|frueheren|frueherer|fruehestmoeglich|nicht so frueh|nicht zu frueh"
    "|nicht ganz so frueh|nicht allzu frueh|zu frueh|so frueh|nicht so spaet"
    "|nicht zu spaet|nicht allzu spaet|am fruehesten|so bald wie moeglich"
    "|sobald wie moeglich|so schnell wie moeglich|moeglichst bald|schnellstmoeglich"
    "|fruehzeitig|moeglichst zeitig"
    # Negations that negate nothing about the appointment.
    "|weiss nicht|weiss net|weiss ich nicht|weiss ich noch nicht|weiss noch nicht"
    "|weiss nicht mehr|nicht wahr|noch nicht|warum nicht|nicht schlimm|nicht wichtig"
    "|kein problem|keine ahnung|keine umstaende|kein thema|keine frage|keine eile"
    "|nicht lange|nicht so lange|nicht viel|nicht mehr genau|nicht genau|macht nichts"
    "|nicht unbedingt|nicht schlecht|kein stress|gar nicht so|nicht mehr wann|nicht stoeren|ob nicht"
    "|nicht vielleicht|nicht eventuell|nicht doch noch|nicht noch|keine zeit verlieren"
    "|wenn es ihnen nichts ausmacht|nicht vergessen"
    # Other senses of words that relate times.
    "|vor ort|auf jeden fall|auf alle faelle|auf keinen fall spaeter|vor allem"
    "|nach moeglichkeit|nach hause|an sich|mal eben|von mir aus|von daher|bis dann"
    "|bis bald|bis dahin|vor kurzem|auf deutsch|von ihnen|nach wie vor|so oder so"
    "|nach ihnen|bei ihnen|um gottes willen|ein paar|um einen termin|auf einen termin"
    "|und zwar|als erstes|als erster|als erste|als letztes|als letzter|oder was|na und|und dann|und bitte"
    "|um ehrlich zu sein|gegebenenfalls"
    "|ach so|ach ja|ach du|ach genau|ach gut|es geht um|geht um|um was|um wieviel uhr"
    "|von der zeit her|ab und zu|auch noch|das doch|ja doch|ist doch|bin doch|zu zweit"
    "|zu dritt|am telefon|oder wie|nachher|nach absprache|auf die schnelle|um zu|egal"
    "|ist egal|zum ersten mal|erstes mal|das erste mal|einmal|zweimal|noch mal"
    "|zweites mal|bis zu"
)

CONDITION_OPENERS = frozenset({"wenn", "falls", "sollte", "sollten", "sofern", "wenns", "sollts"})
CONDITION_REFUSALS = word_set(
    """
    ausgebucht belegt besetzt kein keine keinen keiner ned net nicht nichts nix schlecht
    vergeben voll weg
    """
)
CONDITION_ENDS = word_set(
    """
    ab am an auch bis dann eben gegen gern gerne halt lieber nach nehme oder so um
    vielleicht vor zwischen
    """
)
"""CONDITION_OPENERS … CONDITION_REFUSALS … is one connector ("wenn das nicht geht"), up to CONDITION_ENDS."""
CHOICE_NOUNS = word_set(
    """
    angebot besuch kunde kundin mal moeglichkeit option slot termin termine uhrzeit
    variante vorschlag wahl wunsch zeit
    """
)
"""After an ordinal or "nächster" these refer to an offer, not to a date ("der erste Termin passt")."""

UNITS = word_set(
    """
    cm damen euro frauen haarschnitte herren jaehrige jaehrigen jaehriger jahr jahre
    jahren kind kinder leute lj maenner mal millimeter min minute minuten mm monate
    monaten person personen prozent soehne std stunde stunden tage tagen termine
    toechter viertelstunde woche wochen zentimeter
    """
)
"""A number before one of these counts things; it is no clock time and no date."""


def _table() -> dict[str, list[tuple[tuple[str, ...], MarkName | None]]]:
    table: dict[str, list[tuple[tuple[str, ...], MarkName | None]]] = {}
    entries: list[tuple[str, MarkName | None]] = [
        (phrase, name) for name, text in _MARKS.items() for phrase in text.split("|")
    ]
    entries += [(phrase, None) for phrase in _SKIPPED.split("|")]
    for phrase, name in entries:
        words = tuple(phrase.split())
        table.setdefault(words[0], []).append((words, name))
    for candidates in table.values():
        candidates.sort(key=lambda entry: -len(entry[0]))
    return table


PHRASES = _table()
"""First word → (words, mark or None for words without meaning), longest first."""
