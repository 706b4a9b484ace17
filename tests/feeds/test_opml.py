"""OPML both ways: nested, Arabic, and whatever strangers call OPML."""

from dataclasses import replace

import pytest

from feeds.opml import BadOpml, Outline, parse_opml, write_opml
from tests.feeds.town import NOW

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<!-- exported -->
<opml version="2.0">
  <head><title>خلاصاتي</title></head>
  <body>
    <outline text="الصحف">
      <outline text="مصر" title="مصر">
        <outline type="rss" text="الأهرام" xmlUrl="https://ahram.example/rss" language="ar"/>
      </outline>
      <outline title="بلا نص" xmlurl=" https://small.example/rss "/>
    </outline>
    <outline type="atom" text="وكالة" xmlUrl="https://agency.example/atom#x"/>
    <outline text="مرة أخرى" xmlUrl="https://ahram.example/rss"/>
    <outline text="داخلي" xmlUrl="http://169.254.169.254/latest"/>
    <outline text="ملف" xmlUrl="file:///etc/passwd"/>
    <outline text="رابط فقط" url="https://page.example/"/>
  </body>
</opml>
"""


def test_a_nested_list_is_read_with_its_places() -> None:
    """Folders, languages, lines; each address once; what the guard refuses is told with its line, not taken."""
    found = parse_opml(LIST.encode())
    assert found.title == "خلاصاتي"
    assert found.feeds == (
        Outline("https://ahram.example/rss", "الأهرام", "الصحف / مصر", "ar", "", 8),
        Outline("https://small.example/rss", "بلا نص", "الصحف", "", "", 10),
        Outline("https://agency.example/atom", "وكالة", "", "", "atom", 12),
    )
    assert [(one.line, one.title) for one in found.bad] == [(14, "داخلي"), (15, "ملف")]
    assert "not a public address" in found.bad[0].detail


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "windows-1256"])
def test_a_list_in_another_charset(charset: str) -> None:
    """Old readers write what their country wrote."""
    text = LIST.replace('encoding="UTF-8"', f'encoding="{charset.removesuffix("-sig")}"')
    assert parse_opml(text.encode(charset)).feeds[0].title == "الأهرام"


def test_what_is_written_reads_back_the_same() -> None:
    """Titles with every sign that XML knows, nested folders, kinds and languages."""
    feeds = [
        Outline("https://a.example/?x=1&y=2", "<الأولى> & \"الثانية\" 'ثالثة'", "صحف / مصر", "ar"),
        Outline("https://b.example/", "ب", "صحف / مصر", "ar", "atom"),
        Outline("https://c.example/", "ج", "", "fa", "json"),
    ]
    written = write_opml(feeds, title="راصد", now=NOW)
    back = parse_opml(written)
    assert {(one.url, one.title, one.folder, one.language, one.kind) for one in back.feeds} == {
        (one.url, one.title, one.folder, one.language, one.kind) for one in feeds
    }
    assert back.title == "راصد"
    assert written.count(b'text="\xd8\xb5\xd8\xad\xd9\x81"') == 1  # one outline a folder


def test_what_opml_has_no_word_for_comes_back_too() -> None:
    """Both names, country, tier, section, owner and every kind; unknown owners and control characters do not."""
    feeds = [
        Outline(
            "https://a.example/", "الأولى", "EG", "ar", "telegram", 0, "First", "EG", 1, "سياسة", "state"
        ),
        Outline("https://b.example/", "الثانية", "", "ar", "", 0, "Second", "", 3, ""),
    ]
    back = parse_opml(write_opml(feeds, title="t", now=NOW)).feeds
    assert {replace(one, line=0) for one in back} == set(feeds)
    assert back[0].own
    odd = write_opml([replace(feeds[0], ownership="mine")], title="t", now=NOW)
    assert parse_opml(odd).feeds[0].ownership == ""
    (plain,) = parse_opml(write_opml([Outline("https://a.example/", "a\x00\x1bb")], title="t", now=NOW)).feeds
    assert (plain.title, plain.own) == ("ab", False)


@pytest.mark.parametrize(
    ("mark", "url"),
    [
        ("xmlURL='https://a.example/f'", "https://a.example/f"),
        ("XMLURL='https://a.example/f'", "https://a.example/f"),
        ("xmlUrl='feed://a.example/f'", "http://a.example/f"),
        ("xmlUrl='feed:https://a.example/f'", "https://a.example/f"),
    ],
)
def test_addresses_as_old_readers_wrote_them(mark: str, url: str) -> None:
    """None is passed over in silence."""
    assert [one.url for one in parse_opml(f"<opml><body><outline {mark}/></body></opml>".encode()).feeds] == [
        url
    ]


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"", 1, "missing, not opml"),
        (b"<rss/>", 1, "rss, not opml"),
        (b"<html><body>no</body></html>", 1, "html, not opml"),
        (b"<opml version='2.0'/>", 1, "there is no body"),
        (b"<opml>\n<body>\n<outline text='a'\n</body></opml>", 4, "not well-formed"),
        (b"<!-- one\n two -->\n<opml>\n<body>\n<outline>\n</body></opml>", 6, "not well-formed"),
        (b"<!DOCTYPE o [<!ENTITY a 'b'>]><opml><body/></opml>", 1, "entities"),
        (b"<!DOCTYPE o [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><opml/>", 1, "entities"),
        (b"<opml><body><outline text='&x;'/></body></opml>", 1, "not well-formed"),
        (b"\x00\x01\x02", 1, "missing, not opml"),
    ],
)
def test_what_is_no_list_has_a_line(content: bytes, line: int, said: str) -> None:
    """Never a traceback, never a file opened."""
    with pytest.raises(BadOpml, match=said) as caught:
        parse_opml(content)
    assert caught.value.line == line


def test_a_thousand_folders_deep() -> None:
    """Depth costs no recursion: it is either read or refused."""
    deep = "<opml><body>" + "<outline text='x'>" * 200 + "<outline xmlUrl='https://a.example/'/>"
    deep += "</outline>" * 200 + "</body></opml>"
    assert [one.url for one in parse_opml(deep.encode()).feeds] == ["https://a.example/"]
    with pytest.raises(BadOpml, match="not well-formed"):
        parse_opml(f"<opml><body>{'<outline>' * 100_000}".encode())
