"""/rules and /list: what can be followed, and what is followed here."""

from collections.abc import Sequence

from bot.handlers import keys
from bot.handlers.choose import live_rules
from bot.handlers.desk import Button, Call, Desk, Reply, followed_at
from bot.handlers.keys import Deed
from bot.store.outgoing import ALL_RULES
from bot.texts.clean import clip
from bot.texts.replies import RuleEntry, below, followed_page, rules_page, say
from bot.texts.speech import command, title_of
from bot.texts.words import Words
from rules import RuleInfo

PER_PAGE = 8  # eight rules and their buttons fit on a phone's screen
LABEL_UNITS = 48


async def rules(desk: Desk, call: Call) -> Reply:
    """/rules: every rule that can be followed, with a button each."""
    return await rules_at(desk, call, page=0)


async def rules_at(desk: Desk, call: Call, *, page: int) -> Reply:
    """A page (from 0; the last one if there are fewer) of the rules as this chat or topic follows them."""
    live = live_rules(desk.rules())
    return page_of(call, live, await followed_at(desk, call.place), page=page)


def page_of(call: Call, live: Sequence[RuleInfo], followed: Sequence[str], *, page: int) -> Reply:
    """The page itself, from what is live and what is followed."""
    pages = max(1, -(-len(live) // PER_PAGE))
    page = min(max(page, 0), pages - 1)
    entries = entries_of(call, live, followed)[page * PER_PAGE : (page + 1) * PER_PAGE]
    shown = live[page * PER_PAGE : (page + 1) * PER_PAGE]
    message = rules_page(
        call.language, entries, total=len(live), page=page, pages=pages, follows_all=ALL_RULES in followed
    )
    rows = [(_switch(call, rule, entry.followed),) for rule, entry in zip(shown, entries, strict=True)]
    return Reply(message, (*rows, *_turning(call.words, page, pages), *_all(call.words, live, followed)))


def entries_of(call: Call, live: Sequence[RuleInfo], followed: Sequence[str]) -> list[RuleEntry]:
    """Every live rule with its number and whether it is followed."""
    return [
        RuleEntry(
            number=number,
            title=title_of(rule, call.language),
            why=rule.why,
            severity=rule.severity.value,
            followed=rule.id in followed or ALL_RULES in followed,
        )
        for number, rule in enumerate(live, start=1)
    ]


def page_with(rule_id: str, live: Sequence[RuleInfo]) -> int:
    """The page on which a rule stands; the first for one that is not there."""
    return next((at // PER_PAGE for at, rule in enumerate(live) if rule.id == rule_id), 0)


def switches(call: Call, some: Sequence[RuleInfo], followed: Sequence[str]) -> tuple[tuple[Button, ...], ...]:
    """A row with a follow or unfollow button for each rule."""
    every = ALL_RULES in followed
    return tuple((_switch(call, rule, every or rule.id in followed),) for rule in some)


def _switch(call: Call, rule: RuleInfo, followed: bool) -> Button:
    label = call.words.buttons.unfollow if followed else call.words.buttons.follow
    title = clip(title_of(rule, call.language), LABEL_UNITS)
    return Button(label.format(title=title), keys.write(Deed.UNFOLLOW if followed else Deed.FOLLOW, rule.id))


def _turning(words: Words, page: int, pages: int) -> list[tuple[Button, ...]]:
    row = []
    if page > 0:
        row.append(Button(words.buttons.previous, keys.write(Deed.PAGE, str(page - 1))))
    if page < pages - 1:
        row.append(Button(words.buttons.next, keys.write(Deed.PAGE, str(page + 1))))
    return [tuple(row)] if row else []


def _all(words: Words, live: Sequence[RuleInfo], followed: Sequence[str]) -> list[tuple[Button, ...]]:
    if ALL_RULES in followed:
        return [(Button(words.buttons.unfollow_all, keys.write(Deed.UNFOLLOW, keys.ALL)),)]
    return [(Button(words.buttons.follow_all, keys.write(Deed.FOLLOW, keys.ALL)),)] if len(live) > 1 else []


async def followed_list(desk: Desk, call: Call) -> Reply:
    """/list: what this chat or topic follows."""
    live = live_rules(desk.rules())
    followed = await followed_at(desk, call.place)
    entries = [entry for entry in entries_of(call, live, followed) if entry.followed]
    idle = _idle(desk, call, live, followed)
    page = followed_page(call.language, entries, idle, follows_all=ALL_RULES in followed)
    stopped = say(call.words.wishes.is_stopped, command=command("start"))
    return Reply(below(stopped, page) if call.stopped else page)


def _idle(desk: Desk, call: Call, live: Sequence[RuleInfo], followed: Sequence[str]) -> list[str]:
    """What is followed but not in force: retired, on trial, or gone; by title where there is one."""
    titles = {rule.id: title_of(rule, call.language) for rule in desk.rules().rules}
    in_force = {rule.id for rule in live} | {ALL_RULES}
    return [titles.get(rule, rule) for rule in followed if rule not in in_force]
