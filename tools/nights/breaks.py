"""Which rules can be taken out; ``programs`` does it. Imports no models: the choice is made before them."""

VARIABLE = "NIGHTS_BREAK"
CLOCK, QUIET, SWEEP = "clock", "quiet", "sweep"
NAMES = (CLOCK, QUIET, SWEEP)
