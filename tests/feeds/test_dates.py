"""Dates as Arabic feeds write them."""

from calendar import timegm
from datetime import UTC, datetime, timedelta

import pytest
from feedparser.datetimes import _parse_date
from hypothesis import given
from hypothesis import strategies as st

from feeds.dates import _ISO_8601, _RFC_822, parse_date, plausible


def utc(*parts: int) -> datetime:
    """A moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


DAY = utc(2024, 6, 18)
WRITTEN = {
    # what feedparser reads
    "Tue, 18 Jun 2024 10:30:00 GMT": utc(2024, 6, 18, 10, 30),
    "Tue, 18 Jun 2024 10:30:00 +0300": utc(2024, 6, 18, 7, 30),
    "Tue, 18 Jun 2024 10:30:00 +03:00": utc(2024, 6, 18, 7, 30),
    "2024-06-18T10:30:00+03:00": utc(2024, 6, 18, 7, 30),
    "2024-06-18T10:30:00.123Z": utc(2024, 6, 18, 10, 30),
    "2024-06-18 10:30:00": utc(2024, 6, 18, 10, 30),
    "2024-06-18": DAY,
    # no zone, odd zones
    "Tue, 18 Jun 2024 10:30:00": utc(2024, 6, 18, 10, 30),
    "18 Jun 2024 10:30": utc(2024, 6, 18, 10, 30),
    "Tue, 18 Jun 2024 10:30:00 EEST": utc(2024, 6, 18, 7, 30),
    "Tue, 18 Jun 2024 10:30:00 AST": utc(2024, 6, 18, 7, 30),
    "Tue, 18 Jun 2024 10:30:00 GST": utc(2024, 6, 18, 6, 30),
    "Tue, 18 Jun 2024 10:30:00 GMT+0300": utc(2024, 6, 18, 7, 30),
    "Tue, 18 Jun 2024 10:30:00 UTC+03:00": utc(2024, 6, 18, 7, 30),
    "Tue, 18 Jun 2024 10:30:00 GMT+3": utc(2024, 6, 18, 7, 30),
    "Tue, 18 Jun 2024 10:30:00 +3": utc(2024, 6, 18, 7, 30),
    "Tue, 18 Jun 2024 10:30:00 +0300 (AST)": utc(2024, 6, 18, 7, 30),
    "Tue Jun 18 10:30:00 AST 2024": utc(2024, 6, 18, 7, 30),
    "Tue Jun 18 10:30:00 +0300 2024": utc(2024, 6, 18, 7, 30),
    "Tue Jun 18 10:30:00 2024": utc(2024, 6, 18, 10, 30),
    "20240618T103000Z": utc(2024, 6, 18, 10, 30),
    "20240618T1030+0300": utc(2024, 6, 18, 7, 30),
    "18 يونيو 2024 22:30 بتوقيت السعودية": utc(2024, 6, 18, 19, 30),
    "18 يونيو 2024 10:30 مساءً بتوقيت غرينتش": utc(2024, 6, 18, 22, 30),
    "18 يونيو 2024 10:30 م بتوقيت أبوظبي": utc(2024, 6, 18, 18, 30),
    # the end of a day
    "Fri, 14 Nov 2025 24:00:00 GMT": utc(2025, 11, 15),
    "Wed, 31 Dec 2025 24:00:00 +0300": utc(2025, 12, 31, 21),
    "2025-11-14T24:00:00Z": utc(2025, 11, 15),
    # Arabic months: Egypt and the Gulf, the Levant, the Maghreb; both digits; morning and evening
    "18 يونيو 2024": DAY,
    "18 يونيه 2024": DAY,
    "18 حُزيران 2024": DAY,
    "18 جوان 2024": DAY,
    "الثلاثاء، 18 يونيو 2024 10:30 م": utc(2024, 6, 18, 22, 30),
    "الثلاثاء 18 يونيو/حزيران 2024": DAY,
    "18 يونيو (حزيران) 2024 - 09:05 صباحًا": utc(2024, 6, 18, 9, 5),
    "١٨ يونيو ٢٠٢٤ - ١٠:٣٠": utc(2024, 6, 18, 10, 30),
    "١٨ حزيران ٢٠٢٤ ١٢:١٥ ص": utc(2024, 6, 18, 0, 15),
    "18 كانون الثاني 2024 09:05 صباحا": utc(2024, 1, 18, 9, 5),
    "18 كانون الأول 2024": utc(2024, 12, 18),
    "3 تشرين الأول 2024": utc(2024, 10, 3),
    "3 تشرين الثاني 2024": utc(2024, 11, 3),
    "18 آب 2024 الساعة 22:15 +0300": utc(2024, 8, 18, 19, 15),
    "18 کانون الثانی 2024": utc(2024, 1, 18),
    "۱۸ يونيو ۲۰۲۴ ۱۰:۳۰": utc(2024, 6, 18, 10, 30),
    "18 أبريل 2024": utc(2024, 4, 18),
    "18 أفريل 2024": utc(2024, 4, 18),
    "1 ماي 2024": utc(2024, 5, 1),
    "1 مايو 2024": utc(2024, 5, 1),
    "18 غشت 2024": utc(2024, 8, 18),
    "18 شتنبر 2024": utc(2024, 9, 18),
    "Tue, 18 جويلية 2024 10:30:00 +0100": utc(2024, 7, 18, 9, 30),
    # what feedparser reads, and reads wrongly
    "18-06-2024": DAY,
    "18-6-24": DAY,
    "٢٠٢٤/٠٦/١٨": DAY,
    "05/06/2024 10:30": utc(2024, 6, 5, 10, 30),
    "18 June 2024 10:30 PM": utc(2024, 6, 18, 22, 30),
    "1718706600": utc(2024, 6, 18, 10, 30),
    "1718706600000": utc(2024, 6, 18, 10, 30),
    "mar., 18 juin 2024 10:30:00 +0100": utc(2024, 6, 18, 9, 30),
}  # fmt: skip


@pytest.mark.parametrize(("text", "moment"), WRITTEN.items())
def test_a_written_date_is_that_moment(text: str, moment: datetime) -> None:
    """The moment is exact."""
    assert parse_date(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "قريبا",
        "قبل ساعتين",
        "not a date",
        "2024",
        "Tue, 31 Feb 2024 10:00:00 GMT",
        "0000-00-00 00:00:00",
        "32 يونيو 2024",
        "18 يونيو 0000",
        "12 ذو الحجة 1445",
        "أمس",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    """No date is better than a guessed one."""
    assert parse_date(text) is None


def theirs(text: str) -> datetime | None:
    """feedparser's reading, where it is a moment."""
    found = _parse_date(text)
    try:
        return datetime.fromtimestamp(timegm(found), UTC) if found else None
    except ValueError:
        return None


