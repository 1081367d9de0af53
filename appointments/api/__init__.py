"""The REST API for other systems (``contract.md`` §4): parse, one domain call, render.

It holds no rule: whether a time is free, who may be moved where and what overlaps, the solver and the
writer say. Errors become answers in ``config.errors``.
"""
