"""How a catalogue's feed fares, from one answer. Pure: what came and the time go in, findings come out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from feeds.discover import Named, Served
from feeds.errors import FailureKind, FeedError, ParseError
from feeds.parse import ParsedFeed
from feeds.sources import Source, place_key

SILENT_AFTER = timedelta(days=7)
_LETTER = re.compile(r"[^\W\d_]")
_ARABIC = re.compile(r"[\u0621-\u064a\u0671-\u06d3\ufb50-\ufdff\ufe70-\ufefc]")
_ARABIC_SCRIPT = frozenset({"ar", "fa", "ur", "ckb", "ps"})
_ENOUGH_LETTERS = 40  # fewer do not tell a language
_MOSTLY = 0.5


class State(StrEnum):
    """What is the matter with a feed."""

    OK = "ok"
    DEAD = "dead"  # no answer, or a refusal
    MOVED = "moved"  # answers at another address, for good
    NOT_A_FEED = "not_a_feed"  # a web page, an empty body, anything else
    BROKEN = "broken"  # an answer that is cut off, damaged, or defines what no feed may
    EMPTY = "empty"  # a feed without a single entry
    SILENT = "silent"  # its newest entry is old
    LANGUAGE = "language"  # not the language that the catalogue says
    KIND = "kind"  # not the kind of source that the catalogue says


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request brought: a failure of the network or of the parser, or a parsed feed.

    ``moved_to``: see ``feeds.fetch.Response``. ``served``: what the body is. ``named``: the feeds that a page names.
    """

    failure: FeedError | None = None
    feed: ParsedFeed | None = None
    served: Served = "other"
    moved_to: str = ""
    named: Sequence[Named] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is the matter. ``detail``: English. ``better``: the address to write instead, or ""."""

    state: State
    detail: str
    better: str = ""


def judge(
    source: Source, answer: Answer, now: datetime, silent_after: timedelta = SILENT_AFTER
) -> list[Finding]:
    """Everything that is the matter with a feed; nothing, if it is well."""
    fatal = _fatal(answer)
    if fatal is not None:
        return [fatal]
    assert answer.feed is not None
    return list(_of_a_feed(source, answer, answer.feed, now, silent_after))


def _fatal(answer: Answer) -> Finding | None:
    failure = answer.failure
    if failure is None:
        return None
    if failure.kind in {FailureKind.NOT_A_FEED, FailureKind.EMPTY_BODY}:
        better = next((one.url for one in answer.named), "")
        return Finding(State.NOT_A_FEED, failure.detail, better)
    if isinstance(failure, ParseError):
        return Finding(State.BROKEN, failure.detail)
    return Finding(State.DEAD, failure.detail)


def _of_a_feed(
    source: Source, answer: Answer, feed: ParsedFeed, now: datetime, silent_after: timedelta
) -> Iterator[Finding]:
    if answer.moved_to and answer.moved_to != source.url:
        how = (
            ""
            if place_key(answer.moved_to) != place_key(source.url)
            else " (the same place, written otherwise)"
        )
        yield Finding(State.MOVED, f"moved for good to {answer.moved_to}{how}", answer.moved_to)
    if source.kind and source.kind != answer.served and not _by_its_name(source):
        yield Finding(State.KIND, f"the catalogue says {source.kind}, {answer.served} is served")
    if feed.damaged is not None:
        yield Finding(State.BROKEN, "; ".join(feed.problems)[:200])
    if not feed.entries:
        yield Finding(State.EMPTY, "the feed has no entry")
        return
    yield from _in_another_language(source, feed)
    yield from _silent(feed, now, silent_after)


def _by_its_name(source: Source) -> bool:
    """A Telegram channel is read from a web page: what is served says nothing about it."""
    return source.kind == "telegram"


def _silent(feed: ParsedFeed, now: datetime, silent_after: timedelta) -> Iterator[Finding]:
    dates = [one.published or one.updated for one in feed.entries]
    newest = max((date for date in dates if date is not None), default=None)
    if newest is not None and now - newest > silent_after:
        days = (now - newest).days
        yield Finding(State.SILENT, f"the newest entry is of {newest:%Y-%m-%d}, {days} days ago")


def _in_another_language(source: Source, feed: ParsedFeed) -> Iterator[Finding]:
    """Scripts tell Arabic from the rest, which is the mistake that lists make: an outlet's English feed."""
    text = " ".join(f"{one.title} {one.summary[:300]}" for one in feed.entries[:30])
    letters = _LETTER.findall(text)
    if len(letters) < _ENOUGH_LETTERS:
        return
    share = sum(_ARABIC.match(letter) is not None for letter in letters) / len(letters)
    wanted = source.language.split("-")[0] in _ARABIC_SCRIPT
    if wanted != (share >= _MOSTLY):
        said = f"; it calls itself {feed.feed.language}" if feed.feed.language else ""
        yield Finding(
            State.LANGUAGE,
            f"the catalogue says {source.language}, {share:.0%} of the letters are Arabic{said}",
        )
