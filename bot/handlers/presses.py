"""What a pressed button does. Anybody can send any data, so it is read as a stranger's."""

from dataclasses import dataclass

from bot.handlers import keys
from bot.handlers.choose import Choice, Meant, live_rules
from bot.handlers.copies import choose_copies
from bot.handlers.desk import Call, Desk, Reply, is_known
from bot.handlers.following import follow_choice, unfollow_choice
from bot.handlers.keys import Deed, Press
from bot.handlers.listing import page_with, rules_at
from bot.handlers.outbox import outbox_at, page_asked, resend
from bot.handlers.pausing import resume
from bot.handlers.privacy import begin_to_forget, is_still_asked
from bot.handlers.tongue import speak
from bot.store.types import Guarantee
from bot.texts.language import LANGUAGES
from bot.texts.replies import below, say


@dataclass(frozen=True, slots=True)
class Pressed:
    """The answer to a press: a short note over the chat, and what the message under the button becomes.

    ``forgets``: the chat is to be erased once that is answered.
    """

    note: str = ""
    reply: Reply | None = None
    forgets: bool = False


async def pressed(desk: Desk, call: Call, press: Press) -> Pressed:
    """Do what a button says; who may press it was seen to before."""
    return await _DEEDS[press.deed](desk, call, press)


async def _page(desk: Desk, call: Call, press: Press) -> Pressed:
    page = int(press.target) if press.target.isdecimal() and len(press.target) < 4 else 0
    return Pressed(reply=await rules_at(desk, call, page=page))


async def _language(desk: Desk, call: Call, press: Press) -> Pressed:
    for language in LANGUAGES:
        if press.target == language:
            reply = await speak(desk, call, language)
            return Pressed(reply.message.plain, reply)
    return Pressed(call.words.talk.old_button)


async def _copies(desk: Desk, call: Call, press: Press) -> Pressed:
    if press.target not in list(Guarantee):
        return Pressed(call.words.talk.old_button)
    reply = await choose_copies(desk, call, Guarantee(press.target))
    return Pressed(reply.message.plain, reply)


async def _forget(desk: Desk, call: Call, press: Press) -> Pressed:
    if not is_still_asked(desk, press.target):
        return Pressed(call.words.talk.old_button)
    if not await is_known(desk, call.place):  # pressed twice: nothing comes after the message that says so
        return Pressed(call.words.wishes.nothing_kept)
    return Pressed(reply=await begin_to_forget(desk, call), forgets=True)


async def _keep(_desk: Desk, call: Call, _press: Press) -> Pressed:
    cancelled = say(call.words.wishes.forget_cancelled)
    return Pressed(cancelled.plain, Reply(cancelled))


async def _outbox(desk: Desk, call: Call, press: Press) -> Pressed:
    return Pressed(reply=await outbox_at(desk, call, before=page_asked(press.target)))


async def _resend(desk: Desk, call: Call, press: Press) -> Pressed:
    note, page = await resend(desk, call, press.target)
    return Pressed(note.plain, page)


async def _subscription(desk: Desk, call: Call, press: Press) -> Pressed:
    live = live_rules(desk.rules())
    choice = Choice(Meant.ALL)
    if press.target != keys.ALL:
        rule = keys.rule_behind(press.target, live)
        if rule is None:
            return Pressed(call.words.talk.rule_gone, await rules_at(desk, call, page=0))
        choice = Choice(Meant.FOUND, (rule,))
    if press.deed is Deed.UNFOLLOW:
        done = await unfollow_choice(desk, call, choice)
    else:
        back = await resume(desk, call) if call.stopped else None
        done = await follow_choice(desk, call, choice)
        done = below(back, done) if back else done
    page = page_with(choice.rules[0].id, live) if choice.rules else 0
    return Pressed(done.plain, await rules_at(desk, call, page=page))


_DEEDS = {
    Deed.PAGE: _page,
    Deed.FOLLOW: _subscription,
    Deed.UNFOLLOW: _subscription,
    Deed.LANGUAGE: _language,
    Deed.COPIES: _copies,
    Deed.FORGET: _forget,
    Deed.KEEP: _keep,
    Deed.OUTBOX: _outbox,
    Deed.RESEND: _resend,
}
