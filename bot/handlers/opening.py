"""/start, with and without a link's payload, and the greeting of a group."""

from bot.handlers import keys
from bot.handlers.choose import Meant, chosen_by_link, live_rules
from bot.handlers.desk import SUPERGROUP, Button, Call, Desk, Reply, remember
from bot.handlers.following import follow_choice
from bot.handlers.keys import Deed
from bot.texts.replies import below, say, welcome
from bot.texts.speech import command


async def start(desk: Desk, call: Call) -> Reply:
    """/start: who we are; a payload (t.me/BOT?start=r_RULE or start=all) is followed at once."""
    await remember(desk, call.place)
    choice = chosen_by_link(call.argument, live_rules(desk.rules()))
    greeting = greet(call)
    if call.stopped:
        still = say(call.words.wishes.is_stopped, command=command("start"))
        return Reply(below(still, greeting.message), greeting.buttons)
    if choice.meant is Meant.NOTHING:
        return greeting
    if choice.meant is Meant.UNKNOWN:
        return Reply(below(say(call.words.talk.link_unknown_rule), greeting.message), greeting.buttons)
    return Reply(below(await follow_choice(desk, call, choice), greeting.message), greeting.buttons)


def greet(call: Call) -> Reply:
    """The greeting, with the button that leads on."""
    message = welcome(call.language, group=not call.place.is_private, topics=call.place.kind == SUPERGROUP)
    return Reply(message, ((Button(call.words.buttons.rules, keys.write(Deed.PAGE, "0")),),))
