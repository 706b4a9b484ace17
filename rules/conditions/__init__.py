"""Conditions as a small algebra: every node finds its evidence, and says what takes part and what it needs."""

from rules.conditions.base import Condition, Element, View
from rules.conditions.count import AtLeast, Context, Score, Scored
from rules.conditions.logic import All, AnyElement, AnyOf, Inside, NoneOf
from rules.conditions.near import Near
from rules.conditions.page import Page
from rules.conditions.pattern import PatternFound
from rules.conditions.sentence import SameSentence
from rules.conditions.term import TermFound
from rules.conditions.ways import Way, Ways, any_open
from rules.conditions.where import Where

__all__ = [
    "All",
    "AnyElement",
    "AnyOf",
    "AtLeast",
    "Condition",
    "Context",
    "Element",
    "Inside",
    "Near",
    "NoneOf",
    "Page",
    "PatternFound",
    "SameSentence",
    "Score",
    "Scored",
    "TermFound",
    "View",
    "Way",
    "Ways",
    "Where",
    "any_open",
]
