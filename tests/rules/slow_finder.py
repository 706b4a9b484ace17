"""The finder as it is meant, slow and obvious: every phrase tried at every word. The fast one is held against it."""

from collections.abc import Container, Sequence

from rules.arabic import fold_word, words
from rules.arabic.clitics import PRONOUNS
from rules.arabic.spelling import sound
from rules.phrases import Kind, Phrase, Term

Place = tuple[int, int, int]


def find(terms: Sequence[Term], texts: Sequence[str], whole: Container[str] = ()) -> dict[int, list[Place]]:
    """Where each term stands: field, first word, the word after the last; without ignored words and shorter twins."""
    found: dict[int, list[Place]] = {}
    for number, term in enumerate(terms):
        places = _places(term.phrases, texts, whole)
        ignored = {
            (f, at) for f, first, after in _places(term.ignore, texts, whole) for at in range(first, after)
        }
        free = [p for p in places if not any((p[0], at) in ignored for at in range(p[1], p[2]))]
        kept = [p for p in free if not any(_inside(p, other) for other in free)]
        if kept:
            found[number] = sorted(kept)
    return found


def _inside(place: Place, other: Place) -> bool:
    return place != other and place[0] == other[0] and other[1] <= place[1] and place[2] <= other[2]


def _places(phrases: Sequence[Phrase], texts: Sequence[str], whole: Container[str]) -> list[Place]:
    found = set()
    for field, text in enumerate(texts):
        tokens = [fold_word(word) for word in words(text)]
        for phrase in phrases:
            for at in range(len(tokens) - len(phrase.words) + 1):
                if all(_takes(tokens[at + n], phrase, n, whole) for n in range(len(phrase.words))):
                    found.add((field, at, at + len(phrase.words)))
    return sorted(found)


def _takes(token: str, phrase: Phrase, n: int, whole: Container[str]) -> bool:
    """Whether a token may be the phrase's word number n."""
    if len(token) > 40:
        return False
    if phrase.kind is Kind.NOUN:
        return _noun(token, phrase, n, whole)
    if n > 0:
        return _same(token, phrase.words[n], phrase.kind)
    return any(
        _same(rest, phrase.words[0], phrase.kind)
        for base in _without_and(token, whole)
        for rest in [base, *_without_preposition(base, whole)]
    )


def _same(token: str, word: str, kind: Kind) -> bool:
    return sound(token) == word if kind is Kind.FOREIGN else token == word


def _without_and(token: str, whole: Container[str]) -> list[str]:
    """The token, and what is left without و or ف before it; a name that stands in the lexicon loses nothing."""
    may = token[:1] in ("و", "ف") and len(token) >= 3 and token not in whole
    return [token, token[1:]] if may else [token]


def _without_preposition(base: str, whole: Container[str]) -> list[str]:
    if base in whole or base[:1] not in ("ب", "ل") or len(base) < 3:
        return []
    return [base[1:], *(["ال" + base[2:]] if base.startswith("لل") else [])]


def _noun(token: str, phrase: Phrase, n: int, whole: Container[str]) -> bool:
    word, first, last = phrase.words[n], n == 0, n == len(phrase.words) - 1
    endings = phrase.endings if last else ()
    for base in _without_and(token, whole):
        plain = base == token  # a later word may have ال or a pronoun, and nothing before that
        if base == word and (first or plain):
            return True
        if base in whole:
            continue
        if _with_lead(base, word) if first else plain and base == "ال" + word and len(word) > 1:
            return True
        if any(_with_pronoun(base, ending, first=first, plain=plain) for ending in endings):
            return True
    return False


def _with_pronoun(base: str, ending: str, *, first: bool, plain: bool) -> bool:
    if len(ending) < 3:
        return False
    leads = ["", *_leads(ending)] if first else [""]
    return (first or plain) and any(base == lead + ending + pronoun for lead in leads for pronoun in PRONOUNS)


def _with_lead(base: str, word: str) -> bool:
    """Whether the base is the word with an article, a preposition or both."""
    if any(base == article + word and len(word) > 1 for article in ("ال", "بال", "كال", "لل")):
        return True
    if word.startswith("ال") and base == "لل" + word[2:] and len(base) > 4:
        return True
    return len(word) >= 3 and any(base == lead + word for lead in _leads(word))


def _leads(word: str) -> list[str]:
    """The letters that may stand before a word: prepositions, and the future's before a verb."""
    return ["ب", "ل", "ك", *(["س"] if word[:1] in tuple("يتنا") else [])]
