"""german.md "Rules behind the tables", sentence by sentence, with phrases of their own.

Unless a test says otherwise it is Wednesday, 12 November 2025, 10:00.
"""

import pytest

from tests.calls.understanding.salon import hear, means, short

WHOLE_DAY = ((6 * 60, 22 * 60),)


def phrases(text: str) -> pytest.MarkDecorator:
    """Rows of "phrase | meaning"."""
    rows = [tuple(column.strip() for column in row.split("|")) for row in text.strip().splitlines()]
    return pytest.mark.parametrize(("phrase", "expected"), rows)


def check(phrase: str, expected: str, **options: object) -> None:
    when = hear(phrase, **options)  # type: ignore[arg-type]
    assert means(when, expected), short(when)


@phrases("""
    übermorgen                      | ask D=2025-11-14 M=uhrzeit
    um halb vier                    | ask T=15:30 M=datum
    vormittags                      | ask W=09:00-12:00 M=datum
    neun oder zehn Uhr              | ask T=09:00 M=datum
    Donnerstag ab 17 Uhr            | 2025-11-13 17:00-20:00
    Samstag bis elf                 | 2025-11-15 09:00-11:00
    Freitag neun Uhr, zur Not zehn  | 2025-11-14 09:00>10:00
    Sonntag um zehn                 | 2025-11-16 10:00
    Freitag um 23 Uhr               | 2025-11-14 23:00
""")
def test_what_is_enough(phrase: str, expected: str) -> None:
    check(phrase, expected)


@phrases("""
    diese Woche Donnerstag um neun         | 2025-11-13 09:00
    am Donnerstag dieser Woche um neun     | 2025-11-13 09:00
    Donnerstag der nächsten Woche um neun  | 2025-11-20 09:00
    in der übernächsten Woche Donnerstag, neun Uhr | 2025-11-27 09:00
    diese Woche Dienstag um neun           | ask C=2025-11-18 T=09:00 Q=day_is_over
    Ende der Woche                         | ask C=2025-11-13,2025-11-14,2025-11-15
    Anfang nächster Woche um neun          | ask T=09:00 C=2025-11-17,2025-11-18
    am Wochenende                          | ask C=2025-11-15,2025-11-16
    nächsten Monat                         | ask M=datum+uhrzeit
    Dienstag oder Donnerstag nächste Woche | ask C=2025-11-18,2025-11-20
    letzte Woche Freitag um zehn           | ask T=10:00
""")
def test_weeks(phrase: str, expected: str) -> None:
    check(phrase, expected)


@phrases("""
    Mittwoch um halb elf          | 2025-11-12 10:30
    Mittwoch um drei              | 2025-11-12 15:00
    Mittwoch um 10:10             | ask C=2025-11-19 T=10:10
    Mittwoch nachmittags          | ask C=2025-11-12,2025-11-19 W=12:00-17:00
    diesen Mittwoch um drei       | 2025-11-12 15:00
    diesen Mittwoch um neun       | past
    kommenden Mittwoch um drei    | 2025-11-19 15:00
    nächsten Samstag um zehn      | ask C=2025-11-15,2025-11-22 T=10:00
    nächsten Dienstag um zehn     | 2025-11-18 10:00
    Freitag früh                  | 2025-11-14 09:00-10:00
    Freitag morgen um zehn        | 2025-11-14 10:00
    Freitagmorgen                 | 2025-11-14 09:00-10:00
    morgen, Donnerstag, um zehn   | 2025-11-13 10:00
    Donnerstag, den 14. um zehn   | ask Q=weekday_contradicts_date T=10:00
""")
def test_weekdays(phrase: str, expected: str) -> None:
    check(phrase, expected, notice_minutes=15)


def test_tomorrow_on_saturday_is_sunday_and_naechster_sonntag_is_asked() -> None:
    check("nächsten Sonntag um zehn", "ask C=2025-11-16,2025-11-23", now="2025-11-15 10:00")
    check("morgen um zehn", "2025-11-16 10:00", now="2025-11-15 10:00")


@phrases("""
    in vier Tagen um neun            | 2025-11-16 09:00
    in vierzehn Tagen um neun        | 2025-11-26 09:00
    in einer Woche um neun           | 2025-11-19 09:00
    morgen in zwei Wochen um neun    | 2025-11-27 09:00
    Freitag in drei Wochen um neun   | 2025-12-05 09:00
    in drei Wochen am Freitag um neun| 2025-12-05 09:00
    Dienstag in drei Wochen um neun  | ask C=2025-12-02,2025-12-09 T=09:00
    in zwei, drei Wochen um neun     | ask T=09:00
    in einer Stunde                  | 2025-11-12 ~11:00
    in einer Stunde und zwanzig Minuten | 2025-11-12 ~11:20
    am Buß- und Bettag um neun       | 2025-11-19 09:00
""")
def test_distances(phrase: str, expected: str) -> None:
    check(phrase, expected)


