"""An alert in words: what, how serious, what watches noticed, by which rule, who reports it, when, why, some
context, and the link.

The title is bold as a whole, being what a reader looks for; the matched words are named in a line of their
own and are bold in the context, where they would otherwise be hard to find.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.texts.bidi import fence, fence_dates, fences
from bot.texts.clean import Cleaned, Span, clean, clip, whole
from bot.texts.language import Language, enumerated, instant, plural
from bot.texts.markup import Message, Run, bold, fill, lines, message, quoted, web_link
from bot.texts.speech import name, severity_word, words_of
from bot.texts.words import Words

__all__ = ["AlertView", "Message", "RuleLine", "render"]

TITLE_UNITS = 400  # UTF-16 units; three times the longest headline of ordinary feeds
CONTEXT_UNITS = 700  # the quotation shows three lines until it is opened; this is about twelve
BEFORE_EVIDENCE = 120  # characters shown before the first matched word of a passage
WORD_UNITS = 60
MOST_WORDS = 6
MOST_RULES = 5
MOST_NOTICED = 3
NOTICED_UNITS = 160
MOST_BOLD = 40  # in a context; Telegram takes 100 entities a message
CLOCK_SLACK = timedelta(minutes=5)  # a feed's clock may run ahead of ours by so much


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule that fired: its title in the reader's language, and its severity."""

    title: str
    severity: str


@dataclass(frozen=True, slots=True)
class AlertView:
    """Everything that an alert says. Texts are plain and may be hostile; spans are code points in them."""

    alert_id: int
    severity: str
    title: str
    summary: str
    content: str
    link: str
    outlet: str
    published_at: datetime | None
    seen_at: datetime
    rules: tuple[RuleLine, ...]
    title_spans: tuple[Span, ...] = ()
    summary_spans: tuple[Span, ...] = ()
    content_spans: tuple[Span, ...] = ()
    reasons: tuple[str, ...] = ()
    noticed: tuple[str, ...] = ()  # by watches, a sentence each in the reader's language
    sources: int = 1
    may_be_duplicate: bool = False
    follows_up: bool = False
    raised_from: str = ""  # of a follow-up: how serious the story was before, where it was less so
    language: Language = "ar"


def render(view: AlertView, now: datetime) -> Message:
    """The message of an alert, at most 4,096 UTF-16 units long; ``now`` unmasks dates that lie ahead."""
    words = words_of(view.language)
    return message(
        lines(
            head(words, view.severity, view.title or view.summary),
            _what_is_new(words, view),
            words.alert.may_be_duplicate if view.may_be_duplicate else "",
            *_noticed(words, view.noticed),
            _rules(words, view.rules),
            _sources(words, view),
            _when(words, view, now),
            _reason(words, view.reasons),
            quoted(_context(words, view)),
            link(words, view.link),
        )
    )


def head(
    words: Words, severity: str, title: str, *, template: str = "", href: str = "", units: int = TITLE_UNITS
) -> list[Run]:
    """The severity and the bold title, which becomes a link where ``href`` is given."""
    shown = fence(clip(clean(title).text, units) or words.alert.untitled, rtl=words.rtl)
    return fill(
        template or words.alert.head,
        severity=severity_word(words, severity),
        title=[Run(shown, bold=not href, href=href)],
    )


def _what_is_new(words: Words, view: AlertView) -> list[Run]:
    """What a follow-up says besides its title, which is the news itself: that it has become graver."""
    if view.raised_from:
        return fill(words.alert.raised, before=severity_word(words, view.raised_from))
    return fill(words.alert.follow_up) if view.follows_up else []


def _rules(words: Words, rules: Sequence[RuleLine]) -> list[Run]:
    if not rules:
        return []
    named = [
        _rule(words, rule, with_severity=len(rules) > 1)
        for rule in sorted(rules, key=_gravest_first)[:MOST_RULES]
    ]
    return fill(
        plural(words.language, len(rules), words.alert.rules),
        rules=("، " if words.rtl else ", ").join(named) + ("…" if len(rules) > MOST_RULES else ""),
    )


def _gravest_first(rule: RuleLine) -> int:
    order = ("critical", "high", "medium", "low")
    return order.index(rule.severity) if rule.severity in order else len(order)


