"""The Bot API's methods, as far as Rasid and python-telegram-bot use them, with Telegram's own refusals."""

import json
import time
from collections.abc import Callable
from typing import Any

from tests.fakes.bot_api.markup import MOST_UNITS, BadMarkupError, parse_html, utf16
from tests.fakes.bot_api.world import BOT, Chat, Sent, World, membership

Params = dict[str, Any]


class RefusedError(Exception):
    """Telegram refuses a call: an HTTP status, a description, and parameters."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


class Methods:
    """Obeys calls against a world. ``answered`` maps a callback id to what it was answered with."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.answered: dict[str, str] = {}
        self.menus: dict[str, list[dict[str, str]]] = {}
        self._table: dict[str, Callable[[Params], Any]] = {
            "getme": lambda _: BOT | {"can_join_groups": True, "can_read_all_group_messages": False},
            "sendmessage": self._send,
            "editmessagetext": self._edit,
            "editmessagereplymarkup": self._edit,
            "answercallbackquery": self._answer,
            "getchat": lambda p: self._chat(p).as_json() | {"accent_color_id": 0, "max_reaction_count": 0},
            "getchatmember": self._member,
            "getchatadministrators": self._administrators,
            "setmycommands": self._set_menu,
            "getmycommands": lambda p: self.menus.get(_scope(p), []),
            "deletemycommands": lambda p: self.menus.pop(_scope(p), None) is not None or True,
            "deletewebhook": lambda _: True,
            "getwebhookinfo": lambda _: {
                "url": "",
                "has_custom_certificate": False,
                "pending_update_count": 0,
            },
            "sendchataction": lambda p: bool(self._chat(p)),
            "leavechat": lambda p: bool(self._chat(p)),
        }

    def knows(self, method: str) -> bool:
        """Whether the Bot API has this method here."""
        return method.lower() in self._table

    def obey(self, method: str, params: Params) -> Any:
        """The method's result; RefusedError as Telegram refuses."""
        return self._table[method.lower()](params)

    def _chat(self, params: Params) -> Chat:
        chat = self.world.chats.get(_integer(params, "chat_id"))
        if chat is None:
            raise RefusedError(400, "Bad Request: chat not found")
        if chat.migrated_to is not None:
            says = "Bad Request: group chat was upgraded to a supergroup chat"
            raise RefusedError(400, says, migrate_to_chat_id=chat.migrated_to)
        return chat

    def _open_chat(self, params: Params) -> Chat:
        chat = self._chat(params)
        if chat.bot_status == "kicked":
            where = {"private": "blocked by the user"}.get(chat.type, f"kicked from the {chat.type} chat")
            raise RefusedError(403, f"Forbidden: bot was {where}")
        if chat.bot_status == "left":
            raise RefusedError(403, f"Forbidden: bot is not a member of the {chat.type} chat")
        if chat.type == "channel" and chat.bot_status != "administrator":
            raise RefusedError(400, "Bad Request: need administrator rights in the channel chat")
        if chat.bot_status in ("administrator", "restricted") and not chat.bot_may_write:
            raise RefusedError(400, "Bad Request: not enough rights to send text messages to the chat")
        return chat

    def _send(self, params: Params) -> dict[str, Any]:
        chat = self._open_chat(params)
        thread = _integer(params, "message_thread_id") if params.get("message_thread_id") else None
        if thread and (not chat.forum or thread in chat.deleted_topics):
            raise RefusedError(400, "Bad Request: message thread not found")
        if (thread or 0) in chat.closed_topics:
            raise RefusedError(400, "Bad Request: TOPIC_CLOSED")
        reply_to = self._reply_to(params, chat)
        text, html, entities = _text(params)
        sent = Sent(
            message_id=self.world.next_message_id(),
            chat_id=chat.id,
            thread_id=thread,
            text=text,
            html=html,
            entities=entities,
            buttons=_buttons(params),
            silent=str(params.get("disable_notification", "")).lower() == "true",
            at=time.time(),
            reply_to=reply_to,
        )
        self.world.messages.add((chat.id, sent.message_id))
        self.world.sent.append(sent)
        self.world.arrived.set()
        return self._as_message(sent, chat)

    def _reply_to(self, params: Params, chat: Chat) -> int | None:
        """The message that is replied to; None where it is missing and the reply may stand alone."""
        given = params.get("reply_parameters") or "{}"
        reply = json.loads(given) if isinstance(given, str) else given
        if not reply:
            return None
        if (chat.id, int(reply["message_id"])) in self.world.messages:
            return int(reply["message_id"])
        if not reply.get("allow_sending_without_reply"):
            raise RefusedError(400, "Bad Request: message to be replied not found")
        return None

    def _edit(self, params: Params) -> dict[str, Any]:
        chat = self._open_chat(params)
        sent = self._sent(chat, _integer(params, "message_id"))
        text, html, entities = _text(params) if "text" in params else (sent.text, sent.html, sent.entities)
        buttons = _buttons(params)
        if (text, entities, buttons) == (sent.text, sent.entities, sent.buttons):
            raise RefusedError(
                400, "Bad Request: message is not modified: specified new message content is the same"
            )
        sent.text, sent.html, sent.entities, sent.buttons = text, html, entities, buttons
        sent.edits += 1
        self.world.arrived.set()
        return self._as_message(sent, chat) | {"edit_date": int(time.time())}

    def _sent(self, chat: Chat, message_id: int) -> Sent:
        place = (chat.id, message_id)
        if place in self.world.fixed:
            raise RefusedError(400, "Bad Request: message can't be edited")
        for one in self.world.sent:
            if (one.chat_id, one.message_id) == place and place in self.world.messages:
                return one
        said_by_others = place in self.world.messages
        says = "message can't be edited" if said_by_others else "message to edit not found"
        raise RefusedError(400, f"Bad Request: {says}")

    def _as_message(self, sent: Sent, chat: Chat) -> dict[str, Any]:
        message: dict[str, Any] = {
            "message_id": sent.message_id,
            "date": int(sent.at),
            "chat": chat.as_json(),
            "from": BOT,
            "text": sent.text,
            "entities": sent.entities,
        }
        if sent.thread_id:
            message |= {"message_thread_id": sent.thread_id, "is_topic_message": True}
        return message

    def _answer(self, params: Params) -> bool:
        self.answered[str(params["callback_query_id"])] = str(params.get("text", ""))
        self.world.arrived.set()
        return True

    def _member(self, params: Params) -> dict[str, Any]:
        chat, user_id = self._chat(params), _integer(params, "user_id")
        user = {"id": user_id, "is_bot": False, "first_name": "Reader"}
        return membership(user, chat.members.get(user_id, "left"))

    def _administrators(self, params: Params) -> list[dict[str, Any]]:
        chat = self._chat(params)
        users = [user for user, status in chat.members.items() if status in ("administrator", "creator")]
        return [self._member(params | {"user_id": user}) for user in users]

    def _set_menu(self, params: Params) -> bool:
        commands, scope = params["commands"], _scope(params)
        if scope.startswith("chat:") and int(scope.split(":")[1]) not in self.world.chats:
            raise RefusedError(400, "Bad Request: chat not found")
        self.menus[scope] = json.loads(commands) if isinstance(commands, str) else commands
        return True


