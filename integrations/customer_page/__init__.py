"""The customer's own page behind the link in a message: look, confirm, cancel, move. No login, no other data.

Nothing changes on GET: mail programs and messengers look at links before people do.
"""
