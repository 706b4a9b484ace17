"""What a pressed button does. Anybody can send any data, so it is read as a stranger's."""

from dataclasses import dataclass

from bot.handlers import keys
from bot.handlers.choose import Choice, Meant, live_rules
from bot.handlers.desk import Call, Desk, Reply
from bot.handlers.following import follow_choice, unfollow_choice
from bot.handlers.keys import Deed, Press
from bot.handlers.listing import page_with, rules_at
from bot.handlers.tongue import speak
from bot.texts.language import LANGUAGES


@dataclass(frozen=True, slots=True)
class Pressed:
    """The answer to a press: a short note over the chat, and what the message under the button becomes."""

    note: str = ""
    reply: Reply | None = None


async def pressed(desk: Desk, call: Call, press: Press) -> Pressed:
    """Do what a button says."""
    if press.deed is Deed.LANGUAGE:
        return await _language(desk, call, press)
    if press.deed is Deed.PAGE:
        page = int(press.target) if press.target.isdecimal() and len(press.target) < 4 else 0
        return Pressed(reply=await rules_at(desk, call, page=page))
    return await _subscription(desk, call, press)


async def _language(desk: Desk, call: Call, press: Press) -> Pressed:
    for language in LANGUAGES:
        if press.target == language:
            reply = await speak(desk, call, language)
            return Pressed(reply.message.plain, reply)
    return Pressed(call.words.talk.old_button)


async def _subscription(desk: Desk, call: Call, press: Press) -> Pressed:
    live = live_rules(desk.rules())
    choice = Choice(Meant.ALL)
    if press.target != keys.ALL:
        rule = keys.rule_behind(press.target, live)
        if rule is None:
            return Pressed(call.words.talk.rule_gone, await rules_at(desk, call, page=0))
        choice = Choice(Meant.FOUND, (rule,))
    done = await (follow_choice if press.deed is Deed.FOLLOW else unfollow_choice)(desk, call, choice)
    page = page_with(choice.rules[0].id, live) if choice.rules else 0
    return Pressed(done.plain, await rules_at(desk, call, page=page))
