"""How Telegram's updates are read: what cannot be understood is passed over, and never stops what comes after it."""

import json
from typing import Any

from telegram import Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.logs import get_log

log = get_log(__name__)


class HearingRequest(HTTPXRequest):
    """The request that asks for updates.

    python-telegram-bot reads all updates of an answer or, when one of them is not as it expects, none: then nothing
    that was said can be acknowledged, and the same answer comes again for ever. So each is tried alone here, and
    one that cannot be read goes on as an update that holds nothing but its number.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer. What is no JSON is not written into the log, as the library would: people's words stand in it."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("Invalid server response") from None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        if isinstance(answer.get("result"), list):
            answer["result"] = [readable for one in answer["result"] if (readable := _readable(one))]
        return answer


def _readable(update: object) -> dict[str, Any] | None:
    if not isinstance(update, dict) or not isinstance(number := update.get("update_id"), int):
        log.error("Telegram sent something without a number among its updates")
        return None
    try:
        _require_a_place(Update.de_json(update, None))
    except Exception as error:  # whatever a constructor may raise
        kinds = sorted(set(update) - {"update_id"})
        log.error(
            "an update cannot be read; passed over", update=number, kinds=kinds, error=type(error).__name__
        )
        return {"update_id": number}
    return update


def _require_a_place(update: Update) -> None:
    """Every handler relies on it that somebody spoke somewhere; the library lets both be missing."""
    somewhere = update.message or update.channel_post or update.my_chat_member
    if somewhere is not None and somewhere.chat is None:
        raise ValueError("no chat")
    if update.callback_query is not None and update.callback_query.from_user is None:
        raise ValueError("nobody")
