"""Dates as Arabic feeds write them -> aware UTC. Pure but for the last resort, a library that is loaded when needed."""

import re
import time
from calendar import timegm
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from feedparser.datetimes import _parse_date as feedparsers_date

EARLIEST = datetime(
    1995, 1, 1, tzinfo=UTC
)  # there were no feeds before; 1970 is a zero that nobody filled in
FUTURE = timedelta(days=2)  # a wrong zone is up to a day; more is no date of news
_MAX_TEXT = 100

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_FOLD = str.maketrans(  # of Persian keyboards too
    "أإآىةیک", "ااايةيك", "\u0640\u200e\u200f\u061c\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"
)
# By month: Egypt and the Gulf; the Levant and Iraq; Tunisia and Algeria; Morocco. Folded: alefs plain, no marks.
_MONTHS = (
    "يناير,كانون الثاني,جانفي",
    "فبراير,شباط,فيفري",
    "مارس,اذار",
    "ابريل,نيسان,افريل",
    "مايو,ايار,ماي,ماية",
    "يونيو,يونية,حزيران,جوان",
    "يوليو,يولية,يوليوز,تموز,جويلية",
    "اغسطس,اب,اوت,غشت",
    "سبتمبر,ايلول,شتنبر",
    "اكتوبر,تشرين الاول",
    "نوفمبر,تشرين الثاني,نونبر",
    "ديسمبر,كانون الاول,دجنبر",
)
_MONTH_OF = {
    name.translate(_FOLD): number
    for number, names in enumerate(_MONTHS, start=1)
    for name in names.split(",")
}
_MONTH = "|".join(sorted(map(re.escape, _MONTH_OF), key=len, reverse=True))
_ARABIC_DATE = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})\s*(?:من)?\s*[،,/-]?\s*(?P<month>{_MONTH})(?!\w)"
    rf"(?:\s*[/(]\s*(?:{_MONTH})(?!\w)\s*\)?)?\s*[،,/-]?\s*(?P<year>\d{{4}})(?!\d)"
)
_CLOCK = re.compile(
    r"(?<!\d)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<half>صباحا|مساء|ظهرا|ص|م|am|pm)?(?!\w)",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"(?:(?:gmt|utc)\s*)?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?\s*$", re.IGNORECASE
)
_HOUR_24 = re.compile(r"(?<!\d)24:00(:00)?(?!\d)")
_EPOCH = re.compile(r"\d{10}(\d{3})?")
# The two shapes in which feedparser is right. In others it may be wrong without a word: 18-06-2024 is 2018 to it,
# ٢٠٢٤/٠٦/١٨ is November, and PM is nothing.
_RFC_822 = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,?\s+)?\d{1,2}\s+[A-Za-z]{3,9}\.?,?\s+\d{2,4},?\s+\d{1,2}:\d{2}(?::\d{2})?"
    r"(?:\s*(?:GMT|UTC|UT|Z|[+-]\d{2}:?\d{2}))?",
    re.ASCII,
)
_ISO_8601 = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)
# What nearly every feed writes, read here at once: feedparser takes as long for a date as the rest for an entry.
_ENGLISH_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_USUAL_RFC_822 = re.compile(
    rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d{{1,2}}) ({_ENGLISH_MONTHS}) ([12]\d{{3}})"
    r" (\d\d):(\d\d):(\d\d) (?:GMT|([+-])([01]\d)([0-5]\d))",
    re.ASCII,
)
_USUAL_ISO_8601 = re.compile(r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)", re.ASCII)
_ENGLISH = dict(zip(_ENGLISH_MONTHS.split("|"), range(1, 13), strict=True))
# Zones as Arab outlets mean them; libraries take AST for Canada's, and know no zone in Arabic.
_ZONES = (
    (re.compile(r"\b(?:AST|KSA)\b|بتوقيت (?:السعودية|مكة المكرمة|مكة|الكويت|قطر|الدوحة|بغداد)"), "+0300"),
    (re.compile(r"\bGST\b|بتوقيت (?:الإمارات|أبو ?ظبي|دبي|مسقط)"), "+0400"),
    (re.compile(r"بتوقيت [جغ]رين[ي]?تش"), "+0000"),
)
# Ways of writing a zone or its place that libraries overlook, without a word, or do not know.
_ZONE_COMMENT = re.compile(r"(?<=[+-]\d{4}) \([\w ]{1,30}\)$")
_OFFSET = re.compile(r"(?<=:\d\d)(?: ?(?:GMT|UTC))? ?([+-])(\d{1,2})(?::?(\d{2}))?$")
_UNIX = re.compile(r"[A-Za-z]{3} ([A-Za-z]{3}) (\d{1,2}) (\d{2}:\d{2}:\d{2}) (\S{1,6}) (\d{4})", re.ASCII)
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{4})?", re.ASCII)


