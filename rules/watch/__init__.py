"""Watches: rules over time. They look at what other rules have matched, not at documents.

Pure: ``judge`` takes what was stored, and the present as a value. Whoever stores it feeds and obeys the verdict.
"""

from rules.watch.decider import judge, weigh
from rules.watch.model import Check, CompiledWatch, Firing, FirstAfterQuiet, History, QuietFor, Seen, Spike

__all__ = [
    "Check",
    "CompiledWatch",
    "Firing",
    "FirstAfterQuiet",
    "History",
    "QuietFor",
    "Seen",
    "Spike",
    "judge",
    "weigh",
]
