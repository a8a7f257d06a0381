"""Invents the exports of one company, so that everything can be tried without real data, and knows the truth about it.

Belongs here: made-up records shaped like the vendors' exports. Does not: reading exports; the pipeline never imports this room.
Next room: warehouse (errors, clock, progress); `generate` is the only entrance.
"""

from sample.company import SampleSummary, generate

__all__ = ["SampleSummary", "generate"]
