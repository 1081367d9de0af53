"""A PostgreSQL server of our own, started under ``VAR_DIR`` when no ``DATABASE_URL`` is set.

``base`` is the Django database backend, ``server`` starts the server, ``guardian`` stops it with its last
user, ``binaries`` runs PostgreSQL's programs.
"""

DATABASE_NAME = "terminfest"