@given(
    st.from_regex(
        r"((Sun|Wed|Fri), )?[0-3]?[0-9] (Jan|Feb|May|Sep|Dec) (19|20)[0-9]{2} [0-2][0-9]:[0-6][0-9]:[0-6][0-9]"
        r" (GMT|[+-][012][0-9][0-9]{2})",
        fullmatch=True,
    )
    | st.from_regex(
        r"(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[+-][01][0-9]:[0-9]{2})",
        fullmatch=True,
    )
)
def test_usual_dates_are_feedparsers(text: str) -> None:
    """What is read without feedparser is what it reads; impossible days and hours are not read otherwise either."""
    assert theirs(text) in (None, parse_date(text))


@given(st.from_regex(_RFC_822, fullmatch=True) | st.from_regex(_ISO_8601, fullmatch=True))
def test_feedparser_is_asked_without_fear(text: str) -> None:
    """Of the shapes in which it is right it raises nothing, and nothing slow is asked after it found a date."""
    assert (parse_date(text) is not None) >= (theirs(text) is not None)


@pytest.mark.parametrize(
    ("date", "sensible"),
    [
        (utc(1970, 1, 1), False),
        (utc(1994, 12, 31), False),
        (utc(1995, 1, 1), True),
        (utc(2024, 6, 19), True),
        (utc(2024, 6, 21, 12), True),
        (utc(2024, 6, 21, 12, 0, 1), False),
        (utc(2099, 1, 1), False),
        (utc(1445, 12, 11), False),
    ],
)
def test_only_sensible_dates_count(noon: datetime, date: datetime, sensible: bool) -> None:
    """1970, 2099 and the hijri year are no dates of news; a zone's error ahead is."""
    assert plausible(date, noon) == (date if sensible else None)


@given(st.text(max_size=80))
def test_any_text_is_a_date_or_none(text: str) -> None:
    """Nothing else comes out, and what comes is aware and in UTC."""
    date = parse_date(text)
    assert date is None or date.utcoffset() == timedelta(0)
