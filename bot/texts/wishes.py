"""Answers to what a chat wishes for itself: no alerts for a while, copies or none, to be forgotten."""

from bot.texts.language import Language
from bot.texts.markup import Message, bold, fill, lines, message
from bot.texts.speech import command, words_of


def stopped_page(language: Language, kind: str, *, in_topic: bool, one_flies: bool) -> Message:
    """Alerts have stopped: where, what is kept, how to come back. ``one_flies``: a message is being sent."""
    wishes = words_of(language).wishes
    where = {"private": wishes.stopped, "channel": wishes.stopped_channel}.get(kind, wishes.stopped_group)
    return message(
        lines(
            bold(wishes.stopped_topic if in_topic else where),
            wishes.kept,
            wishes.one_on_its_way if one_flies else "",
            fill(wishes.to_return, command=command("start")),
            fill(wishes.stop_whole_group, command=command("stop")) if in_topic else "",
        )
    )


def already_stopped_page(language: Language) -> Message:
    """They were stopped before."""
    wishes = words_of(language).wishes
    return message(lines(wishes.already_stopped, fill(wishes.to_return, command=command("start"))))


def resumed_page(language: Language, kind: str, *, whole_chat: bool) -> Message:
    """Alerts are back: in the chat as a whole, or only in the topic that asked."""
    wishes = words_of(language).wishes
    where = wishes.resumed if kind in ("private", "channel") else wishes.resumed_group
    return message(
        lines(
            bold(where if whole_chat else wishes.resumed_topic),
            fill(wishes.missed, command=command("latest")),
        )
    )


def copies_page(language: Language, *, sends_copies: bool) -> Message:
    """What may happen when a connection breaks, the two ways to deal with it, and which one is chosen."""
    wishes = words_of(language).wishes
    return message(
        lines(
            bold(wishes.copies_ask),
            wishes.copies_yes,
            wishes.copies_no,
            wishes.copies_now_yes if sends_copies else wishes.copies_now_no,
        )
    )


def forget_page(language: Language, kind: str) -> Message:
    """What would be erased, before anything is."""
    wishes = words_of(language).wishes
    what = {"private": wishes.forget_chat, "channel": wishes.forget_channel}.get(kind, wishes.forget_group)
    return message(lines(bold(what), wishes.forget_what, wishes.forget_messages, wishes.forget_sure))


def forgotten_page(language: Language) -> Message:
    """Everything is erased."""
    wishes = words_of(language).wishes
    return message(lines(wishes.forgotten, fill(wishes.to_begin_anew, command=command("start"))))


def privacy_page(language: Language) -> Message:
    """What is kept, what is not, and how to be rid of it."""
    wishes = words_of(language).wishes
    return message(
        lines(
            bold(wishes.privacy_title),
            wishes.privacy_kept,
            wishes.privacy_not_kept,
            wishes.privacy_logs,
            fill(wishes.privacy_forget, command=command("forget")),
        )
    )
