"""What can be wrong with a file as a whole, and with one of its rows."""


class ImportFileError(Exception):
    """Nothing of this file can be imported. ``str()`` is one sentence for whoever chose it."""


class RowError(Exception):
    """A row that cannot become an appointment. ``code`` groups, ``str()`` is a sentence for staff."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
