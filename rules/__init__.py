"""A document in, matches out: rule files, lexicons, and the engine that finds them in Arabic news.

Pure: no network, no database, no clock. ``load_rules`` reads a folder, ``RuleSet.match`` judges a document,
``check_rules`` runs the examples that every rule carries.
"""

from rules.examples import CheckResult, check_rules
from rules.loader import LoadResult, load_rules
from rules.matcher import RuleSet
from rules.model import Document, Evidence, Field, Match, Problem, RuleInfo, Severity, Status

__all__ = [
    "CheckResult",
    "Document",
    "Evidence",
    "Field",
    "LoadResult",
    "Match",
    "Problem",
    "RuleInfo",
    "RuleSet",
    "Severity",
    "Status",
    "check_rules",
    "load_rules",
]
