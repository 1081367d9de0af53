"""The test of the whole (``tests/whole``) for as long as one likes: ``make soak MINUTES=10``.

Several processes, each with a database of its own, play sequences that nobody has played before, and stop
at the first that breaks something. What is left then is the shortest such sequence, as hypothesis wrote it
down and as a script for ``simulate_call``. ``docs/proof.md`` has the longest runs, and what they have found.
"""
