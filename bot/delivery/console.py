"""The terminal as a transport: an alert as Telegram would show it, for whoever has no token yet."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from rich.console import Console
from rich.rule import Rule
from rich.style import Style
from rich.text import Text

from bot.store.tables import Delivery
from bot.texts.alert import Message

_STYLES = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "code": "cyan", "pre": "cyan"}
_QUOTE_BAR = "│ "


@dataclass(slots=True)
class ConsoleTransport:
    """Prints alerts to ``console``; it never fails and needs no rest."""

    console: Console
    terminal: bool = True
    printed: int = field(default=0)

    async def edit(
        self, delivery: Delivery, message_id: int, message: Message, *, plain: bool = False
    ) -> int | None:
        """What is printed cannot be rewritten; the outbox plans no edits for the terminal."""
        return message_id

    async def send(
        self, delivery: Delivery, message: Message, *, reply_to: int | None = None, plain: bool = False
    ) -> int | None:
        """Print one alert; its number on this screen."""
        self.printed += 1
        self.console.print(Rule(style="dim"))
        self.console.print(
            Text(message.plain) if plain else telegram_text(message.html, self.console.is_terminal)
        )
        return self.printed


def telegram_text(html: str, links_work: bool = True) -> Text:
    """Telegram's HTML as a terminal shows it; where links cannot be clicked, their address is written out."""
    painter = _Painter(links_work)
    painter.feed(html)
    painter.close()
    return painter.finished()


class _Painter(HTMLParser):
    def __init__(self, links_work: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._text = Text()
        self._styles: list[Style] = []
        self._href = ""
        self._links_work = links_work
        self._quote_from: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "blockquote":
            self._quote_from = len(self._text)
        if tag == "a":
            self._href = dict(attrs).get("href") or ""
            self._styles.append(Style(link=self._href, color="blue"))
        else:
            self._styles.append(Style.parse(_STYLES.get(tag, "none")))

    def handle_endtag(self, tag: str) -> None:
        if self._styles:
            self._styles.pop()
        if tag == "a" and not self._links_work:
            self._text.append(f" ({self._href})")
        if tag == "blockquote":
            self._close_quote()

    def handle_data(self, data: str) -> None:
        self._text.append(data, Style.combine([Style.null(), *self._styles]))

    def _close_quote(self) -> None:
        if self._quote_from is None:
            return
        quoted = self._text[self._quote_from :]
        self._text = self._text[: self._quote_from]
        for number, line in enumerate(quoted.split("\n")):
            self._text.append("\n" if number else "")
            self._text.append(_QUOTE_BAR, "dim").append(line)
        self._quote_from = None

    def finished(self) -> Text:
        return self._text
