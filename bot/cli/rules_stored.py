"""A stored entry as an item, with what became of it when it came."""

import re
from typing import TYPE_CHECKING, NamedTuple

import typer

from bot.cli.rules_common import refuse
from bot.cli.rules_items import Item, in_database

if TYPE_CHECKING:
    from bot.store.archive import StoredMatch
    from bot.store.engine import Session

_NUMBER = re.compile(r"[0-9]{1,18}")  # longer ones are not in any database
_FATES = {
    "alerted": ("نُبّه إليها", "alerted"),
    "joined": ("عُدّت مصدرا آخر لتنبيه قائم", "joined an alert that stood"),
    "backlog": (
        "لم يُنبه إليها، فقد كانت من قديم خلاصة قُرئت أول مرة",
        "silent: the backlog of a feed first read",
    ),
    "stale": ("لم يُنبه إليها، فتاريخها قديم", "silent: dated long before it appeared"),
    "shadow": ("لم يُنبه إليها، فالقاعدة كانت قيد التجربة", "silent: the rule was in shadow"),
}


class Stored(NamedTuple):
    """An entry, and the match of one rule that was stored with it; None if the rule did not hold then."""

    item: Item
    match: "StoredMatch | None"


def is_address(text: str) -> bool:
    """Whether a text is the address of a page."""
    return text.startswith(("http://", "https://")) and not any(map(str.isspace, text))


def stored(entry: str, rule: str) -> Stored:
    """The entry of that number, or the newest whose page has that address; ends the command if there is none."""
    if not is_address(entry) and not _NUMBER.fullmatch(entry):
        raise typer.BadParameter("رقم خبر أو عنوان صفحته · a number or the address of a page: --entry")

    async def read(session: "Session") -> Stored | None:
        from bot.store import archive

        number = await _number(session, entry)
        document = None if number is None else await archive.stored_document(session, number)
        if number is None or document is None:
            return None
        return Stored(Item(number, document), await archive.stored_match(session, number, rule))

    found: Stored | None = in_database(read)
    if found is None:
        refuse(f"ليس في قاعدة البيانات هذا الخبر، فلم يقرأه راصد · the database has no entry {entry}")
    return found


async def _number(session: "Session", entry: str) -> int | None:
    from bot.pipeline.reading import link_key
    from bot.store import archive

    return await archive.entry_of_page(session, link_key(entry)) if is_address(entry) else int(entry)


def then(found: Stored, rule_hash: str) -> str:
    """What became of it when it came, in a line. ``rule_hash``: of the rule as it is now."""
    if found.match is None:
        seen = found.item.document.seen
        when = f" ({seen:%Y-%m-%d %H:%M} UTC)" if seen else ""
        return f"يوم وصل لم تطابق · when it came the rule did not hold{when}"
    arabic, english = _FATES[found.match.fate.value]
    since = "" if found.match.rule_hash == rule_hash else "، ثم تغيرت القاعدة · the rule has changed since"
    return f"يوم وصل طابقت، و{arabic} · when it came: {english} ({found.match.at:%Y-%m-%d %H:%M} UTC){since}"
