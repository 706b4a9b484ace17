"""The answer to a look back: the last alerts, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.texts.alert import head
from bot.texts.language import Language, instant, plural
from bot.texts.markup import Message, Run, bold, fill, lines, message, web_link
from bot.texts.speech import name, words_of
from bot.texts.words import Words

TITLE_UNITS = 120  # UTF-16 units: twenty lines of these fit into one message


@dataclass(frozen=True, slots=True)
class PastAlert:
    """One alert as a look back shows it; the texts may be hostile."""

    severity: str
    title: str
    link: str
    outlet: str
    at: datetime


def latest_page(language: Language, alerts: Sequence[PastAlert], *, of_all: bool) -> Message:
    """The last alerts; ``of_all`` says that they are those of all rules, since none is followed."""
    words = words_of(language)
    if not alerts:
        return message(fill(words.talk.latest_none))
    runs = lines(
        bold(plural(language, len(alerts), words.talk.latest_title)),
        words.talk.latest_of_all if of_all else "",
    )
    for alert in alerts:
        runs += [Run("\n\n"), *_past(words, alert)]
    return message(runs)


def _past(words: Words, alert: PastAlert) -> list[Run]:
    title = head(
        words,
        alert.severity,
        alert.title,
        template=words.talk.latest_line,
        href=web_link(alert.link),
        units=TITLE_UNITS,
    )
    source = fill(
        words.talk.latest_from, outlet=name(alert.outlet, words), when=instant(alert.at, words.language)
    )
    return lines(title, source)
