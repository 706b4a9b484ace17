"""/outbox, for the bot's own admins: deliveries that did not end well, and sending them again."""

from bot.handlers import keys
from bot.handlers.desk import Button, Call, Desk, Reply
from bot.handlers.keys import Deed
from bot.logs import get_log
from bot.store import troubles
from bot.store.troubles import Resending, Resent, Trouble
from bot.store.types import DeliveryState
from bot.texts.markup import Message
from bot.texts.outbox import Addressee, TroubleLine, outbox_page, silent_note
from bot.texts.replies import say

log = get_log(__name__)

PER_PAGE = 5


async def outbox(desk: Desk, call: Call) -> Reply:
    """/outbox: the newest of them."""
    return await outbox_at(desk, call, before=0)


async def outbox_at(desk: Desk, call: Call, *, before: int) -> Reply:
    """A page: those with a number below ``before`` (0: the newest), each with a button that sends it again."""
    async with desk.database.read() as session:
        found = await troubles.page(session, before=before, limit=PER_PAGE + 1)
        counts = await troubles.counts(session)
    shown = found[:PER_PAGE]
    if not shown and before:
        return await outbox_at(desk, call, before=0)
    page = outbox_page(
        call.language,
        [line_of(one) for one in shown],
        uncertain=counts[DeliveryState.UNCERTAIN],
        dead=counts[DeliveryState.DEAD],
    )
    rows = [(_again(call, one.id, before),) for one in shown]
    turning = _turning(call, before, shown[-1].id if len(found) > PER_PAGE else 0)
    return Reply(page, (*rows, *([turning] if turning else [])))


def line_of(trouble: Trouble) -> TroubleLine:
    """A delivery as it is put into words."""
    return TroubleLine(
        number=trouble.id,
        uncertain=trouble.state == DeliveryState.UNCERTAIN,
        title=trouble.title,
        reason=trouble.reason,
        to=Addressee(trouble.chat_id, trouble.chat_type, trouble.thread_id != 0),
        at=trouble.at,
    )


async def resend(desk: Desk, call: Call, target: str) -> tuple[Message, Reply]:
    """Send a delivery again (``target``: its number, and the page's after a slash): a note, and the page."""
    number, _, before = target.partition("/")
    if not (_is_number(number) and _is_number(before or "0")):
        return say(call.words.talk.old_button), await outbox_at(desk, call, before=0)
    async with desk.database.write() as session:
        came = await troubles.resend(session, int(number), desk.now())
    log.info("an admin wants a delivery sent again", delivery=int(number), outcome=came.outcome.value)
    return _note(call, came), await outbox_at(desk, call, before=int(before or "0"))


def page_asked(target: str) -> int:
    """The page that a button means; a forged one means the first."""
    return int(target) if _is_number(target) else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9


def _note(call: Call, came: Resending) -> Message:
    outbox = call.words.outbox
    if came.outcome is Resent.SILENT:
        return silent_note(call.language, came.detail)
    said = {
        Resent.QUEUED: outbox.queued_labelled if came.labelled else outbox.queued,
        Resent.UNKNOWN: outbox.unknown,
        Resent.NO_TROUBLE: outbox.no_trouble,
    }
    return say(said[came.outcome])


def _again(call: Call, number: int, before: int) -> Button:
    label = call.words.buttons.resend.format(number=number)
    return Button(label, keys.write(Deed.RESEND, f"{number}/{before}"))


def _turning(call: Call, before: int, older: int) -> tuple[Button, ...]:
    newest = [Button(call.words.buttons.newest, keys.write(Deed.OUTBOX, "0"))] if before else []
    return (
        *newest,
        *([Button(call.words.buttons.older, keys.write(Deed.OUTBOX, str(older)))] if older else []),
    )