def _integer(params: Params, name: str) -> int:
    try:
        return int(params[name])
    except (KeyError, TypeError, ValueError):
        raise RefusedError(400, f"Bad Request: invalid {name} specified") from None


def _scope(params: Params) -> str:
    scope = params.get("scope", '{"type": "default"}')
    scope = json.loads(scope) if isinstance(scope, str) else scope
    return f"{scope['type']}:{scope.get('chat_id', '')}:{params.get('language_code', '')}"


def _text(params: Params) -> tuple[str, str, list[dict[str, Any]]]:
    html = str(params.get("text", ""))
    text, entities = html, list[dict[str, Any]]()
    if str(params.get("parse_mode", "")).upper() == "HTML":
        try:
            text, entities = parse_html(html)
        except BadMarkupError as error:
            raise RefusedError(400, f"Bad Request: can't parse entities: {error}") from None
    if not text.strip():
        raise RefusedError(400, "Bad Request: message text is empty")
    if utf16(text) > MOST_UNITS:
        raise RefusedError(400, "Bad Request: message is too long")
    return text, html, entities


def _buttons(params: Params) -> list[list[dict[str, Any]]]:
    markup = params.get("reply_markup") or "{}"
    rows: list[list[dict[str, Any]]] = (json.loads(markup) if isinstance(markup, str) else markup).get(
        "inline_keyboard", []
    )
    for button in (one for row in rows for one in row):
        data = button.get("callback_data")
        if data is not None and not 1 <= len(str(data).encode()) <= 64:
            raise RefusedError(400, "Bad Request: BUTTON_DATA_INVALID")
    return rows
