"""What is left out of a document before a parser meets it: too many entries, too much markup, long tags and texts."""

import pytest

from feeds.entries import MAX_ENTRIES
from feeds.errors import FailureKind, ParseError
from feeds.limits import MAX_MARKUP, MAX_TEXT, limit
from tests.feeds.documents import RSS_HEAD, RSS_TAIL, item, parse, rss

MANY = MAX_ENTRIES + 500


def dated(number: int, *, newest_first: bool) -> str:
    """An entry of its minute."""
    minute = MANY - number if newest_first else number
    date = f"{1 + minute // 1440:02}"
    return item(number, pubDate=f"{date} May 2024 {minute // 60 % 24:02}:{minute % 60:02}:00 GMT")


def test_an_honest_document_stays_as_it_is() -> None:
    """Long articles, pictures in their markup, some hundred entries: nothing is touched."""
    picture = f"<![CDATA[<img src='data:image/png;base64,{'A' * 300_000}'/> {'كلمة ' * 2_000}]]>"
    text = (
        RSS_HEAD
        + "".join(item(n, description=picture if n < 3 else "نص " * 400) for n in range(300))
        + RSS_TAIL
    )
    assert limit(text).problems == ()
    assert len(parse(text.encode()).entries) == 300


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_too_many_entries_the_newest_are_read(newest_first: bool) -> None:
    """Whichever end of the document they stand at; how many were left out, and from which line on."""
    text = RSS_HEAD + "\n".join(dated(n, newest_first=newest_first) for n in range(MANY)) + RSS_TAIL
    read = parse(text.encode())
    newest = max(one.published for one in read.entries if one.published)
    oldest = min(one.published for one in read.entries if one.published)
    assert (len(read.entries), read.damaged) == (MAX_ENTRIES, None)
    assert (newest - oldest).total_seconds() == (MAX_ENTRIES - 1) * 60
    assert newest.strftime("%d %H:%M") == ("02 17:40" if newest_first else "02 17:39")
    line = MAX_ENTRIES + 1 if newest_first else 1
    assert f"500 of {MANY} entries, from line {line} on, were left out" in read.problems[0]


def test_what_is_quoted_counts_as_text() -> None:
    """Markup in CDATA and comments costs a parser next to nothing, and begins no entry."""
    quoted = "<![CDATA[" + "<item><b a='x'>خبر</b></item>" * 40_000 + "]]>"
    text = RSS_HEAD + item(1, description=quoted) + "<!--" + "<item>" * 10_000 + "-->" + item(2) + RSS_TAIL
    assert limit(text).problems == ()


def test_a_tag_that_is_too_long_is_read_without_its_attributes() -> None:
    """Its entry is read, and those beside it; the line is that of the file, not of what a parser is given."""
    many = " ".join(f"a{n}='x>y'" for n in range(5_000))
    body = (
        "<?xml version='1.0'?>\n<!-- x -->\n"
        + RSS_HEAD
        + f"{item(1)}\n<item {many}><title>خبر</title></item>{item(2)}"
    )
    read = parse((body + RSS_TAIL).encode())
    assert len(read.entries) == 3
    assert "(the first in line 4)" in read.problems[0]


@pytest.mark.parametrize("text", ["خبر " * MAX_TEXT, "&#1575;" * MAX_TEXT, "&lt;b&gt;" * MAX_TEXT])
def test_a_text_that_is_too_long_is_cut_off_between_its_characters(text: str) -> None:
    """No half of a reference is left, and the document stays well-formed."""
    read = parse(rss(item(1), f"<item><guid>2</guid><description>{text}</description></item>", item(3)))
    assert (len(read.entries), read.damaged) == (3, None)
    assert "was cut off (line 1)" in read.problems[0]


@pytest.mark.parametrize(
    "inside",
    [
        "<a>" * MAX_MARKUP,
        "<item>" + "<a/>" * MAX_MARKUP + "</item>",
        "<" * MAX_MARKUP,
        "<a b='1'>" * MAX_MARKUP,
    ],
)
def test_too_much_markup_for_one_entry_is_too_hard(inside: str) -> None:
    """Told as what it is, before a parser spends its time on it."""
    with pytest.raises(ParseError) as caught:
        parse((RSS_HEAD + inside + RSS_TAIL).encode())
    assert caught.value.kind == FailureKind.TOO_HARD
    assert "tags and attributes" in caught.value.detail


def test_entries_are_read_as_far_as_the_markup_goes() -> None:
    """Heavy entries are fewer."""
    heavy = "<category>a</category>" * 10_000
    read = parse(rss(*(item(n, media=f"x</media>{heavy}<media>") for n in range(20))))
    assert (len(read.entries), read.damaged) == (5, None)
    assert f"15 of 20 entries, from line 1 on, were left out: more than {MAX_MARKUP} tags" in read.problems[0]
