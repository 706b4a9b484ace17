"""What Arabic writes onto a word: conjunctions, prepositions, the article, pronouns.

A token is taken apart by grammar, never stemmed: every reading is one way to see it as prefix + stem + pronoun,
and it counts only if somebody looks for that very stem.
"""

from collections.abc import Container, Iterator
from enum import IntEnum
from typing import NamedTuple

CONJUNCTIONS = "وف"
NAME_PREPOSITIONS = "بل"
NOUN_PREPOSITIONS = "بلك"
FUTURE = "س"
IMPERFECT = "يتنا"  # what a verb of the future begins with, after folding
ARTICLE = "ال"
ARTICLES = ("ال", "بال", "كال", "لل")
PRONOUNS = ("ه", "ها", "هم", "هن", "هما", "ك", "كم", "نا", "ي", "ني")
SHORTEST = 3  # letters of a stem that may lose a one-letter preposition or a pronoun: shorter ones are chance


class Lead(IntEnum):
    """What stands before a stem."""

    BARE = 0
    ARTICLE = 1
    OTHER = 2  # a conjunction or preposition, with or without the article


class Reading(NamedTuple):
    """One way to read a token. ``pronoun``: a pronoun was taken off the end."""

    stem: str
    lead: Lead
    pronoun: bool


def name_stems(token: str, whole: Container[str]) -> Iterator[str]:
    """The names that a token may be: ``[وف]?[بل]?`` + name, and لل for ل + ال.

    ``whole``: tokens that are names themselves and so are taken no further apart (بكين is Beijing, not ب + كين).
    """
    for base in _bases(token, whole):
        yield base
        if base in whole or base[0] not in NAME_PREPOSITIONS or len(base) <= SHORTEST - 1:
            continue
        yield base[1:]
        yield from _with_article_back(base)


def noun_readings(token: str, whole: Container[str]) -> Iterator[Reading]:
    """How a token may be read as ``[وف]?(ال|بال|كال|لل|ب|ل|ك|س)?`` + word + pronoun."""
    for base in _bases(token, whole):
        joined = base is not token
        yield Reading(base, Lead.OTHER if joined else Lead.BARE, pronoun=False)
        if base in whole:
            continue
        for stem, lead in _unprefixed(base):
            yield Reading(stem, Lead.OTHER if joined else lead, pronoun=False)
        yield from _with_pronoun(base, Lead.OTHER if joined else Lead.BARE)


def _bases(token: str, whole: Container[str]) -> Iterator[str]:
    """The token, and what follows its conjunction."""
    yield token
    if token not in whole and len(token) > SHORTEST - 1 and token[0] in CONJUNCTIONS:
        yield token[1:]


def _unprefixed(base: str) -> Iterator[tuple[str, Lead]]:
    for article in ARTICLES:
        if base.startswith(article) and len(base) > len(article) + 1:
            yield base[len(article) :], Lead.ARTICLE if article == ARTICLE else Lead.OTHER
    if len(base) > SHORTEST:  # a word that was given with its article
        yield from ((stem, Lead.OTHER) for stem in _with_article_back(base))
    for rest in _after_preposition(base):
        yield rest, Lead.OTHER


def _with_article_back(base: str) -> Iterator[str]:
    """What لل stands before: ل + ال, of which the alef is dropped; and before a ل one of three lams is too (لليكود)."""
    if base.startswith("لل"):
        yield ARTICLE + base[2:]
        yield f"{ARTICLE}ل{base[2:]}"


def with_li(word: str) -> tuple[str, ...]:
    """How ل is written before a word that begins with ال: one way, but for the writers who keep all three lams."""
    if not word.startswith(ARTICLE):
        return ()
    usual = f"لل{word[2:]}"
    return (f"ل{word[2:]}", usual) if word.startswith("ل", 2) else (usual,)


def _after_preposition(base: str) -> Iterator[str]:
    rest = base[1:]
    if len(rest) < SHORTEST:
        return
    if base[0] in NOUN_PREPOSITIONS or (base[0] == FUTURE and rest[0] in IMPERFECT):
        yield rest


def _with_pronoun(base: str, lead: Lead) -> Iterator[Reading]:
    """Without the article: what is definite by a pronoun has none."""
    for pronoun in PRONOUNS:
        if not base.endswith(pronoun) or len(base) - len(pronoun) < SHORTEST:
            continue
        stem = base[: -len(pronoun)]
        yield Reading(stem, lead, pronoun=True)
        for rest in _after_preposition(stem):
            yield Reading(rest, Lead.OTHER, pronoun=True)


def before_pronoun(word: str, folded: str) -> tuple[str, ...]:
    """How a word (as written, and folded) ends before a pronoun: ة is ت, ى is ا, and the hamza of اء takes a seat."""
    if word.endswith("ة"):
        return (folded[:-1] + "ت",)
    if word.endswith("ى"):
        return (folded[:-1] + "ا",)
    if folded.endswith("اء"):
        return (folded, folded[:-1] + "ئ", folded[:-1] + "ؤ")
    return (folded,)
