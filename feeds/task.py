"""What is known of a feed's body besides its bytes."""

from dataclasses import dataclass

from feeds.kinds import Kind
from feeds.shown import Shown


@dataclass(frozen=True, slots=True)
class Task:
    """How to read a body.

    ``content_type``: the HTTP header. ``url``: where the bytes came from, for relative links. ``kind``: what it must be
    (see ``feeds.kinds``); by default the content tells. ``shown``: of the last reading of the same feed: then entries
    that stood there word for word are left out, and the others come out as they would from a whole reading.
    """

    content_type: str = ""
    url: str = ""
    kind: Kind = Kind.ANY
    shown: Shown | None = None
