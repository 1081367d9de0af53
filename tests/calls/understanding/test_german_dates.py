"""german.md §1, every row by its number."""

import pytest

from tests.calls.understanding.salon import hear, means, short

ROWS = [
    (1, "heute", "2025-10-18 10:00", "ask D=2025-10-18 M=uhrzeit"),
    (2, "morgen", "2025-10-18 10:00", "ask D=2025-10-19 M=uhrzeit"),
    (4, "Montag", "2025-10-18 10:00", "ask D=2025-10-20 M=uhrzeit"),
    (5, "Montag", "2025-10-20 09:00", "ask C=2025-10-20,2025-10-27"),
    (5, "Montag um zehn", "2025-10-20 09:00", "2025-10-20 10:00"),
    (5, "Montag um acht", "2025-10-20 09:00", "ask C=2025-10-27 T=08:00"),
    (7, "Montag um dreizehn Uhr", "2025-10-18 18:39", "2025-10-20 13:00"),
    (8, "nächste Woche Montag", "2025-10-18 10:00", "ask D=2025-10-20"),
    (10, "nächste Woche Mittwoch", "2025-10-18 10:00", "ask D=2025-10-22"),
    (11, "nächste woche mittwoch", "2025-10-18 10:00", "ask D=2025-10-22"),
    (13, "nächste Woche Montag", "2025-10-17 10:00", "ask D=2025-10-20"),
    (14, "nächste Woche Mittwoch", "2025-10-15 10:00", "ask D=2025-10-22"),
    (16, "Mittwoch nächste Woche um 17 Uhr", "2025-11-13 10:00", "2025-11-19 17:00"),
    (17, "Sonntag nächste Woche", "2025-10-15 10:00", "ask D=2025-10-26"),
    (19, "Mittwoch diese Woche um 14 Uhr", "2025-11-10 10:00", "2025-11-12 14:00"),
    (20, "Donnerstag, dreizehn Uhr diese Woche", "2025-10-21 12:00", "2025-10-23 13:00"),
    (22, "dieser Montag", "2025-10-09 10:00", "ask D=2025-10-13"),
    (23, "nächster Freitag", "2025-10-09 10:00", "ask C=2025-10-10,2025-10-17"),
    (25, "nächster Donnerstag", "2025-11-23 20:00", "ask D=2025-11-27"),
    (26, "nächsten Montag um 10 Uhr", "2025-11-13 10:00", "2025-11-17 10:00"),
    (28, "diese Woche Freitag am Nachmittag", "2025-11-10 10:00", "2025-11-14 12:00-17:00"),
    (29, "diese Woche", "2025-11-17 10:00", "ask M=datum+uhrzeit"),
    (31, "heute vierzehn Uhr", "2025-10-20 14:05", "past D=2025-10-20 T=14:00"),
    (32, "vierzehn Uhr", "2025-10-23 12:00", "ask T=14:00 M=datum C=2025-10-23,2025-10-24"),
    (34, "heute 16:00 Uhr", "2025-10-24 11:20", "2025-10-24 16:00"),
    (35, "heute einundzwanzig Uhr zwanzig", "2025-11-14 20:30", "2025-11-14 21:20"),
    (37, "heute 19 Uhr", "2025-10-25 18:52", "2025-10-25 19:00"),
    (38, "heute 15 Uhr", "2025-10-25 12:00", "2025-10-25 15:00"),
    (40, "morgen neun Uhr, wenn das nicht geht, fünfzehn Uhr", "2025-10-22 20:00", "2025-10-23 09:00>15:00"),
    (41, "morgen gegen 13 Uhr", "2025-10-20 20:00", "2025-10-21 ~13:00"),
    (43, "auf den zehnten zehnten acht Uhr", "2025-10-06 11:39", "2025-10-10 08:00"),
    (44, "am zehnten Zehnten um zwölf Uhr fünfzehn", "2025-10-06 10:00", "2025-10-10 12:15"),
    (46, "auf den siebzehnten Zehnten, um zehn Uhr", "2025-10-13 12:00", "2025-10-17 10:00"),
    (47, "aufm sechsten Zehnten zweitausendfünfundzwanzig", "2025-10-05 20:00", "ask D=2025-10-06"),
    (49, "am fünfundzwanzigsten Zehnten", "2025-10-24 12:00", "ask D=2025-10-25"),
    (50, "Fünfundzwanzigster Oktober zweitausendfünfundzwanzig", "2025-10-24 12:00", "ask D=2025-10-25"),
    (52, "15.10", "2025-10-13 10:00", "ask D=2025-10-15"),
    (53, "5.11", "2025-10-13 10:00", "ask D=2025-11-05"),
    (55, "25.10", "2025-10-13 10:00", "ask D=2025-10-25"),
    (56, "5.10", "2025-10-13 10:00", "ask Q=far_date C=2026-10-05"),
    (58, "31.2", "2025-10-13 10:00", "invalid Q=invalid_date"),
    (59, "11.11.", "2025-11-10 17:32", "ask D=2025-11-11"),
    (61, "Mittwoch, den 19. November", "2025-11-19 09:36", "ask D=2025-11-19"),
    (62, "Montag, den 25. Dezember", "2025-11-19 09:36", "ask Q=weekday_contradicts_date"),
    (64, "13 Dezember", "2025-11-15 10:00", "ask D=2025-12-13"),
    (64, "13. DEZEMBER", "2025-11-15 10:00", "ask D=2025-12-13"),
    (65, "25. Januar", "2025-12-20 10:00", "ask D=2026-01-25"),
    (67, "7. November", "2025-12-05 10:00", "ask Q=far_date C=2026-11-07"),
    (68, "5. November", "2025-11-07 10:00", "ask Q=far_date"),
    (70, "27.09.2025", "2025-09-26 12:00", "ask D=2025-09-27"),
    (71, "2025-11-28 10:00", "2025-11-23 22:05", "2025-11-28 10:00"),
    (71, "2025-11-28T10:00:00", "2025-11-23 22:05", "2025-11-28 10:00"),
    (73, "morgen 10 Uhr", "2026-03-28 20:00", "2026-03-29 10:00"),
    (74, "morgen nachts um zwei Uhr dreißig", "2026-03-28 20:00", "invalid Q=invalid_time"),
    (74, "2026-03-29T02:30", "2026-03-28 20:00", "invalid Q=invalid_time"),
    (76, "an Weihnachten", "2025-11-24 10:00", "ask C=2025-12-24,2025-12-25,2025-12-26"),
    (77, "morgen zwei Uhr dreißig", "2026-03-28 20:00", "2026-03-29 14:30"),
]


@pytest.mark.parametrize(("row", "phrase", "now", "expected"), ROWS, ids=[f"row{r[0]}-{r[1]}" for r in ROWS])
def test_row(row: int, phrase: str, now: str, expected: str) -> None:
    when = hear(phrase, now=now)
    assert means(when, expected), f"row {row}: {short(when)}"


@pytest.mark.parametrize(("row", "phrase", "now", "expected"), ROWS, ids=[f"row{r[0]}-{r[1]}" for r in ROWS])
def test_row_said_in_the_other_argument(row: int, phrase: str, now: str, expected: str) -> None:
    """Models put the day into `uhrzeit` too; only "15.10", a time there, may differ."""
    when = hear(None, phrase, now=now)
    assert row in (52, 53, 55, 56) or means(when, expected), f"row {row}: {short(when)}"
