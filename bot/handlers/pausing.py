"""/stop, and the way back."""

from bot.handlers.desk import Call, Desk, Reply
from bot.store import chats
from bot.texts.markup import Message
from bot.texts.replies import say
from bot.texts.wishes import already_stopped_page, resumed_page, stopped_page


async def stop(desk: Desk, call: Call) -> Reply:
    """/stop: no alerts until /start or /follow. In a topic: in this topic; elsewhere: in the whole chat."""
    place = call.place
    if call.stopped:
        return Reply(already_stopped_page(call.language))
    async with desk.database.write() as session:
        known = await chats.find(session, place.chat_id) is not None
        if not known or (
            place.thread_id and not await chats.followed(session, place.chat_id, place.thread_id)
        ):
            return Reply(say(call.words.wishes.nothing_to_stop))
        if place.thread_id:
            await chats.stop_topic(session, place.chat_id, place.thread_id, desk.now())
        else:
            await chats.stop(session, place.chat_id, desk.now())
        flies = await chats.in_flight(session, place.chat_id)
    return Reply(stopped_page(call.language, place.kind, in_topic=bool(place.thread_id), one_flies=flies))


async def resume(desk: Desk, call: Call) -> Message:
    """Alerts come again, to the whole chat if it was stopped, and to the topic that asks; what to say about it."""
    place = call.place
    async with desk.database.write() as session:
        whole = await chats.resume(session, place.chat_id)
        await chats.resume_topic(session, place.chat_id, place.thread_id)
    return resumed_page(call.language, place.kind, whole_chat=whole)
