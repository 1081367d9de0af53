"""How often Python looks for cycles in a process that answers requests."""

import gc


def settle() -> None:
    """Call once the program is loaded.

    The collector would go through all of it, some 250,000 objects and 200 ms, in every tenth answer or so
    of a large page. What is loaded now stays anyway, so it is left out from here on; and an answer makes
    thousands of objects that need no looking for, so the collector looks after ten thousand, not 700.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
