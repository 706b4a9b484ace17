"""/follow and /unfollow, and what their buttons do."""

from collections.abc import Sequence

from bot.handlers.choose import Choice, Meant, choose, live_rules, without
from bot.handlers.desk import Call, Desk, Reply, followed_at
from bot.handlers.listing import rules_at, switches
from bot.store import chats
from bot.store.outgoing import ALL_RULES
from bot.texts.language import Plural, plural
from bot.texts.markup import Message
from bot.texts.replies import below, named, say, unknown_rule
from bot.texts.speech import command, title_of
from rules import RuleInfo


async def follow(desk: Desk, call: Call) -> Reply:
    """/follow [all | id | number | words of a title]: follow it here; without an argument, choose by button."""
    live = live_rules(desk.rules())
    choice = choose(call.argument, live)
    if choice.meant in (Meant.ALL, Meant.FOUND):
        return Reply(await follow_choice(desk, call, choice))
    return await ask_back(desk, call, choice, to_follow=True)


async def unfollow(desk: Desk, call: Call) -> Reply:
    """/unfollow, with the same arguments: stop following it here."""
    live = live_rules(desk.rules())
    choice = choose(call.argument, live)
    if choice.meant in (Meant.ALL, Meant.FOUND):
        return Reply(await unfollow_choice(desk, call, choice))
    followed = await followed_at(desk, call.place)
    if call.argument in followed:  # an id that is no longer in force can still be left
        return Reply(await _leave_idle(desk, call, call.argument))
    return await ask_back(desk, call, choice, to_follow=False)


async def ask_back(desk: Desk, call: Call, choice: Choice, *, to_follow: bool) -> Reply:
    """What to answer when it is not clear which rule is meant; the buttons do what the command asked for."""
    if choice.meant is Meant.NOTHING:
        return await rules_at(desk, call, page=0)
    buttons = switches(call, choice.rules, [] if to_follow else [rule.id for rule in choice.rules])
    if choice.meant is Meant.SEVERAL:
        return Reply(say(call.words.talk.which_one), buttons)
    return Reply(unknown_rule(call.language, call.argument, choice.rules), buttons)


async def follow_choice(desk: Desk, call: Call, choice: Choice) -> Message:
    """Follow all rules, or those that were chosen; what to say about it."""
    place, talk = call.place, call.words.talk
    wanted = [ALL_RULES] if choice.meant is Meant.ALL else [rule.id for rule in choice.rules]
    async with desk.database.write() as session:
        await chats.meet(session, place.chat_id, place.kind, desk.now())
        before = await chats.followed(session, place.chat_id, place.thread_id)
        fresh = [] if ALL_RULES in before else [rule for rule in wanted if rule not in before]
        await chats.follow(session, place.chat_id, place.thread_id, fresh, desk.now())
    if choice.meant is Meant.ALL:
        return say(talk.followed_all if fresh else talk.follows_all)
    return _told(call, choice.rules, fresh, (talk.followed_now, talk.followed_before))


async def unfollow_choice(desk: Desk, call: Call, choice: Choice) -> Message:
    """Stop following all rules, or those that were chosen; what to say about it."""
    place, talk = call.place, call.words.talk
    live = live_rules(desk.rules())
    async with desk.database.write() as session:
        before = await chats.followed(session, place.chat_id, place.thread_id)
        every = ALL_RULES in before
        ids = before if choice.meant is Meant.ALL else [rule.id for rule in choice.rules]
        gone = [rule for rule in ids if every or rule in before]
        rest = () if choice.meant is Meant.ALL else without(before, ids, live)
        await chats.unfollow(session, place.chat_id, place.thread_id, [ALL_RULES] if every and gone else gone)
        await chats.follow(session, place.chat_id, place.thread_id, rest if every else [], desk.now())
    if choice.meant is Meant.ALL:
        return say(talk.unfollowed_all) if gone else say(talk.follows_nothing, command=command("rules"))
    told = _told(call, choice.rules, gone, (talk.unfollowed_now, talk.not_followed))
    return below(told, say(plural(call.language, len(rest), talk.follows_the_rest))) if every else told


def _told(
    call: Call, rules: Sequence[RuleInfo], done: Sequence[str], sentences: tuple[Plural, Plural]
) -> Message:
    """One sentence about the rules for which it was done, another about those for which there was no need."""
    fresh = [title_of(rule, call.language) for rule in rules if rule.id in done]
    stale = [title_of(rule, call.language) for rule in rules if rule.id not in done]
    told = zip(sentences, (fresh, stale), strict=True)
    return below(*(named(sentence, titles, call.language) for sentence, titles in told if titles))


async def _leave_idle(desk: Desk, call: Call, rule_id: str) -> Message:
    """Stop following a rule that is not in force, and so has no place in the list of rules."""
    place = call.place
    async with desk.database.write() as session:
        await chats.unfollow(session, place.chat_id, place.thread_id, [rule_id])
    titles = [title_of(rule, call.language) for rule in desk.rules().rules if rule.id == rule_id]
    return named(call.words.talk.unfollowed_now, titles or [rule_id], call.language)
