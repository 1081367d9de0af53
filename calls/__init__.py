"""The phone: calls, the voice functions, understanding of German, the sentences."""
