"""When a feed is asked again and why, in words: Arabic and English, from what is stored of it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from babel.dates import format_timedelta

from feeds.cadence import CadenceReason

_SECONDS = timedelta(seconds=1)
_NOT_ASKED = ("dropped", "gone", "moved")


class Polled(Protocol):
    """What is stored of a feed, as far as its next poll hangs on it; a row of the table ``feed`` is one."""

    due_at: datetime | None
    due_reason: str
    polled_at: datetime | None
    lease_until: datetime | None
    failure: str
    failures_in_row: int
    gap_seconds: float
    asks_seconds: float
    skips: str
    moved_to: str
    silent_at: datetime | None
    notified_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """``reason``: the decider's own word ("" before the first poll). Each language: one sentence or a few."""

    at: datetime | None
    reason: str
    arabic: str
    english: str


# {gap}: usually between two entries, {asks}: the feed's wish, {row}: failures one after another
_WHY = {
    CadenceReason.FLOOR: (
        "تُسأل بأقصى ما يُسمح به، فأخبارها متقاربة (خبر كل {gap} تقريبا)",
        "it is asked as often as is allowed: its news comes quickly (about every {gap})",
    ),
    CadenceReason.HABIT: (
        "تُسأل على قدر ما اعتادت أن تنشر (خبر كل {gap} تقريبا)",
        "it is asked as often as it usually has news (about every {gap})",
    ),
    CadenceReason.MAX_AGE: (
        "خادمها يقول إن جوابه يبقى صالحا طوال هذه المدة",
        "its server says that the answer stays fresh for so long",
    ),
    CadenceReason.ASKED: (
        "الخلاصة نفسها تطلب ألا تُسأل أكثر من مرة كل {asks}",
        "the feed itself wishes to be asked once in {asks} (ttl, updatePeriod)",
    ),
    CadenceReason.SKIPPED: (
        "الخلاصة نفسها تقول إنها لا تُكتب في هذه الساعات أو الأيام",
        "the feed itself says that it is not written in these hours or days (skipHours, skipDays)",
    ),
    CadenceReason.PUSHED: (
        "موزّع (WebSub) يُبلغ بأخبارها فور نشرها، فلا تُسأل إلا للاطمئنان",
        "a WebSub hub tells of its news at once, so it is asked only to be sure",
    ),
    CadenceReason.NOTIFIED: (
        "الموزّع (WebSub) أبلغ الآن بجديد",
        "its WebSub hub has just told of news",
    ),
    CadenceReason.RETRY_AFTER: (
        "خادمها طلب الانتظار (Retry-After)",
        "its server asked us to wait (Retry-After)",
    ),
    CadenceReason.BACK_OFF: (
        "تعثرت (المرة {row} على التوالي)، وكل تعثر يضاعف الانتظار",
        "it failed (time {row} in a row), and each failure doubles the wait",
    ),
    CadenceReason.RETIRED: (
        "خادمها يقول إنها أزيلت نهائيا (410)، فلا تُسأل بعد الآن",
        "its server says that it is gone for good (410), so it is not asked any more",
    ),
}
_NEW = ("لم تُسأل بعد، ودورها الآن", "it was never asked; it is its turn")
_DROPPED = ("أُزيلت من القائمة، فلا تُسأل", "it was taken off the list, so it is not asked")
_REPLACED = (
    "خادمها يحيل نهائيا إلى {to}، وهو عنوان خلاصة أخرى هنا، فتُسأل تلك وحدها",
    "its server redirects for good to {to}, the address of another feed here: only that one is asked",
)
_NO_HABIT = (
    "تُسأل بأقصى ما يُسمح به إلى أن تُعرف عادتها",
    "it is asked as often as is allowed until its habit is known",
)
_READING = ("تُقرأ الآن", "it is being read")
_NOW = ("تُسأل في أقرب جولة", "it is asked in the next round")
_LATER = ("تُسأل بعد {in_}", "it is asked in {in_}")
_FAILED = ("آخر خطأ: {failure}", "its last failure: {failure}")
_MOVED = (
    "خادمها يحيل دائما إلى {to}، فإن دام ذلك أياما صار عنوانها",
    "its server redirects permanently to {to}: if that holds for days, it becomes the address",
)
_SILENT = ("صامتة على غير عادتها", "it is silent against its habit")


def explain(feed: Polled, now: datetime) -> Explanation:
    """When a feed is asked next, and why then."""
    at = None if feed.state in _NOT_ASKED else feed.due_at
    return Explanation(at, feed.due_reason, _told(feed, now, 0), _told(feed, now, 1))


def _told(feed: Polled, now: datetime, language: int) -> str:
    locale = ("ar", "en")[language]
    values = {
        "gap": _span(timedelta(seconds=feed.gap_seconds), locale),
        "asks": _span(timedelta(seconds=feed.asks_seconds), locale),
        "row": str(feed.failures_in_row),
        "in_": _span(max(feed.due_at - now, _SECONDS) if feed.due_at else timedelta(), locale),
        "failure": feed.failure,
        "to": feed.moved_to,
    }
    parts = [part[language].format(**values) for part in _parts(feed, now)]
    head, *rest = parts
    sentences = [": ".join([head, rest[0]]) if rest else head, *rest[1:]]
    return ". ".join(one[:1].upper() + one[1:] for one in sentences) + "."


def _parts(feed: Polled, now: datetime) -> list[tuple[str, str]]:
    if feed.state == "dropped":
        return [_DROPPED]
    if feed.state == "moved":
        return [_REPLACED]
    if feed.due_at is not None and feed.polled_at is None:
        return [_NEW]
    if feed.notified_at is not None:
        return [_NOW, _WHY[CadenceReason.NOTIFIED]]
    parts = [_when(feed, now), _why(feed)] if feed.due_reason else [_when(feed, now)]
    if feed.due_at is None:
        parts = [_WHY[CadenceReason.RETIRED]]
    extra = (
        (feed.failure and feed.due_at, _FAILED),
        (feed.moved_to, _MOVED),
        (feed.silent_at is not None and feed.silent_at < now, _SILENT),
    )
    return parts + [words for holds, words in extra if holds]


def _why(feed: Polled) -> tuple[str, str]:
    reason = CadenceReason(feed.due_reason)
    return _NO_HABIT if reason == CadenceReason.FLOOR and not feed.gap_seconds else _WHY[reason]


def _when(feed: Polled, now: datetime) -> tuple[str, str]:
    if feed.lease_until is not None and feed.lease_until > now:
        return _READING
    return _LATER if feed.due_at is not None and feed.due_at > now else _NOW


def _span(span: timedelta, locale: str) -> str:
    """A stretch of time in the largest unit that is not too coarse: "12 minutes", not "0 hours"."""
    return format_timedelta(span, locale=locale, threshold=2)
