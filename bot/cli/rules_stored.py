"""A stored entry as an item, with what became of it when it came."""

import os
import re
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import typer

from bot.cli.rules_common import refuse
from bot.cli.rules_items import NO_NEWS, Item, NoNews, in_database

if TYPE_CHECKING:
    from bot.store.archive import StoredMatch
    from bot.store.engine import Session
    from rules import RuleInfo

_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}/\S+$", re.IGNORECASE)
_STATUS = re.compile(rb"^status:\s*[\"']?([a-z]+)", re.MULTILINE)
_NUMBER = re.compile(r"[0-9]{1,18}")  # longer ones are not in any database
_FATES = {
    "alerted": ("نُبّه إليها", "alerted"),
    "joined": ("عُدّت مصدرا آخر لتنبيه قائم", "joined an alert that stood"),
    "backlog": (
        "لم يُنبه إليها، فقد كانت من قديم خلاصة قُرئت أول مرة",
        "silent: the backlog of a feed first read",
    ),
    "stale": ("لم يُنبه إليها، فتاريخها قديم", "silent: dated long before it appeared"),
    "flood": (
        "لم يُنبه إليها، فقد جاءت حين أعطت الخلاصة موادّها كلها معرّفات جديدة",
        "silent: came when its feed gave everything new ids",
    ),
    "too_many": (
        "لم يُنبه إليها، فقد بلغت تنبيهات خلاصتها في ساعة أكثر ما يُقبل من خلاصة",
        "silent: its feed had caused as many alerts within the hour as one feed may",
    ),
    "shadow": ("لم يُنبه إليها، فالقاعدة كانت قيد التجربة", "silent: the rule was in shadow"),
}


class Version(NamedTuple):
    """What the database remembers of a file of the rules: since when it is as it is, and its status if it is a rule."""

    since: datetime
    content: bytes
    status: str = ""


class Stored(NamedTuple):
    """An entry, the match of one rule that was stored with it (None if there is none), and what is remembered of the
    rules folder: of the rule's own file, None if nothing is, and which other files have changed since."""

    item: Item
    match: "StoredMatch | None"
    rule: Version | None = None
    changed: tuple[str, ...] = ()


def is_address(text: str) -> bool:
    """Whether a text is the address of a page, with or without https:// in front."""
    if any(map(str.isspace, text)):
        return False
    return text.startswith(("http://", "https://")) or (
        _HOST.match(text) is not None and not os.path.exists(text)  # noqa: PTH110 - it may be too long for a path
    )


def _spellings(address: str) -> list[str]:
    """The same address with https:// in front, and with a slash at its end and without."""
    full = address if "://" in address else f"https://{address}"
    head, mark, query = full.partition("?")
    bare = head.rstrip("/")
    return list(dict.fromkeys([full, f"{bare}{mark}{query}", f"{bare}/{mark}{query}"]))


def stored(entry: str, rule: str) -> Stored:
    """The entry of that number, or the newest whose page has that address; ends the command if there is none."""
    if not is_address(entry) and not _NUMBER.fullmatch(entry):
        raise typer.BadParameter("رقم خبر أو عنوان صفحته · a number or the address of a page: --entry")

    async def read(session: "Session") -> Stored | None:
        from bot.store import archive, rule_files

        number = await _number(session, entry)
        document = None if number is None else await archive.stored_document(session, number)
        if number is None or document is None:
            return None
        match = await archive.stored_match(session, number, rule)
        files = await rule_files.versions(session)
        own = next((name for name in files if _is_of(name, rule)), "")
        changed = tuple(
            name
            for name, (since, _) in sorted(files.items())
            if document.seen and since > document.seen and not name.startswith("library/")
        )
        return Stored(Item(number, document), match, _version(*files[own]) if own else None, changed)

    try:
        found: Stored | None = in_database(read)
    except NoNews:
        refuse(NO_NEWS)
    if found is None:
        refuse(f"ليس في قاعدة البيانات هذا الخبر، فلم يقرأه راصد · the database has no entry {entry}")
    return found


async def _number(session: "Session", entry: str) -> int | None:
    from bot.pipeline.reading import link_key
    from bot.store import archive

    if not is_address(entry):
        return int(entry)
    found = [await archive.entry_of_page(session, link_key(one)) for one in _spellings(entry)]
    return max((number for number in found if number is not None), default=None)


def _is_of(name: str, rule: str) -> bool:
    """Whether a file of the folder is that rule's."""
    return name.startswith("library/") and name.rpartition("/")[2].rpartition(".")[0] == rule


def _version(since: datetime, content: bytes) -> Version:
    found = _STATUS.search(content)
    return Version(since, content, found[1].decode() if found else "")


def then(found: Stored, info: "RuleInfo") -> str:
    """What became of it when it came, in a line, as far as it is known. ``info``: of the rule as it is now."""
    if found.match is None:
        return _unmatched(found, info)
    arabic, english = _FATES[found.match.fate.value]
    same = found.match.rule_hash == info.hash
    since = "" if same else "، ثم تغيرت القاعدة · the rule has changed since"
    return f"يوم وصل طابقت، و{arabic} · when it came: {english} ({found.match.at:%Y-%m-%d %H:%M} UTC){since}"


def _unmatched(found: Stored, info: "RuleInfo") -> str:
    """Why no match is stored: the rule was not in force, or did not hold, or nobody knows."""
    seen, rule = found.item.document.seen, found.rule
    when = f" ({seen:%Y-%m-%d %H:%M} UTC)" if seen else ""
    if rule is None:
        return (
            f"يوم وصل لم تُحفظ مطابقة{when}، وليس في المحفوظ أن القاعدة عملت قط"
            " · no match is stored, and nothing tells that the rule was ever in force"
        )
    if seen is None or rule.since > seen:
        return (
            f"يوم وصل لم تُحفظ مطابقة{when}. والقاعدة كما تعمل الآن منذ {rule.since:%Y-%m-%d %H:%M} UTC، أي بعده:"
            " قد لا تكون عاملة يومها، أو كانت نسخة أخرى"
            " · no match is stored; the rule's file is younger than that: it was not in force, or another version was"
        )
    if rule.status not in ("live", "shadow"):
        return (
            f"يوم وصل لم تكن القاعدة عاملة{when}: كانت {rule.status}"
            f" · when it came the rule was not in force: {rule.status}"
        )
    return f"يوم وصل لم تطابق · when it came the rule did not hold{when}{_since(found, info)}"


def _since(found: Stored, info: "RuleInfo") -> str:
    """Whether the rule, or what it stands on, has changed since."""
    try:
        same = found.rule is not None and found.rule.content == info.path.read_bytes()
    except OSError:
        same = True
    if not same:
        return "، ثم تغيرت القاعدة، والملف الآن غير ما يعمل · the rule's file has changed since"
    if found.changed:
        names = "، ".join(found.changed[:3])
        return f"، ثم تغير {names} · changed since: {names}"
    return ""
