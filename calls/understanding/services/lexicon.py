"""Words for the work of salons, by concept. Folded spelling; parts of compounds as well as words.

A salon's own names need not stand here: a word of its catalogue that no concept
knows becomes a concept of its own (`catalogue.py`).
"""

MEN, WOMEN, CHILD = "men", "women", "child"
AUDIENCES = frozenset({MEN, WOMEN, CHILD})

_WORK = {
    "cut": (
        "schnitt|schneiden|schneide|geschnitten|haarschnitt|haareschneiden|haarschneiden|cut"
        "|haircut|nachschneiden|kuerzen|schnitts|schneid|zuschneiden|schneidn|cutten|schnitte"
        "|haarschnitte"
    ),
    "trim": "trimmen|trimm|trimmung|trimming|stutzen|getrimmt|trim|konturen|kontur",
    "wash": "waschen|wasch|haarwaesche|waesche|gewaschen|shampoonieren|wash|haarewaschen",
    "blow_dry": (
        "foehnen|foehn|foenen|foen|foehne|fohnen|gefoehnt|styling|stylen|style|blowdry"
        "|foehnfrisur|gefoent|foenfrisur"
    ),
    "colour": (
        "grauabdeckung|braun|braune|rot|schwarz|kupfer|faerben|faerbung|farbe|farb|gefaerbt|coloration|colorieren|haarfarbe|color|colour"
        "|faerb|farben|nachfaerben|nachgefaerbt|nachzufaerben|nachfaerbung|kolorieren|koloration|farbbehandlung|faerbn"
    ),
    "tint": "toenung|toenen|getoent|intensivtoenung",
    "recolour": "umfaerbung|umfaerben|umgefaerbt|umfaerb|farbwechsel|farbveraenderung",
    "bleach": (
        "blondierung|blondieren|blond|blonde|blonden|blondiert|bleichen|aufhellen|aufhellung"
        "|erblonden|bleach|blondiere|blondes|wasserstoffblond|hellblond|platinblond"
    ),
    "whole": (
        "komplett|komplette|kompletter|komplettes|alles|ganz|ganze|ganzen|komplettfaerbung"
        "|voll|gesamte|gesamten"
    ),
    "root": "ansatz|ansaetze|haaransatz|nachwuchs",
    "length": "laengenausgleich|laengen|ausgleich|laenge|lengenausgleich",
    "balayage": ("balayage|balayagen|balajage|ballayage|balajasch|ballajasch|balayasch|balaiage|balliage"),
    "ombre": "ombre|ombree|hombre|ombrelook",
    "highlights": (
        "straehnen|straehnchen|straehne|highlights|highlight|foliensstraehnen|folien|meches"
        "|straehnchn|straenen|babylights|paintings|straehndl"
    ),
    "gloss": "gloss|glossing|glanz|glanztoenung|glaze",
    "perm": "dauerwelle|dauerwellen|perm|dauerwell|welle|minipli",
    "curls": "locken|wellen|beachwaves|lockenstab",
    "updo": (
        "hochsteckfrisur|hochsteck|hochstecken|steckfrisur|hochsteckfrisuren|abendfrisur"
        "|ballfrisur|hochgesteckt"
    ),
    "bridal": "brautfrisur|braut|brautstyling|hochzeitsfrisur|brautpaket",
    "beard": (
        "bart|baerte|bartpflege|bartschnitt|vollbart|schnurrbart|schnauzer|beard|barttrimmen|barttrimm"
    ),
    "shave": ("rasur|rasieren|nassrasur|rasiert|shave|trockenrasur|messerrasur|glattrasur|nassrasieren"),
    "care": (
        "pflege|kur|haarkur|pflegen|pflegebehandlung|treatment|intensivpflege|intensivkur|haarpflege|packung"
    ),
    "extensions": (
        "haarverlaengerung|extensions|extension|verlaengerung|verlaengern|haarverdichtung|tressen|bondings"
    ),
    "straighten": "glaettung|glaetten|keratin|keratinglaettung|haarglaettung|chemisch",
    "consultation": (
        "beratung|beratungsgespraech|beraten|beratungstermin|consulting|vorgespraech"
        "|farbberatung|typberatung|erstgespraech"
    ),
    "brows": "augenbrauen|brauen|augenbraue|augenbrauenzupfen|browlifting|brow|brauenlifting",
    "lashes": "wimpern|wimper|wimpernverlaengerung|lashes|wimpernlifting|lash|wimpernwelle",
    "make_up": "make-up|makeup|schminken|schminke|kinderschminken|permanent",
    "manicure": "manikuere|manicure|handpflege|manikueren|manikuer",
    "pedicure": "pedikuere|fusspflege|pedicure|pedikuer|fuesse",
    "nails": ("naegel|nagel|fingernaegel|nageldesign|nagelmodellage|nageldesigns|nails|naegeln|fussnaegel"),
    "gel": "gel|gelnaegel|acryl|acrylnaegel",
    "shellac": "shellac|schellack|shellack|gellack|uvlack|shellak",
    "refill": "auffuellen|refill|auffuellung|nachfuellen",
    "removal": "entfernen|entfernung|abloesen|abloesung|abnehmen|runter",
    "lacquer": "lackieren|lack|lackierung|nagellack",
    "massage": "massage|massieren|kopfmassage|rueckenmassage|massiert|massagen",
    "waxing": "waxing|wachsen|enthaarung|sugaring|haarentfernung|epilation|waxen",
    "facial": (
        "gesichtsbehandlung|gesichtspflege|kosmetik|facial|peeling|gesicht|kosmetikbehandlung|hydrafacial"
    ),
    "braids": ("zoepfe|flechten|flechtfrisur|braids|cornrows|rastazoepfe|rasta|dreadlocks|dreads|gefochten"),
    "wig": "peruecke|peruecken|toupet|haarteil|zweithaar",
    "tattoo": "tattoo|taetowieren|piercing|ohrlochstechen|ohrloch|ohrloecher|taetowierung",
    "botox": "botox|hyaluron|filler|lippen|aufspritzen|lippenunterspritzung",
    "solarium": "solarium|sauna|sonnenbank|spraytan|braeunung",
    "fringe": "pony|ponyschnitt",
    "undercut": "undercut|fade|skinfade|uebergang",
    "machine": "maschinenschnitt|maschine|maschinenhaarschnitt|buzzcut",
    "phase": (
        "einwirkzeit|einwirken|wickeln|wickler|fixierung|fixieren|auswaschen|ausspuelen"
        "|neutralisieren|auftragen|spuelen|abspuelen|ausgewaschen|trocknen"
    ),
}