@phrases("""
    am elften um neun                    | 2025-12-11 09:00
    den zwölften um elf                  | 2025-11-12 11:00
    am einunddreißigsten um neun         | 2025-12-31 09:00
    am zwoten Zwölften um neun           | 2025-12-02 09:00
    der dritte erste um neun             | 2026-01-03 09:00
    am 3.11. um neun                     | ask Q=far_date C=2026-11-03
    am 3.11.2025 um neun                 | past
    am 31.11. um neun                    | invalid
    am 29.2. um neun                     | ask
    2025-13-01                           | invalid
    zweiter Dienstag im März um neun     | 2026-03-10 09:00
    vorletzter Freitag im Dezember um neun | 2025-12-19 09:00
    Silvester um neun                    | 2025-12-31 09:00
    Ostern                               | ask
    zwischen Weihnachten und Neujahr     | ask
    zwei Tage vor Silvester um neun      | ask T=09:00
    um Weihnachten herum                 | ask
    in der ersten Dezemberwoche          | ask M=datum+uhrzeit
    gleicher Tag, elf Uhr                | ask T=11:00 Q=refers_to_earlier
    Donnerstag zur gleichen Uhrzeit      | ask D=2025-11-13 Q=refers_to_earlier
    15.1                                 | ask C=2025-11-15,2025-12-15,2026-01-15
    Donnerstag, 15.1 um neun             | 2026-01-15 09:00
""")
def test_dates(phrase: str, expected: str) -> None:
    check(phrase, expected)


@phrases("""
    halb eins            | 12:30
    dreiviertel vier     | 15:45
    drei viertel zehn    | 09:45
    fünf nach halb neun  | 08:35
    fünf vor halb neune  | 08:25
    Viertel nach zwölf   | 12:15
    zehn vor eins        | 12:50
    sieben Uhr           | 19:00
    acht Uhr             | 08:00
    zwo Uhr dreißig      | 14:30
    zehn Uhr null fünf   | 10:05
    einundzwanzig Uhr fünf | 21:05
    vierzehn dreißig     | 14:30
    Punkt zehn           | 10:00
    viertel nach sechse  | 18:15
""")
def test_clock(phrase: str, expected: str) -> None:
    check(f"Freitag {phrase}", f"2025-11-14 {expected}")
    assert means(hear("Freitag", phrase), f"2025-11-14 {expected}")


@phrases("""
    halb                 | ask D=2025-11-14
    Viertel              | ask D=2025-11-14
    Viertel neun         | ask D=2025-11-14 C=08:15
    neun zehn            | ask D=2025-11-14
    Mitternacht          | ask D=2025-11-14
    25 Uhr               | invalid
    zehn Uhr siebzig     | invalid
    06:30                | ask D=2025-11-14 Q=which_half_of_day C=06:30,18:30
    08:30                | ask D=2025-11-14 Q=which_half_of_day
    09:30                | 2025-11-14 09:30
    8:30                 | 2025-11-14 08:30
""")
def test_clock_times_that_are_asked(phrase: str, expected: str) -> None:
    assert means(hear("Freitag", phrase), expected), short(hear("Freitag", phrase))


@phrases("""
    halb acht         | ask D=2025-11-14 C=07:30,19:30
    sieben Uhr        | ask D=2025-11-14 C=07:00,19:00
    fünf Uhr          | 2025-11-14 17:00
    sieben Uhr abends | 2025-11-14 19:00
    07:30             | 2025-11-14 07:30
    morgens           | 2025-11-14 06:00-10:00
""")
def test_a_salon_that_opens_at_six_is_asked_which_half(phrase: str, expected: str) -> None:
    when = hear("Freitag", phrase, hours=lambda _: WHOLE_DAY)
    assert means(when, expected), short(when)


@phrases("""
    sechs Uhr morgens             | 2025-11-14 06:00
    früh um sieben                | 2025-11-14 07:00
    abends um acht                | 2025-11-14 20:00
    nachmittags um halb vier      | 2025-11-14 15:30
    vormittags um elf             | 2025-11-14 11:00
    mittags um eins               | 2025-11-14 13:00
    vormittags um fünfzehn Uhr    | ask D=2025-11-14 Q=day_part_contradicts_time
    abends um drei                | ask D=2025-11-14
    mittags                       | 2025-11-14 11:00-14:00
    am späten Nachmittag          | 2025-11-14 12:00-17:00
    möglichst früh                | ask D=2025-11-14
    früher                        | ask D=2025-11-14
    frühestens um elf             | 2025-11-14 11:00-18:00
    nicht vor elf                 | 2025-11-14 11:00-18:00
    nach vier                     | 2025-11-14 16:00-18:00
    spätestens um elf             | 2025-11-14 09:00-11:00
    vor halb zwölf                | 2025-11-14 09:00-11:30
    von halb zehn bis elf         | 2025-11-14 09:30-11:00
    zwischen eins und drei        | 2025-11-14 13:00-15:00
    zwischen elf und eins         | 2025-11-14 11:00-13:00
    nachmittags zwischen zwei und vier | 2025-11-14 14:00-16:00
    vormittags ab drei            | ask D=2025-11-14
    abends bis neun               | 2025-11-14 17:00-21:00
    circa zehn                    | 2025-11-14 ~10:00
    kurz vor elf                  | 2025-11-14 ~11:00
    so um elf rum                 | 2025-11-14 ~11:00
    bis acht                      | ask D=2025-11-14 C=08:00,20:00
    vormittags oder um drei       | ask D=2025-11-14
    vormittags oder nachmittags   | ask D=2025-11-14
""")
def test_day_parts_and_windows(phrase: str, expected: str) -> None:
    check(f"Freitag {phrase}", expected)


