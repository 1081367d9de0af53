"""The codes in `When.question`: what to ask back, and why. The sentences are made elsewhere."""

QUESTIONS = {
    "which_day": "No day, a period, or several days; `candidates` are days.",
    "which_week": "A weekday that can be this week's or the next one's.",
    "which_time": 'No time, or one that names none ("halb", "nach Feierabend").',
    "which_day_and_time": "Neither was said.",
    "which_half_of_day": "A clock time that can be the morning's or the evening's.",
    "two_dates": "Different days without a word that chooses between them.",
    "two_times": "Different times without a word that chooses between them.",
    "weekday_contradicts_date": '"Montag, den 25. Dezember" in a year in which it is a Thursday.',
    "day_part_contradicts_time": '"vormittags um fünfzehn Uhr".',
    "quarter_past_or_before": '"Viertel drei"; the candidate is a quarter past two.',
    "day_is_over": "A day of this week that is past; the candidate is the next such weekday.",
    "time_is_over": "Of several wishes for today some are past; `candidates` are the others.",
    "far_date": "A date without a year most of a year ahead, perhaps just past.",
    "refers_to_earlier": '"gleicher Tag", "eine Stunde später": needs what was said before.',
    "unclear_number": "A number nothing explains.",
    "unclear_negation": 'A "nicht" or "nein" that may take back what was understood.',
    "invalid_date": "No calendar has that day.",
    "invalid_time": "No clock shows that time, or not in that night.",
    "past": "Over.",
    "too_far": "Beyond the horizon.",
}
"""Code → when it is asked."""
