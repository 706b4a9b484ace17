"""Signs that are written into a phrase and never searched for; half of them nobody sees."""

import re

HIDDEN = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks that nobody sees: they turn a line of writing round, or part words that look whole."""

TATWEEL = re.compile("(?<=[^\\W\\d_\u0640])\u0640+(?=[^\\W\\d_\u0640])")
"""The stroke that draws a word out, between two letters: in هـ it stands for itself, under a hamza it is its seat."""

DOLLAR = re.compile(r"[$＄﹩]")
"""The sign of a lexicon's name, and what other keyboards have in its place."""

# What editors and keyboards put in unasked: typographic quotes, Arabic commas, invisible marks; and what stands between
# words or behind them in the hope that it means something: a dash, a slash, a bar, a star.
_SIGNS = re.compile(
    r"[“”„«»،؛*|+&\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
    r"|(?<=\s)[-–—](?=\s)|(?<![\d\s])/(?!\d)|(?<=\s)/|,(?!\d)"
)
_OR = re.compile(r"(?<=\S\s)(?:أو|او|OR|or)(?=\s\S)")


def signs_in(text: str) -> str:
    """The signs of a phrase, each once, the invisible ones named; "" when there are none."""
    return " ".join(shown(sign) for sign in sorted(set(_SIGNS.findall(text))))


def signs_hint(signs: str) -> str:
    """What to do with the signs of a phrase."""
    if "*" in signs:
        return "لا حاجة إلى «*»: العبارة تقبل السوابق واللواحق. واكتب الجمع والتصريف عبارات أخرى."
    if not {"،", ",", "-", "–", "—", "/", "|", "+", "&"}.isdisjoint(signs):
        return "هذه العلامة لا تفصل بين عبارتين: اجعل كل عبارة بندًا في سطر يبدأ بـ «- »، أو احذفها."
    return "احذفها؛ واجعل كل عبارة بندًا في سطر."


def otherwise(text: str) -> str:
    """What was perhaps meant by a phrase that is searched word for word; "" if it is plain."""
    if _OR.search(text):
        return "«أو» هنا كلمة يُبحث عنها. إن أردت إحدى عبارتين فاجعلهما بندين تحت any."
    return ""


def shown(text: str) -> str:
    """``text`` with its invisible marks named, as in ``U+202B``: nobody can mend what nobody sees."""
    return "".join(f"U+{ord(char):04X}" if not char.isprintable() and char != " " else char for char in text)
