"""Checks of lexicons: texts that add nothing, names of two owners, words that are mistaken for others."""

from collections import defaultdict
from collections.abc import Iterator

from rules.arabic import fold_tokens
from rules.arabic.clitics import ARTICLE, name_stems, noun_readings
from rules.lint.base import Check, Spelled, Subject
from rules.lint.common import common_words, particles, places
from rules.model import Problem
from rules.phrases import Kind


class SharedNames(Check):
    """A002: two entities have one name, so that a rule about one fires on the other."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """The later of two owners."""
        owners: dict[object, Spelled] = {}
        told: set[tuple[str, str]] = set()
        for one in subject.spelled:
            for phrase in one.phrases if one.entity else ():
                first = owners.setdefault(phrase, one)
                if first.name != one.name and (one.name, one.text) not in told:
                    told.add((one.name, one.text))
                    arabic, english = (
                        f"«{one.text}» في ${first.name} أيضًا",
                        f"'{one.text}' is in ${first.name} too",
                    )
                    yield subject.in_lexicon(
                        "A002", one, arabic, english, "اجمعهما في مجموعة groups، أو احذف أحدهما."
                    )


class CommonNames(Check):
    """A003: an entity is called what every article contains."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """Names of one word that is a common word, or of a single letter."""
        for one in subject.spelled:
            folded = fold_tokens(one.text)
            if one.entity and len(folded) == 1 and (folded[0] in common_words() or len(folded[0]) == 1):
                hint = "اكتب الاسم كاملًا، أو أضف ما يميزه."
                yield subject.in_lexicon("A003", one, f"«{one.text}»", f"'{one.text}'", hint)


class Collisions(Check):
    """A004: with a clitic before or after it, it is another, common word (كسول is no سول; شرطة is no شرط)."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """Words of one token that a common word would be read as."""
        wanted: defaultdict[str, list[Spelled]] = defaultdict(list)
        for one in subject.spelled:
            folded = fold_tokens(one.text)
            if len(folded) == 1:
                wanted[folded[0]].append(one)
        whole = subject.lexicon.whole
        for word in sorted(common_words() | places()):
            stems = {stem for stem in name_stems(word, whole) if stem != word}
            nouns = {reading.stem for reading in noun_readings(word, whole) if reading.stem != word}
            for one in (one for stem in sorted(stems | nouns) for one in wanted.get(stem, ())):
                reads = _reads(one, word, stems if one.entity else nouns)
                if reads and not _kin(one, word) and not _ignores(subject, one, word):
                    hint = "أضف الكلمة الأخرى إلى ignore."
                    yield subject.in_lexicon(
                        "A004", one, f"«{word}» تُقرأ «{one.text}»", f"'{word}' reads as it", hint
                    )


def _reads(one: Spelled, word: str, stems: set[str]) -> bool:
    return word not in particles() and any(stem in stems for stem in fold_tokens(one.text))


def _ignores(subject: Subject, one: Spelled, word: str) -> bool:
    return any(phrase.words == (word,) for phrase in subject.lexicon.terms[one.name].ignore)


def _kin(one: Spelled, word: str) -> bool:
    """The article changes no meaning: القوات is قوات."""
    return fold_tokens(word.removeprefix(ARTICLE)) == fold_tokens(one.text)


class ShadowedWords(Check):
    """A005: a name of one word that begins with ال keeps a word of a list from being found in that form."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """Names such as الهدنة beside a list with هدنة: the article is not taken off what is a name."""
        listed = {
            phrase.words[0]: one
            for one in subject.spelled
            if not one.entity
            for phrase in one.phrases
            if len(phrase.words) == 1 and phrase.kind is Kind.NOUN
        }
        for one in subject.spelled:
            folded = fold_tokens(one.text)
            if one.entity and len(folded) == 1 and folded[0].startswith(ARTICLE):
                hidden = listed.get(folded[0][len(ARTICLE) :])
                if hidden:
                    arabic = f"«{one.text}» تحجب «{hidden.text}» في ${hidden.name}"
                    hint = "اجعلها في قائمة lists، أو اكتب الاسم كاملًا."
                    yield subject.in_lexicon(
                        "A005", one, arabic, f"it hides '{hidden.text}' of ${hidden.name}", hint
                    )
