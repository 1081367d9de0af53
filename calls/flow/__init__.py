"""The German conversation flow for the voice platform, made from the definitions the server dispatches."""

from calls.flow.building import build_flow
from calls.flow.checking import differences, problems

__all__ = ["build_flow", "differences", "problems"]
