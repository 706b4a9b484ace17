"""What headers say about time."""

from datetime import datetime

import pytest

from feeds.freshness import http_date, max_age, retry_after

DATE = "Wed, 19 Jun 2024 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=300"}, 300),
        ({"Cache-Control": "public, Max-Age = 300, must-revalidate"}, 300),
        ({"Cache-Control": 'max-age="300"'}, 300),
        ({"Cache-Control": "max-age=300", "Age": "100"}, 200),
        ({"Cache-Control": "max-age=300", "Age": "900"}, 0),
        ({"Cache-Control": "max-age=300", "Age": "old"}, 300),
        ({"Cache-Control": "max-age=300", "Date": "Wed, 19 Jun 2024 11:58:00 GMT"}, 181),
        ({"Cache-Control": "max-age=300", "Date": "Wed, 19 Jun 2024 11:58:00 GMT", "Age": "200"}, 100),
        ({"Cache-Control": "max-age=300", "Date": "Wed, 19 Jun 2024 11:59:59 GMT"}, 300),
        ({"Cache-Control": "max-age=300", "Date": "Wed, 19 Jun 2024 11:00:00 GMT"}, 300),
        ({"Cache-Control": "max-age=300", "Date": "Wed, 19 Jun 2024 13:00:00 GMT"}, 300),
        ({"Cache-Control": "s-maxage=300"}, None),
        ({"Cache-Control": "no-cache, max-age=300"}, None),
        ({"Cache-Control": "no-store"}, None),
        ({"Cache-Control": "max-age=soon"}, None),
        ({"Cache-Control": "max-age=-5"}, None),
        ({"Expires": "Wed, 19 Jun 2024 12:10:00 GMT", "Date": DATE}, 600),
        ({"Expires": "Wed, 19 Jun 2024 12:10:00 GMT", "Date": "Wed, 19 Jun 2024 12:09:00 GMT"}, 60),
        ({"Expires": "Wed, 19 Jun 2024 12:10:00 GMT"}, 600),
        ({"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        ({"Expires": "0"}, None),
        ({"Expires": "-1"}, None),
        ({"Expires": "Wed, 19 Jun 2024 12:10:00 GMT", "Cache-Control": "max-age=5"}, 5),
    ],
)
def test_how_long_an_answer_stays_fresh(
    headers: dict[str, str], seconds: float | None, noon: datetime
) -> None:
    """max-age before Expires, both against the server's own clock; nonsense says nothing."""
    assert max_age(headers, noon) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "Wed, 19 Jun 2024 13:00:00 GMT", "Date": DATE}, 3600),
        ({"Retry-After": "Wed, 19 Jun 2024 13:00:00 GMT", "Date": "Wed, 19 Jun 2024 12:59:00 GMT"}, 60),
        ({"Retry-After": "Wed, 19 Jun 2024 11:00:00 GMT"}, 0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "١٢٠"}, None),
    ],
)
def test_how_long_a_server_asks_to_wait(
    headers: dict[str, str], seconds: float | None, noon: datetime
) -> None:
    """Seconds, or a date against the server's own clock."""
    assert retry_after(headers, noon) == seconds


def test_dates_of_http_are_in_utc() -> None:
    """An offset is turned into UTC; text is no date."""
    assert str(http_date("Wed, 19 Jun 2024 15:00:00 +0300")) == "2024-06-19 12:00:00+00:00"
    assert http_date("tomorrow") is None
