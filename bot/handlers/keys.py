"""What buttons carry: a letter for the deed, and an id; at most 64 bytes, as Telegram allows. Pure."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rules import RuleInfo

MOST_BYTES = 64
ALL = "*"
_DATA = re.compile(r"([a-z]):([A-Za-z0-9_.*~/-]{1,62})", re.ASCII)


class Deed(StrEnum):
    """What pressing a button does."""

    PAGE = "p"  # turn to a page of the rules
    FOLLOW = "f"
    UNFOLLOW = "u"
    LANGUAGE = "l"
    COPIES = "g"  # choose what happens to a message of unknown fate
    FORGET = "z"  # yes, erase everything; the target is when that was asked
    KEEP = "k"  # no, erase nothing
    OUTBOX = "o"  # turn to a page of the outbox
    RESEND = "s"


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button: the deed, and what it is done to."""

    deed: Deed
    target: str

    @property
    def changes_settings(self) -> bool:
        """Whether only admins may do this in a group."""
        return self.deed is not Deed.PAGE

    @property
    def is_for_bot_admins(self) -> bool:
        """Whether this is for the bot's own admins only."""
        return self.deed in (Deed.OUTBOX, Deed.RESEND)


def write(deed: Deed, target: str) -> str:
    """The data of a button; a rule's id that is too long, or not ASCII, is carried as a digest."""
    data = f"{deed}:{target}"
    return data if _DATA.fullmatch(data) and len(data) <= MOST_BYTES else f"{deed}:{digest(target)}"


def read(data: str) -> Press | None:
    """The press behind ``data``, or None for data that no button of ours carries: anybody can send any."""
    match = _DATA.fullmatch(data)
    if match is None or match[1] not in list(Deed):
        return None
    return Press(Deed(match[1]), match[2])


def digest(rule_id: str) -> str:
    """A short stand-in for a long id."""
    return "~" + hashlib.sha256(rule_id.encode()).hexdigest()[:24]


def rule_behind(target: str, rules: Sequence[RuleInfo]) -> RuleInfo | None:
    """The rule that a button means, if it is among ``rules``."""
    return next((rule for rule in rules if target in (rule.id, digest(rule.id))), None)
