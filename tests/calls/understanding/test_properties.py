"""What holds for any text at all."""

import datetime as dt
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from calls.understanding import (
    email_as_json,
    match_service,
    match_staff,
    name_as_json,
    same_name,
    service_as_json,
    understand_email,
    understand_name,
    understand_when,
    when_as_json,
)
from calls.understanding.calendar_words import DAY_PARTS, MONTHS, RELATIVE_DAYS, WEEKDAYS
from calls.understanding.marker_words import PHRASES
from calls.understanding.numbers import CARDINALS, ORDINALS
from calls.understanding.questions import QUESTIONS
from tests.calls.understanding.salon import BERLIN, DEMO, STAFF, hours

OTHERS = """
Uhr halb Viertel dreiviertel nächste Woche Wochen in am um Monat Ende Anfang 10:30 15.10. 15.1 5/6 25 KW
31.2 , . - 2025-11-20 2025-11-20T10:00 10-12 Ostern Silvester frei Termin letzten Tage Stunde {{x}}
"""
WORDS = sorted(
    {*WEEKDAYS, *MONTHS, *RELATIVE_DAYS, *DAY_PARTS, *OTHERS.split(), *PHRASES}
    | set(list(CARDINALS)[:60])
    | set(list(ORDINALS)[:90:3])
)
phrases = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
anything = st.one_of(phrases, st.text(max_size=60), st.none())
FIRST = dt.datetime(2024, 1, 1, tzinfo=BERLIN)
moments = st.integers(0, 6 * 365 * 24 * 60).map(lambda minutes: FIRST + dt.timedelta(minutes=minutes))
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


@settings(max_examples=200, deadline=None)
@given(datum=anything, uhrzeit=anything, now=moments)
def test_every_answer_keeps_its_shape(datum: str | None, uhrzeit: str | None, now: dt.datetime) -> None:
    when = understand_when(datum=datum, uhrzeit=uhrzeit, now=now, hours=hours)
    printed = when_as_json(when)
    assert all(CLOCK.fullmatch(value) for value in (*(printed["window"] or ()), *printed["preferences"]))
    assert when.question is None if when.status == "resolved" else when.question in QUESTIONS
    assert when.status != "ask" or when.missing
    if when.preferences:
        assert len(set(when.preferences)) > 1
        assert when.preferences[0] == when.time
    if when.status == "resolved":
        assert when.date is not None
        assert when.time or when.window
        assert not when.missing
        assert not when.candidates
        assert now.date() <= when.date <= now.date() + dt.timedelta(days=180)
        assert when.time is None or dt.datetime.combine(when.date, when.time, tzinfo=BERLIN) >= now
    assert all(not isinstance(day, dt.date) or day >= now.date() for day in when.candidates)


@settings(max_examples=60, deadline=None)
@given(now=moments, ahead=st.integers(0, 170), minute=st.integers(8 * 60, 23 * 60 + 59))
def test_a_written_date_and_time_come_back_as_they_are(now: dt.datetime, ahead: int, minute: int) -> None:
    day, time = now.date() + dt.timedelta(days=ahead), dt.time(minute // 60, minute % 60)
    moment = dt.datetime.combine(day, time, tzinfo=BERLIN)
    for datum, uhrzeit in (
        (f"{day:%d.%m.%Y}", f"{time:%H:%M}"),
        (f"{day} {time:%H:%M}", ""),
        (f"{day}T{time}", None),
    ):
        when = understand_when(datum=datum, uhrzeit=uhrzeit, now=now, hours=lambda _: ((0, 1440),))
        assert (when.date, when.time) == (day, time)
        assert when.status == ("resolved" if moment >= now else "past")


@settings(max_examples=60, deadline=None)
@given(text=anything)
def test_case_and_unicode_form_change_nothing(text: str | None) -> None:
    if text is None or not text.isascii():
        return
    now = dt.datetime(2025, 11, 12, 10, tzinfo=BERLIN)
    heard = [
        understand_when(datum=t, uhrzeit=None, now=now, hours=hours) for t in (text.lower(), text.upper())
    ]
    assert heard[0] == heard[1]


@settings(max_examples=100, deadline=None)
@given(text=st.one_of(st.none(), st.text(max_size=50), phrases))
def test_nothing_raises(text: str | None) -> None:
    service = match_service(text, services=DEMO)
    assert set(service_as_json(service)) == {"status", "name", "candidates"}
    assert service.status != "resolved" or service.name
    assert match_staff(text, staff=STAFF).status in {"resolved", "anyone", "unknown", "ask", "missing"}
    name = understand_name(text, staff=STAFF)
    assert (name.name is not None) == (name.status == "ok")
    assert name_as_json(name)["status"] == name.status
    email = understand_email(text)
    assert (email.email is not None) == (email.status == "ok") == (email_as_json(email)["email"] is not None)
    assert 0 <= same_name(text or "", "Probst") <= 1
