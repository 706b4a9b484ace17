"""The forms of an adjective of relation: روسي and its feminine, dual and plurals.

An adjective of two words agrees in both: كوري شمالي, كورية شمالية, كوريون شماليون. What is no regular form (روس, عرب)
is listed beside it. The accusative روسيا is left out: it is written like the country.
"""

from rules.arabic.words import words

_ENDINGS = ("", "ة", "ون", "ين", "ان", "تان", "تين", "ات")


def nisba_forms(adjective: str) -> tuple[str, ...]:
    """Every form of an adjective that ends in ي, all its words inflected alike; another word is its only form."""
    parts = words(adjective)
    if not parts or not all(part.endswith("ي") for part in parts):
        return (adjective,)
    return tuple(" ".join(part + ending for part in parts) for ending in _ENDINGS)
