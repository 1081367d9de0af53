"""Plays a call script over HTTP against a running server, as the voice platform would."""

from calls.simulator.calendar import Calendar
from calls.simulator.line import Unreachable
from calls.simulator.player import Player
from calls.simulator.script import BadScript, Script, Unplayable, read_script

__all__ = ["BadScript", "Calendar", "Player", "Script", "Unplayable", "Unreachable", "read_script"]
