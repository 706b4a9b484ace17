"""Text for measuring that looks like Arabic news to a machine: word lengths, frequencies, clitics, signs, names.

Nobody wrote it and nobody could read it. The shares are those of 31,525 real articles: a sign every eight words, a
figure every thirty, a clitic on every fourth word, and a name of a watch list of 1,000 some two to three times in
60 words.
"""

import random
from collections.abc import Sequence
from itertools import accumulate

_LETTERS = "اااالللييمممنننوورررتتتببسسعدفكهحقجشصخطذءثضزغظئؤ"
_FUNCTION_WORDS = (
    "في من على إلى عن أن إن ما لا هذا هذه التي الذي بعد قبل بين مع كان قال وقال كما حتى عند غير ذلك"
)
_LEADS = ("", "", "", "", "ال", "ال", "ال", "و", "وال", "ب", "ل", "لل", "بال", "ف")
_NAME_LEADS = ("", "", "", "و", "ل", "ب")
_SIGNS = ("، ", ". ", ": ", " «", "» ", " (", ") ", "؟ ", " - ")
VOCABULARY = 30_000
NAMES_IN_1000 = 45  # words of names, of a thousand


class Press:
    """Prints items from a seed; the same seed prints the same."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311
        words = [self.word() for _ in range(VOCABULARY)]
        self._words = [*_FUNCTION_WORDS.split(), *words]
        self._weights = _zipf(len(self._words))

    def word(self, lengths: Sequence[int] = (3, 4, 4, 5, 5, 6, 7, 8)) -> str:
        """A word of so many letters."""
        return "".join(self._chance.choices(_LETTERS, k=self._chance.choice(lengths)))

    def names(self, count: int) -> list[str]:
        """Different names of one to three words, as long as those of the shipped lexicons."""
        found: dict[str, None] = {}
        while len(found) < count:
            count_of_words = self._chance.choice((1, 1, 1, 1, 2, 2, 3))
            lengths = (4, 5, 6, 6, 7, 7, 8, 9) if count_of_words == 1 else (3, 4, 5, 6)
            found[" ".join(self.word(lengths) for _ in range(count_of_words))] = None
        return list(found)

    def common(self, count: int) -> list[str]:
        """Some of its frequent words, though not of the most frequent."""
        return self._chance.sample(self._words[50:3_000], count)

    def items(self, count: int, words: int, names: Sequence[str]) -> list[str]:
        """Items of so many words, in which these names occur, the first the most: news is about few people."""
        weights = _zipf(len(names))
        return [self._item(words, names, weights) for _ in range(count)]

    def _item(self, words: int, names: Sequence[str], weights: Sequence[float]) -> str:
        chance, parts = self._chance, []
        for word in chance.choices(self._words, cum_weights=self._weights, k=words):
            kind = chance.random()
            if kind < NAMES_IN_1000 / 1000:
                parts.append(chance.choice(_NAME_LEADS) + chance.choices(names, cum_weights=weights)[0])
            elif kind < 0.08:
                parts.append(str(chance.randint(1, 2026)))
            else:
                parts.append(chance.choice(_LEADS) + word)
            parts.append(chance.choice(_SIGNS) if chance.random() < 0.12 else " ")
        return "".join(parts)


def _zipf(count: int) -> list[float]:
    """Cumulative weights: the n-th is n times as rare as the first, but for the first few."""
    return list(accumulate(1 / (rank + 8) for rank in range(count)))
