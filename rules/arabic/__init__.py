"""Arabic as it is written in the news: folding, words, clitics, spellings of foreign names.

Nothing here knows rules. ``fold_tokens`` is the one thing that others need.
"""

from rules.arabic.fold import fold_word
from rules.arabic.words import fold_tokens, word_spans, words

__all__ = ["fold_tokens", "fold_word", "word_spans", "words"]
