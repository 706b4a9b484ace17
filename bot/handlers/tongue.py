"""/lang: the language of a chat's messages."""

from dataclasses import replace

from bot.handlers import keys
from bot.handlers.desk import Button, Call, Desk, Reply
from bot.handlers.keys import Deed
from bot.store import chats
from bot.texts.language import LANGUAGES, Language
from bot.texts.replies import say, typed

LABELS: dict[Language, str] = {
    "ar": "العربية",
    "en": "English",
}  # each in itself, whatever the chat's language is
_NAMES: dict[str, Language] = {
    "ar": "ar",
    "arabic": "ar",
    "عربي": "ar",
    "عربية": "ar",
    "العربية": "ar",
    "en": "en",
    "english": "en",
    "إنجليزي": "en",
    "انجليزي": "en",
    "الإنجليزية": "en",
    "الانجليزية": "en",
}


async def lang(desk: Desk, call: Call) -> Reply:
    """/lang [ar | en]: set the language, or offer the two."""
    if not call.argument:
        return Reply(say(call.words.talk.language_ask), _offer())
    language = _NAMES.get(call.argument.casefold())
    if language is None:
        asked = typed(call.argument, call.words)
        return Reply(say(call.words.talk.language_unknown, asked=asked), _offer())
    return await speak(desk, call, language)


async def speak(desk: Desk, call: Call, language: Language) -> Reply:
    """Set the language of the chat; said in that language."""
    async with desk.database.write() as session:
        await chats.meet(session, call.place.chat_id, call.place.kind, desk.now())
        await chats.set_language(session, call.place.chat_id, language)
    return Reply(say(replace(call, language=language).words.talk.language_set))


def _offer() -> tuple[tuple[Button, ...], ...]:
    return (tuple(Button(LABELS[language], keys.write(Deed.LANGUAGE, language)) for language in LANGUAGES),)