def test_an_open_window_on_a_closed_day_takes_the_hours_of_the_week() -> None:
    check("Sonntag ab zehn", "2025-11-16 10:00-20:00")
    check("Sonntag ab zehn", "2025-11-16 10:00-24:00", hours=lambda _: ())
    check("Freitag ab neunzehn Uhr", "2025-11-14 19:00-24:00")


def test_hours_with_a_lunch_break_open_and_close_once() -> None:
    check("Freitag bis vier", "2025-11-14 09:00-16:00", hours=lambda _: ((540, 720), (780, 1080)))


@phrases("""
    Freitag um zehn, nein, um elf                 | 2025-11-14 11:00
    Freitag, ich meine Samstag, um zehn           | 2025-11-15 10:00
    nächste Woche Montag, nee, Dienstag, um zehn  | 2025-11-18 10:00
    am 18. Dezember, Quatsch, am 19. um zehn      | 2025-12-19 10:00
    Freitag nachmittags um drei, doch lieber um vier | 2025-11-14 16:00
    Freitag vormittags, nein, nachmittags         | 2025-11-14 12:00-17:00
    nicht Freitag, sondern Samstag um zehn        | 2025-11-15 10:00
    Freitag um elf statt um zehn                  | 2025-11-14 11:00
    Freitag um zehn geht nicht, um elf            | ask T=11:00
    vor zehn kann ich nicht, Freitag              | 2025-11-14 10:00-18:00
    Freitag um zehn, um elf                       | ask D=2025-11-14 C=10:00,11:00 Q=two_times
    Freitag, Samstag um zehn                      | ask C=2025-11-14,2025-11-15 Q=two_dates
    Freitag um zehn, nein                         | ask Q=unclear_negation
    Freitag nicht                                 | ask M=datum+uhrzeit
    Freitag um zehn, sieben                       | ask D=2025-11-14
""")
def test_corrections_and_negations(phrase: str, expected: str) -> None:
    check(phrase, expected)


@phrases("""
    heit um drei          | 2025-11-12 15:00
    Sonnabend um elfe     | 2025-11-15 11:00
    Samstach um elf       | 2025-11-15 11:00
    am zwoten um zwo      | 2025-12-02 14:00
    Mitwoch um elf        | 2025-11-12 11:00
    übermorgen in der Früh um neun | 2025-11-14 09:00
    Feitag um elf         | 2025-11-14 11:00
""")
def test_regional_forms_and_slips_of_recognisers(phrase: str, expected: str) -> None:
    check(phrase, expected)


@pytest.mark.parametrize(("datum", "uhrzeit", "expected"), [
    ("Freitag um zehn", "10:00", "2025-11-14 10:00"),
    ("Freitag um drei", "15:00", "2025-11-14 15:00"),
    ("Freitag um zehn", "11:00", "ask D=2025-11-14 C=10:00,11:00"),
    ("Freitag", "Samstag 10 Uhr", "ask T=10:00 C=2025-11-14,2025-11-15"),
    ("", "Freitag um zehn", "2025-11-14 10:00"),
    ("{{datum}}", "10:00", "ask M=datum T=10:00"),
    ("None", "undefined", "ask M=datum+uhrzeit Q=which_day_and_time"),
    ("2025-11-14T00:00:00", "", "ask D=2025-11-14 M=uhrzeit"),
    ("2025-11-14T06:00:00", None, "2025-11-14 06:00"),
    ("2025-11-14T10:00:00+01:00", None, "2025-11-14 10:00"),
    ("2025-11-14T10:00:00Z", None, "ask D=2025-11-14 C=10:00,11:00"),
    ("2026-06-01", "10:00", "too_far D=2026-06-01"),
    ("heute", "neun oder fünfzehn Uhr", "ask D=2025-11-12 C=15:00 Q=time_is_over"),
])  # fmt: skip
def test_two_arguments_in_any_mixture(datum: str, uhrzeit: str, expected: str) -> None:
    when = hear(datum, uhrzeit)
    assert means(when, expected), short(when)


def test_both_nights_of_the_clock_change() -> None:
    check("2026-03-29 02:30", "invalid Q=invalid_time", now="2026-03-20 10:00")
    check("2026-03-29 03:00", "2026-03-29 03:00", now="2026-03-20 10:00")
    check("in zwei Stunden", "2026-03-29 ~03:30", now="2026-03-29 00:30")
    check("2026-10-25 02:30", "2026-10-25 02:30", now="2026-10-20 10:00")
    check("in zwei Stunden", "2026-10-25 ~02:30", now="2026-10-25 01:30")
