"""Conditions as a small algebra: every node finds its evidence, and says what takes part and what it needs."""

from rules.conditions.base import Condition, Element, Needs, View
from rules.conditions.logic import All, AnyElement, AnyOf, Inside, NoneOf
from rules.conditions.near import Near
from rules.conditions.term import TermFound

__all__ = [
    "All",
    "AnyElement",
    "AnyOf",
    "Condition",
    "Element",
    "Inside",
    "Near",
    "Needs",
    "NoneOf",
    "TermFound",
    "View",
]
