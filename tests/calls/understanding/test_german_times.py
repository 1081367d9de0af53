"""german.md §2, every row by its number, on a Friday the salon is open from 9 to 18."""

import pytest

from tests.calls.understanding.salon import hear, means, short

DAY = "2025-11-14"
ROWS = [
    (1, "halb drei", f"{DAY} 14:30"),
    (2, "viertel nach zehn", f"{DAY} 10:15"),
    (4, "Viertel drei", f"ask D={DAY} C=14:15"),
    (5, "fünf vor zehn", f"{DAY} 09:55"),
    (7, "zwanzig vor zehn", f"{DAY} 09:40"),
    (8, "zehn Uhr fünfzehn", f"{DAY} 10:15"),
    (10, "sechs sechzehn Uhr", f"ask D={DAY} C=16:00"),
    (11, "sechzehn Uhr circa", f"{DAY} ~16:00"),
    (11, "so gegen 15 Uhr", f"{DAY} ~15:00"),
    (13, "ab 16 Uhr", f"{DAY} 16:00-18:00"),
    (14, "zwischen 10 und 12 Uhr", f"{DAY} 10:00-12:00"),
    (16, "vormittags", f"{DAY} 09:00-12:00"),
    (17, "nachmittags", f"{DAY} 12:00-17:00"),
    (17, "am Nachmittag", f"{DAY} 12:00-17:00"),
    (19, "abends", f"{DAY} 17:00-18:00"),
    (20, "morgens", f"{DAY} 09:00-10:00"),
    (20, "früh", f"{DAY} 09:00-10:00"),
    (22, "25 Uhr", f"invalid D={DAY} Q=invalid_time"),
    (23, "drei Uhr nachmittags", f"{DAY} 15:00"),
]


@pytest.mark.parametrize(("row", "phrase", "expected"), ROWS, ids=[f"row{r[0]}-{r[1]}" for r in ROWS])
def test_row(row: int, phrase: str, expected: str) -> None:
    when = hear("Freitag", phrase)
    assert means(when, expected), f"row {row}: {short(when)}"


@pytest.mark.parametrize(("row", "phrase", "expected"), ROWS, ids=[f"row{r[0]}-{r[1]}" for r in ROWS])
def test_row_in_one_argument(row: int, phrase: str, expected: str) -> None:
    when = hear(f"am Freitag {phrase}", "")
    assert means(when, expected), f"row {row}: {short(when)}"
