"""What admins are told of feeds that are gone, have moved onto others, or have fallen silent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.texts.bidi import LRM
from bot.texts.clean import clip
from bot.texts.language import Language, instant, plural
from bot.texts.markup import Message, Run, bold, fill, lines, message
from bot.texts.speech import name, words_of
from bot.texts.words import Words

MOST_NAMED = 8  # in one message; the others are counted
URL_UNITS = 160


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One feed; ``since``: when its last news came, ``moved_to``: the other one's address, where it has moved."""

    url: str
    outlet: str
    outlet_ar: str
    trouble: Literal["gone", "moved", "silent"]
    since: datetime | None
    moved_to: str = ""


def feeds_page(language: Language, feeds: Sequence[FeedLine]) -> Message:
    """How many are gone, have moved or are silent, and the first few by name."""
    words = words_of(language)
    news = words.feed_news
    counts = Counter[str](one.trouble for one in feeds)
    said = {"gone": news.gone, "moved": news.moved, "silent": news.silent}
    more = len(feeds) - MOST_NAMED
    head = lines(
        *(bold(plural(language, counts[what], said[what])) for what in said if counts[what]),
    )
    parts = [head, *(_line(words, one) for one in feeds[:MOST_NAMED])]
    if more > 0:
        parts.append(lines(plural(language, more, news.more)))
    runs: list[Run] = []
    for part in parts:
        runs += [*([Run("\n\n")] if runs else []), *part]
    return message(runs)


def _url(url: str) -> str:
    """To be copied: whole and in its own order, without what is not seen."""
    return f"{LRM}{clip(''.join(char for char in url if char.isprintable()), URL_UNITS)}{LRM}"


def _line(words: Words, one: FeedLine) -> list[Run]:
    news = words.feed_news
    outlet = (one.outlet_ar if words.rtl else one.outlet) or one.outlet or one.url
    said = {"gone": news.is_gone, "moved": news.is_moved, "silent": news.is_silent}
    moved = one.trouble == "moved"
    return lines(
        fill(said[one.trouble], outlet=name(outlet, words)),
        fill(news.last_news, when=instant(one.since, words.language)) if one.since else "",
        fill(news.address, url=_url(one.url)),
        fill(news.new_address, url=_url(one.moved_to)) if moved else "",
        fill(news.to_line, command=f"{LRM}rasid feeds show{LRM}") if moved else "",
    )
