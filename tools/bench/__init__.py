"""``make bench``: how fast the ledger, the solver and the phone are, against the bare database."""
