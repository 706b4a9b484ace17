"""Messages as a few runs of styled text, written out as Telegram's HTML and as plain text.

Whatever is cut is cut here, between and inside runs, before any tag is written: HTML itself is never cut.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from string import Formatter
from urllib.parse import quote, urlsplit

from bot.texts.clean import clip, utf16

MOST_UNITS = 4096  # Telegram's limit for a message: UTF-16 code units after the entities are parsed
MOST_ENTITIES = 100  # Telegram's limit; what is over it loses its style
LONGEST_URL = 2048


@dataclass(frozen=True, slots=True)
class Run:
    """Some text of one style. ``unix`` makes it an instant that Telegram shows in the reader's own zone;
    ``quote`` puts it into an expandable quotation."""

    text: str
    bold: bool = False
    href: str = ""
    unix: int | None = None
    quote: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message in Telegram's HTML, and the same without any markup."""

    html: str
    plain: str


Value = str | Run | Sequence[Run]
NEW_LINE = Run("\n")


def fill(template: str, **values: Value) -> list[Run]:
    """The runs of a sentence: ``{name}`` in ``template`` becomes the value of that name.

    A value is text, a run, or several; nothing in a value is ever read as markup.
    """
    runs: list[Run] = []
    for literal, name, _, _ in Formatter().parse(template):
        if literal:
            runs.append(Run(literal))
        if name is not None:
            runs.extend(_runs(values[name]))
    return runs


def _runs(value: Value) -> Iterable[Run]:
    if isinstance(value, str):
        return [Run(value)]
    return [value] if isinstance(value, Run) else value


def bold(runs: Value) -> list[Run]:
    """The same runs, bold."""
    return [replace(run, bold=True) for run in _runs(runs)]


def quoted(runs: Value) -> list[Run]:
    """The same runs, in an expandable quotation."""
    return [replace(run, quote=True) for run in _runs(runs)]


def lines(*parts: Value) -> list[Run]:
    """The parts below each other; an empty part is no line."""
    out: list[Run] = []
    for part in parts:
        runs = [run for run in _runs(part) if run.text]
        if runs:
            between = [replace(NEW_LINE, quote=out[-1].quote and runs[0].quote)] if out else []
            out += [*between, *runs]
    return out


def message(runs: Sequence[Run]) -> Message:
    """Write ``runs`` out, cut to what one Telegram message holds."""
    held = _fewer_entities(_joined(_cut(runs)))
    return Message(html=_html(held), plain="".join(run.text for run in held))


def _cut(runs: Sequence[Run]) -> list[Run]:
    left, kept = MOST_UNITS, list[Run]()
    for run in runs:
        if utf16(run.text) > left:
            return [*kept, replace(run, text=clip(run.text, left))] if left > 1 else kept
        kept.append(run)
        left -= utf16(run.text)
    return kept


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Neighbours of one style as one run: fewer tags, and fewer entities to count."""
    joined: list[Run] = []
    for run in runs:
        if joined and replace(run, text="") == replace(joined[-1], text=""):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        else:
            joined.append(run)
    return joined


def _fewer_entities(runs: list[Run]) -> list[Run]:
    entities, kept = 1, list[Run]()  # one is kept for a quotation
    for run in runs:
        entities += run.bold + bool(run.href) + (run.unix is not None)
        kept.append(run if entities <= MOST_ENTITIES else replace(run, bold=False, href="", unix=None))
    return kept


def _html(runs: Sequence[Run]) -> str:
    out: list[str] = []
    for is_quote, group in groupby(runs, key=lambda run: run.quote):
        inner = "".join(_tagged(run) for run in group)
        out.append(f"<blockquote expandable>{inner}</blockquote>" if is_quote else inner)
    return "".join(out)


def _tagged(run: Run) -> str:
    html = escape(run.text)
    if run.unix is not None:
        html = f'<tg-time unix="{run.unix}" format="dt">{html}</tg-time>'
    if run.bold:
        html = f"<b>{html}</b>"
    return f'<a href="{escape(run.href)}">{html}</a>' if run.href else html


def escape(text: str) -> str:
    """``text`` for Telegram's HTML: it knows ``&amp; &lt; &gt; &quot;`` and no other names."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def web_link(url: str) -> str:
    """``url`` as a link may carry it, or ``""`` when it is no http or https address."""
    url = url.strip()
    if len(url) > LONGEST_URL:
        return ""
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return ""
        safe = "".join(
            char if char.isprintable() and not char.isspace() and char not in '<>"' else quote(char)
            for char in url
        )
    except ValueError:
        return ""
    return safe if len(safe) <= LONGEST_URL else ""
