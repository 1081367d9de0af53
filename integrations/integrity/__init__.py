"""The checks about calendars and the repairs through convergence; imported once, by the app's ``ready``."""
