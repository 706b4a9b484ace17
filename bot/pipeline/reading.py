"""The two small mappings that keep ``feeds`` and ``rules`` apart: a feed's item, an entry, a document."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from bot.store.claimed import AnyFeed
from bot.store.entries import AnyEntry, NewEntry
from bot.store.tables import Match
from feeds.identity import page_of
from feeds.parse import ParsedEntry
from feeds.sources import Source
from rules import Document, Evidence, RuleSet
from rules import Match as Fired
from rules.arabic import fold_tokens

HEADLINE_WORDS = 4  # fewer words name a topic or a column, and two such headlines need not be one news
MOST_LINES, LONGEST_LINE = 40, 300  # of an explanation: what a person reads, and a row bears
# Folded words that announce a headline and are no part of it.
_DRESS = frozenset(fold_tokens("عاجل خبر فيديو بالفيديو صور بالصور شاهد حصري مباشر تحديث"))


def entries_of(parsed: Iterable[ParsedEntry], feed: AnyFeed, now: datetime) -> list[NewEntry]:
    """A feed's entries, as if they were seen for the first time."""
    assert feed.id is not None
    names = _folded((feed.outlet, feed.outlet_ar))
    return [_entry_of(one, feed.id, names, now) for one in parsed]


def _entry_of(parsed: ParsedEntry, feed_id: int, names: Sequence[list[str]], now: datetime) -> NewEntry:
    return NewEntry(
        feed_id=feed_id,
        identity=parsed.id,
        title=parsed.title,
        summary=parsed.summary,
        content=parsed.content,
        link=parsed.link,
        author=parsed.author,
        published_at=parsed.published,
        updated_at=parsed.updated,
        seen_at=now,
        link_key=link_key(parsed.link),
        title_key=_title_key(parsed.title, names),
        text_hash=_digest("\0".join((parsed.title, parsed.summary, parsed.content))),
    )


def link_key(link: str) -> str:
    """A key that two links share when they lead to the same page; "" for none, and for a front page, which tells no
    entry from another."""
    page = page_of(link)
    return _digest(page) if page else ""


def title_key(title: str, outlets: Iterable[str] = ()) -> str:
    """A key that two headlines share when they are the same words in whatever spelling and dress; "" for a short one.

    The dress is what desks put around a headline: "عاجل |" before it, the outlet's own name after it.
    """
    return _title_key(title, _folded(outlets))


def _folded(outlets: Iterable[str]) -> list[list[str]]:
    return [words for words in map(fold_tokens, outlets) if words]


def _title_key(title: str, names: Iterable[list[str]]) -> str:
    words = fold_tokens(title)
    while words and words[0] in _DRESS:
        words = words[1:]
    for name in names:
        if words[-len(name) :] == name:
            words = words[: -len(name)]
    return _digest(" ".join(words)) if len(words) >= HEADLINE_WORDS else ""


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def document_of(entry: AnyEntry, feed: AnyFeed) -> Document:
    """What the rules look at."""
    return Document(
        title=entry.title,
        summary=entry.summary,
        body=entry.content,
        feed=feed.outlet,
        country=feed.country,
        language=feed.language,
        published=entry.published_at,
        seen=entry.seen_at,
        feed_ar=feed.outlet_ar,
    )


def explanation_of(rules: RuleSet, rule: str, document: Document) -> list[str]:
    """Why ``rule`` holds for a document: its tree in Arabic, a line a node, within bounds."""
    lines = rules.explain(rule, document)
    return [_short(line) for line in islice(lines, MOST_LINES)]


def _short(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"


def match_of(
    fired: Fired,
    entry_id: int,
    now: datetime,
    *,
    fate: str,
    alert_id: int | None,
    explanation: Sequence[str] = (),
) -> Match:
    """The row of a match."""
    return Match(
        entry_id=entry_id,
        rule=fired.rule,
        rule_hash=fired.rule_hash,
        severity=fired.severity,
        evidence=evidence_rows(fired.evidence),
        explanation=list(explanation),
        matched_at=now,
        fate=fate,
        alert_id=alert_id,
    )


def evidence_rows(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    """Evidence as it is stored: the field, where in its original text, and the words."""
    return [{"field": one.field, "start": one.start, "end": one.end, "text": one.text} for one in evidence]


def feed_rows(sources: Iterable[Source]) -> list[dict[str, Any]]:
    """The catalogue's sources as the columns that describe a feed."""
    return [
        {
            "url": source.url,
            "outlet": source.outlet,
            "outlet_ar": source.outlet_ar,
            "country": source.country,
            "language": source.language,
            "tier": source.tier,
            "section": source.section,
            "ownership": source.ownership,
            "kind": source.kind,
        }
        for source in sources
    ]
