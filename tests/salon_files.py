"""Salon files for tests: the contract's own example, and a way to spoil it."""

from datetime import datetime

from appointments import salon

CONTRACT = """\
company: {name: Salon Morgenrot, slug: morgenrot, timezone: Europe/Berlin, holidays: DE-BE}
branches:
  - name: Mitte
    phone_numbers: ["+49301234501"]          # numbers callers dial: they decide company and branch
    retell_agents: [agent_morgenrot]
    opening_hours: {mon: ["09:00-18:00"], tue: ["09:00-18:00"], thu: ["09:00-20:00"]}
    minimum_notice_minutes: 15
    horizon_days: 180
    slot_minutes: 5                           # grid of possible starts
    calendar: mirror                          # mirror | strict | off
staff:
  - {name: Emma Keller, branch: Mitte, email: emma@morgenrot.example, calcom_user_id: 101}
  - name: Jonas Brandt
    branch: Mitte
    working_hours: {tue: ["10:00-14:00", "15:00-19:00"], sat: ["09:00-14:00"]}   # default: the branch's
    services: [Herrenhaarschnitt]                                                # default: all
    absences: [{from: 2026-12-21, to: 2026-12-31, reason: Urlaub}]
    durations: [{service: Herrenhaarschnitt, minutes: 45}, {service: Dauerwelle, phases: [60, 15, 5, 10, 15, 45]}]
services:
  - {name: Herrenhaarschnitt, minutes: 55, price: "30.00", synonyms: [Herrenschnitt, Männerhaarschnitt]}
  - name: Dauerwelle
    price: "85.00"
    synonyms: [Dauerwellen, Perm]
    buffer_after_minutes: 0
    phases:                                    # their sum is the duration
      - {name: Haare wickeln, minutes: 50}
      - {name: Einwirkzeit, minutes: 15, busy: false}
      - {name: Fixierung auftragen, minutes: 5}
      - {name: Einwirkzeit, minutes: 10, busy: false}
      - {name: Auswaschen und Pflege, minutes: 15}
      - {name: Schneiden und Styling, minutes: 40}
    calendar_layout: phases                    # one Cal.com booking per run of busy phases; or: block
policies: {cancel_hours_before: 24, max_reschedules: 3, fees: [{hours: 24, amount: 10}, {hours: 48, amount: "0"}]}
calendar_event_types:      # who does what, at Cal.com; phase = first busy phase of the run
  - {staff: Emma Keller, service: Herrenhaarschnitt, id: 3001}
  - {staff: Emma Keller, service: Dauerwelle, phase: Haare wickeln, id: 3002}
  - {staff: Emma Keller, service: Dauerwelle, phase: Fixierung auftragen, id: 3003}
  - {staff: Emma Keller, service: Dauerwelle, phase: Auswaschen und Pflege, id: 3004}
"""


def changed(*changes: tuple[str, str], text: str = CONTRACT) -> str:
    """The example with each first text replaced by the second; it must stand there once."""
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def apply(text: str, *, now: datetime, dry_run: bool = False) -> salon.Report:
    return salon.apply(salon.read(text.encode()), now=now, dry_run=dry_run)


def problems_of(text: str | bytes) -> list[str]:
    """What is wrong with a file, as the lines that a person reads."""
    try:
        salon.read(text.encode() if isinstance(text, str) else text)
    except salon.SalonFileError as error:
        return [str(problem) for problem in error.problems]
    return []