_PEOPLE = {
    MEN: (
        "herren|herr|maenner|mann|maennern|mannes|ehemann|vater|papa|opa|grossvater|bruder"
        "|onkel|schwager|herrn|schwiegervater|verlobter|verlobten|lebensgefaehrte"
        "|lebensgefaehrten|maennlich|men|mens|gents|vati|bruders|vaters|partner|freund|kumpel"
        "|chef|kollege|kollegen|schwiegersohn|opi|gentleman|gatte|gatten|male"
    ),
    WOMEN: (
        "damen|dame|frauen|frau|ehefrau|mutter|mama|oma|grossmutter|schwester|tante"
        "|schwaegerin|schwiegermutter|verlobte|lebensgefaehrtin|weiblich|women|womens|ladies"
        "|lady|mutti|partnerin|freundin|kollegin|omi|schwiegertochter|gattin|female|chefin"
    ),
    CHILD: (
        "kinder|kind|kindes|kids|kindern|baby|kleinkind|junge|jungen|jungs|bub|buben|maedchen"
        "|maedels|kleine|kleinen|kleiner|enkelkind|kid|schulkind|kindergartenkind|knirps|kita"
        "|patenkind|zwerg"
    ),
}

_OFFSPRING = {
    MEN: "sohn|sohnes|sohnemann|enkel|neffe|neffen|enkelsohn|stiefsohn|soehne|patensohn|filius",
    WOMEN: "tochter|enkelin|nichte|enkeltochter|toechter|stieftochter",
    "": "teenager|jugendlicher|jugendliche|jugendlichen|teenie|azubi",
}
OFFSPRING = {word: sex for sex, words in _OFFSPRING.items() for word in words.split("|")}
"""People of any age: children below sixteen when an age is said, otherwise ask. "": either sex."""

IMPLIES: dict[str, frozenset[str]] = {
    "balayage": frozenset({"colour"}),
    "ombre": frozenset({"colour"}),
    "highlights": frozenset({"colour"}),
    "bleach": frozenset({"colour"}),
    "root": frozenset({"colour"}),
    "length": frozenset({"colour"}),
    "recolour": frozenset({"colour", "whole"}),
    "tint": frozenset({"colour"}),
    "gloss": frozenset({"colour"}),
    "bridal": frozenset({"updo"}),
    "machine": frozenset({"cut"}),
    "undercut": frozenset({"cut"}),
    "fringe": frozenset({"cut"}),
    "gel": frozenset({"nails"}),
    "shellac": frozenset({"nails"}),
}
"""Work that is also of a wider kind: "färben" may mean a Balayage."""

WORDS: dict[str, str] = {
    word: concept for concept, words in (_WORK | _PEOPLE).items() for word in words.split("|")
}
"""Word or part of a compound → concept or audience."""
