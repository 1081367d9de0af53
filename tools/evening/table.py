"""The evening on one page."""

from collections import Counter

from tools.evening.evening import Result


def table(result: Result) -> str:
    rows = [*_heading(result), *_calls(result), *_races(result), *_agreement(result), *_requests(result)]
    width = max(len(name) for name, _value in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def verdict(result: Result) -> list[str]:
    """What is not as it has to be."""
    tally, found = result.tally, result.agreement
    wrong = [*tally.dishonest]
    if tally.race_share >= 0.01:
        wrong.append(f"{tally.race_share:.2%} of the bookings were lost in a race.")
    counts = {"orphans": found.orphans, "missing": found.missing, "overlaps": found.overlaps}
    wrong += [f"{count} {name}" for name, count in counts.items() if count]
    if result.most_requests > 110 or result.throttled:
        wrong.append("The request budget was not kept.")
    if tally.others:
        wrong.append(f"Answers that were not expected: {_counts(tally.others)}")
    return wrong


Rows = list[tuple[str, str]]


def _heading(result: Result) -> Rows:
    plan = result.plan
    strangers = result.strangers
    looks = f"books what they saw {plan.hesitation:g} s before" if plan.hesitation else "books what is open"
    return [
        ("calls", f"{plan.calls} in {plan.hours:g} h, 20 to 60 s between check and booking"),
        ("strangers", f"one every {plan.every:g} s, {looks}"),
        ("", f"{strangers.booked} booked, {strangers.refused} refused, {strangers.cancelled} cancelled"),
        ("holds at Cal.com", "on" if plan.courtesy else "off"),
    ]


def _calls(result: Result) -> Rows:
    tally = result.tally
    return [
        ("checks", f"{tally.checks}: {_counts(tally.checks_by_status)}"),
        ("offers taken up, gone by then", f"{tally.offers_gone}"),
        ("held, told free", f"{tally.told_free}, {tally.unverified} without Cal.com's word"),
        ("revalidations", f"{tally.revalidations}, {tally.lost_at_revalidation} lost"),
        ("bookings tried", f"{tally.attempts}"),
        ("booked", f"{len(tally.booked)}: {_counts(tally.calendar_words)}"),
        ("refusals without an alternative", f"{tally.without_alternatives}"),
        ("callers who gave up", f"{tally.gave_up}"),
        ("longest answer", f"{tally.longest_answer:.2f} s, in virtual time"),
    ]


def _races(result: Result) -> Rows:
    tally = result.tally
    return [
        ("RACE FAILURES, after the last “free”", f"{tally.races}: {tally.race_share:.2%}"),
        ("  refused when booked", f"{tally.refused_at_booking}"),
        ("  or told the agent before", f"{tally.lost_and_told}"),
        ("with those lost at revalidation", f"{tally.loss_share:.2%} of {tally.told_free} told free"),
        ("DISHONEST ANSWERS", f"{len(tally.dishonest)}"),
    ]


def _agreement(result: Result) -> Rows:
    found = result.agreement
    return [
        ("appointments to come, bookings at Cal.com", f"{found.appointments}, {found.standing}"),
        ("orphans, missing, overlaps", f"{found.orphans}, {found.missing}, {found.overlaps}"),
        ("cases opened", f"{found.cases.total()}: {_counts(found.cases)}; {found.still_open} still open"),
    ]


def _requests(result: Result) -> Rows:
    minutes = result.plan.hours * 60
    return [
        (
            "requests to Cal.com",
            f"{result.requests / minutes:.1f} a minute, at most {result.most_requests} of 110 in one",
        ),
        ("refused by its rate limit", f"{result.throttled}"),
        ("its messages", f"{result.letters}"),
    ]


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counter.most_common()) or "none"
