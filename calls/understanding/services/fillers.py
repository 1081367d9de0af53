"""Words of a wish that tell no service from another. Folded spelling."""

from calls.understanding.word_sets import word_set

WITHOUT_CONCEPT = frozenset(["haar", "haare", "haaren", "haares", "haarspitzen", "hair", "kopf", "spitzen"])
"""Parts of names that do not tell services apart."""

NAMES_NO_WORK = word_set(
    """
    familie
    ahnung anderes angebot behandlung besuch dasselbe dienstleistung egal etwas friseur
    friseurtermin frisoer frisur frisuren gleiche gleichen gleiches haarfrisur immer
    irgendetwas irgendwas letzte letztes look mal neuer neues normal normale normales
    platz programm rundumprogramm salon selbe service slot standard termin terminchen
    termine uebliche ueblichen uebliches verschieden verschiedenes vorschlag was
    """
)
"""Words that stand for any service ("ein Termin", "das Übliche"): ask."""

FILLERS = word_set(
    """
    a ab abend abends aber aeh aehm alle allem als also alt am an anmelden april auch
    auf aufs august ausmachen bei beides beim besser bin bis bisschen bissl bitt bitte
    bitteschoen braeuchte brauch brauche brauchts buche buchen ca circa da dafuer dank
    danke dann das dass davon dazu dein dem den denn der deren derzeit des dessen
    dezember die dienstag diese dieser dieses doch donnerstag dort dran du eben eigene
    eigenen eigentlich ein eine einem einen einer eines einfach einfachen einfacher
    einfaches einmal er es etwa euch eventuell februar fest freitag frischen frischer
    frueh fuer fuern fuers gaebe gebucht gegen gehen geht gehts gemacht gemeint gern
    gerne gesagt gibt gleich guenstig gut guten hab habe haben haett haette haetten
    haettet hallo halt hast hat hats hatte heisse heute hier hm i ich ihnen ihr ihre
    ihren im in interesse interessiere ist j ja jaehrige jaehrigen jaehriger jaehriges
    jahr jahre jahren januar jemand jemanden jetzt juli juni kann kannst kein keine
    keinem keinen klassisch klassischen klassischer koennen koennt koennte komme kommen
    kommende kurz lang lass lassen lautet lieber mache machen maerz mag mai mal mei
    meim mein meine meinem meinen meiner meines mich min minute minuten mir mit
    mitnehmen mittag mittwoch moecht moechte moeglich montag morgen morgens muesste
    muss n nachmittag nachmittags naechste naechsten naemlich name ne nehme nehmen nen
    neu neue neuen nicht noch nochmal normalen normaler november nur ob oder oeh ohne
    ok okay oktober plus pro reservieren reserviert richtig sag sagen sagt samstag
    schnell scho schoene schoenen schoenes schon sehr sein selber selbst september sie
    sind so soll sollte sondern sonntag sonst sowie steht stunde stunden tag typischen
    ueber uebermorgen uebrigens uhr um ums unbedingt und ungefaehr uns unser unsere
    unserem unseren vereinbaren vielen vielleicht vom von vorbei vormittag vormittags
    waere war wegen weiss wen wenig wenn wie wieder will wir wirklich woche wollen
    wollte wuerd wuerde wunsch zu zum zur zusaetzlich zwischen
    """
)

COUNTS = frozenset(["beide", "beiden", "drei", "mehrere", "paar", "vier", "zwei", "zwo"])
SEVERAL_OF = word_set(
    """
    buben damen frauen haarschnitte herren jungen jungs kids kinder leute maedchen
    maedels maenner personen soehne termine toechter
    """
)
"""A count before one of these is more than one service ("zwei Haarschnitte")."""
