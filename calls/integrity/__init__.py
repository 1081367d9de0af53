"""The checks about the phone; imported once, by the app's ``ready``."""