def parse_date(text: str) -> datetime | None:
    """The date that ``text`` means, or None.

    A date without a zone is taken as UTC. Nothing is said here about whether the date makes sense; see plausible().
    """
    text = text.strip()[:_MAX_TEXT]
    if (date := _usual(text)) is not None:
        return date
    if (_RFC_822.fullmatch(text) or _ISO_8601.fullmatch(text)) and (parsed := feedparsers_date(text)):
        return _of_struct(parsed)
    text = text.translate(_DIGITS)
    if not any(char.isdecimal() for char in text):
        return None
    text = _common(text)
    readers = (_epoch, _end_of_day, _rfc_822, _arabic, _by_library)
    return next((date for read in readers if (date := read(text)) is not None), None)


def _usual(text: str) -> datetime | None:
    try:
        if found := _USUAL_RFC_822.fullmatch(text):
            day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
            date = datetime(
                int(year), _ENGLISH[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC
            )
            if sign is None:
                return date
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            return date + offset if sign == "-" else date - offset
        if _USUAL_ISO_8601.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:  # a thirtieth of February: libraries differ
        pass
    return None


def _common(text: str) -> str:
    """The same date, with its zone and its order as the readers know them."""
    for zone, offset in _ZONES:
        text = zone.sub(offset, text)
    text = _UNIX.sub(r"\2 \1 \5 \3 \4", _ZONE_COMMENT.sub("", text))
    if basic := _BASIC.fullmatch(text):
        return "{}-{}-{} {}:{}:{} {}".format(*(part or "00" for part in basic.groups()[:6]), basic[7] or "")
    return text if _ISO_8601.fullmatch(text) else _OFFSET.sub(_whole_offset, text)


def _whole_offset(found: re.Match[str]) -> str:
    return f" {found[1]}{found[2]:0>2}{found[3] or '00'}"


def plausible(date: datetime | None, now: datetime) -> datetime | None:
    """The same date, or None when news cannot have it: before 1995, or more than two days ahead."""
    if date is None or not EARLIEST <= date <= now + FUTURE:
        return None
    return date


def _of_struct(parsed: time.struct_time) -> datetime | None:
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _epoch(text: str) -> datetime | None:
    """Seconds, or milliseconds, since 1970."""
    if not _EPOCH.fullmatch(text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


def _end_of_day(text: str) -> datetime | None:
    """``24:00:00`` is the next day's first second, which no library here reads."""
    if not _HOUR_24.search(text):
        return None
    midnight = _HOUR_24.sub(r"00:00\1", text)
    date = _rfc_822(midnight) or _by_library(midnight)
    return date + timedelta(days=1) if date else None


def _rfc_822(text: str) -> datetime | None:
    """The usual form of RSS where feedparser does not take it: without a zone."""
    if not _RFC_822.fullmatch(text):
        return None
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)


def _arabic(text: str) -> datetime | None:
    """``18 حزيران 2024 - 10:30 مساءً``, in any country's month names and in either digits."""
    folded = text.translate(_FOLD)
    found = _ARABIC_DATE.search(folded)
    if found is None:
        return None
    hour, minute, second = _time_of_day(folded)
    try:
        return datetime(
            int(found["year"]),
            _MONTH_OF[found["month"]],
            int(found["day"]),
            hour,
            minute,
            second,
            tzinfo=_zone(folded),
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _time_of_day(folded: str) -> tuple[int, int, int]:
    found = _CLOCK.search(folded)
    if found is None:
        return 0, 0, 0
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half in {"م", "مساء", "ظهرا", "pm"} and hour < 12:
        hour += 12
    elif half in {"ص", "صباحا", "am"} and hour == 12:
        hour = 0
    return hour, int(found["minute"]), int(found["second"] or 0)


def _zone(folded: str) -> timezone:
    found = _ZONE.search(folded)
    if found is None:
        return UTC
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    return timezone(-offset if found["sign"] == "-" else offset) if offset < timedelta(hours=24) else UTC


def _by_library(text: str) -> datetime | None:
    import dateparser  # half a second to load, and hardly ever needed

    try:
        date = dateparser.parse(
            text,
            languages=["ar", "en", "fr"],
            settings={
                "TIMEZONE": "UTC",
                "RETURN_AS_TIMEZONE_AWARE": True,
                "REQUIRE_PARTS": ["day", "month", "year"],
                "PARSERS": ["absolute-time"],
                "DATE_ORDER": "DMY",  # as the Arab press writes; without it 5/6 would be May
                "PREFER_LOCALE_DATE_ORDER": False,
            },
        )
        return date.astimezone(UTC) if date else None
    except (ValueError, OverflowError, TypeError, AttributeError, RecursionError):
        return None
