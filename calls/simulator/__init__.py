"""Plays a call script over HTTP against a running server, as the voice platform would."""

from calls.simulator.line import Unreachable
from calls.simulator.player import Player, Unplayable
from calls.simulator.script import BadScript, Script, read_script

__all__ = ["BadScript", "Player", "Script", "Unplayable", "Unreachable", "read_script"]
