"""Tables of words, written as text."""


def word_set(text: str) -> frozenset[str]:
    """The words of a text, without their order."""
    return frozenset(text.split())