def _rule(words: Words, rule: RuleLine, *, with_severity: bool) -> str:
    title = name(rule.title, words)
    if not with_severity:
        return title
    return words.alert.rule_and_severity.format(rule=title, severity=severity_word(words, rule.severity))


def _sources(words: Words, view: AlertView) -> list[Run]:
    outlet = name(view.outlet, words)
    if not outlet:
        return []
    others = view.sources - 1
    return fill(
        plural(words.language, others, words.alert.sources) if others > 0 else words.alert.source,
        outlet=outlet,
    )


def _when(words: Words, view: AlertView, now: datetime) -> list[Run]:
    """When the outlet published it; when we saw it, if the outlet does not say or dates it ahead."""
    if view.published_at is not None and view.published_at <= now + CLOCK_SLACK:
        return fill(words.alert.published, when=instant(view.published_at, words.language))
    return fill(words.alert.seen, when=instant(view.seen_at, words.language))


def _reason(words: Words, reasons: Sequence[str]) -> list[Run]:
    cleaned = (clip(clean(reason).text, WORD_UNITS) for reason in reasons)
    shown = list(dict.fromkeys(word for word in cleaned if word))[:MOST_WORDS]
    if not shown:
        return []
    marked = [words.alert.word.format(word=fence(word, rtl=words.rtl)) for word in shown]
    return fill(words.alert.reason, words=enumerated(marked, words.language))


def _noticed(words: Words, noticed: Sequence[str]) -> list[list[Run]]:
    """What watches say: right under the title, since of a silence the title alone would mislead."""
    said = (clip(clean(one).text, NOTICED_UNITS) for one in noticed[:MOST_NOTICED])
    return [fill(words.alert.watch, reason=fence(one, rtl=words.rtl)) for one in said if one]


def _context(words: Words, view: AlertView) -> list[Run]:
    """The summary, where it says more than the title; the passage that matched, where only the body did."""
    summary = clean(view.summary, view.summary_spans)
    says_more = bool(view.title) and not clean(view.title).text.startswith(summary.text.rstrip("…. "))
    hidden = bool(view.content_spans) and not (view.title_spans or view.summary_spans)
    parts = []
    if summary.text and says_more:
        parts.append(fill(words.alert.summary, text=_excerpt(words, summary)))
    if view.content and (hidden or not parts):
        parts.append(fill(words.alert.passage, text=_excerpt(words, _passage(view))))
    return lines(*parts)


def _passage(view: AlertView) -> Cleaned:
    """The part of the body that holds the evidence, or its beginning."""
    first = min((start for start, _ in view.content_spans), default=0)
    start = max(0, first - BEFORE_EVIDENCE)
    if start:
        start = view.content.find(" ", start, first) + 1 or whole(view.content, start)
    end = start + 2 * CONTEXT_UNITS
    spans = [(low - start, min(high, end) - start) for low, high in view.content_spans if start <= low < end]
    cleaned = clean(view.content[start:end], spans)
    if not start:
        return cleaned
    return Cleaned("… " + cleaned.text, tuple((low + 2, high + 2) for low, high in cleaned.spans))


def _excerpt(words: Words, cleaned: Cleaned) -> list[Run]:
    """The text up to its limit, with the evidence bold."""
    text = clip(cleaned.text, CONTEXT_UNITS)
    runs, at = list[Run](), 0
    for span in cleaned.spans[:MOST_BOLD]:
        start, end = (max(at, whole(text, edge)) for edge in span)
        if start >= len(text) - 1:
            break
        if start == end:
            continue
        runs += [Run(text[at:start]), *bold(text[start:end])]
        at = end
    runs.append(Run(text[at:]))
    before, after = fences(text, rtl=words.rtl)
    inside = [replace(run, text=fence_dates(run.text)) for run in runs] if words.rtl else runs
    return [run for run in (Run(before), *inside, Run(after)) if run.text]


def link(words: Words, url: str) -> list[Run]:
    """The link behind words, or nothing where the address is not one of the web."""
    href = web_link(url)
    return [Run(words.alert.link, href=href)] if href else []
