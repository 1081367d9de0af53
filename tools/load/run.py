"""All measurements, on one stage."""

import argparse

from django.db import connection

from appointments.models import Branch
from appointments.models.company import CalendarMode
from config.demo.environment import SLUG
from tools.load.measures import one_slot, parallel_calls, throughput
from tools.load.memory import processes
from tools.load.page import Figures
from tools.stage.system import System

OFF, MIRROR = "the calendar off", "every booking told to a calendar that takes 120 ms for a request"


def measured(
    system: System, *, machine: str, workers: int, queues: int, wanted: argparse.Namespace
) -> Figures:
    system.prepare()
    system.start(queues=queues)
    _set_calendar(CalendarMode.OFF)
    levels = {OFF: throughput(system, seconds=wanted.seconds, told=_say)}
    _set_calendar(CalendarMode.MIRROR)
    levels[MIRROR] = throughput(system, seconds=wanted.seconds, told=_say)
    rush = one_slot(system)
    _say(f"one slot: {max(rush.seconds):.1f} s for all, {rush.wrong or 'as it must be'}")
    evening = parallel_calls(system, factor=wanted.factor)
    _say(f"sixty calls: {evening.booked} booked, longest {evening.times.longest:.0f} ms")
    connection.close()
    return Figures(machine, workers, levels, processes(system), rush, evening)


def _set_calendar(mode: CalendarMode) -> None:
    Branch.objects.filter(company__slug=SLUG).update(calendar=mode)


def _say(line: str) -> None:
    print(line, flush=True)
