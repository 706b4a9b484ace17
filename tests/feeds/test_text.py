"""HTML to plain text: letters exact, markup gone, nothing hidden left."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import text as reading
from feeds.text import one_line, paragraphs


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("خبر عاجل", "خبر عاجل"),
        ("  خبر \n\t عاجل  ", "خبر عاجل"),
        ("<b>خبر</b> عاجل", "خبر عاجل"),
        ("قال &quot;نعم&quot; &amp; انصرف", 'قال "نعم" & انصرف'),
        ("قال &amp;quot;نعم&amp;quot;", 'قال "نعم"'),
        ("&lt;b&gt;عاجل&lt;/b&gt;: خبر", "عاجل: خبر"),
        ("&amp;lt;b&amp;gt;عاجل&amp;lt;/b&amp;gt;", "عاجل"),
        ("الذهب &#1571;غلى &#x623;يضا", "الذهب أغلى أيضا"),
        ("5 < 6 و 7 > 3", "5 < 6 و 7 > 3"),
        ("AT&T تربح", "AT&T تربح"),
        ("خبر\u00a0عاجل&nbsp;جدا", "خبر عاجل جدا"),
        ("الجـــزائر", "الجـــزائر"),
        ("صِرَاطٌ مُستَقِيم", "صِرَاطٌ مُستَقِيم"),
        ("\ufee7\ufeae\ufe8d\ufee1", "\ufee7\ufeae\ufe8d\ufee1"),
        ("می\u200cشود", "می\u200cشود"),
        ("\u200f\u202bخبر\u202c \u2067عاجل\u2069\u200e", "خبر عاجل"),
        ("خبر\u202eلجاع\u202c", "خبرلجاع"),
        ("خبر\x00\x07\x1b عاجل\ufeff\u200b", "خبر عاجل"),
        ("عاجل<script>alert('x')</script> خبر", "عاجل خبر"),
        ("<style>p{}</style>خبر<!-- سر -->", "خبر"),
        ("سطر<br>آخر", "سطر آخر"),
        ("", ""),
        ("<img src=x>", ""),
    ],
)
def test_a_title_is_one_plain_line(markup: str, text: str) -> None:
    """Entities, tags, twice-escaped ones, spaces and invisible characters, each to what a reader should see."""
    assert one_line(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>الأولى</p><p>الثانية</p>", "الأولى\nالثانية"),
        ("<p>الأولى\nفي سطرين</p>\n\n<p>الثانية</p>", "الأولى في سطرين\nالثانية"),
        ("سطر<br/>آخر<br>\n<br>وثالث", "سطر\nآخر\nوثالث"),
        ("<ul><li>واحد</li><li>اثنان</li></ul>", "واحد\nاثنان"),
        ("<table><tr><td>أ</td><td>ب</td></tr><tr><td>ج</td></tr></table>", "أ ب\nج"),
        ("كلمة<b>متصلة</b>", "كلمةمتصلة"),
        ("نص عادي\nفي سطرين\r\nوثالث", "نص عادي\nفي سطرين\nوثالث"),
        ("<p>قال <a href='x'>فلان</a>، ثم مضى</p>", "قال فلان، ثم مضى"),
        ('زار &lt;a href="https://x"&gt;المدينة&lt;/a&gt; أمس', "زار المدينة أمس"),
        ('<div>زار &lt;a href="https://x"&gt;المدينة&lt;/a&gt; أمس</div>', "زار المدينة أمس"),
        ("<p>الشرط: س &lt; ص</p>", "الشرط: س < ص"),
        ("<iframe src='x'>لا</iframe><p>نعم</p>", "نعم"),
        ("<p>نص</p><script>var a='<p>لا</p>'</script>", "نص"),
        ("<p>غير مغلق <b>تمامًا", "غير مغلق تمامًا"),
    ],
)
def test_paragraphs_are_kept_apart(markup: str, text: str) -> None:
    """A break where blocks end, and nowhere else; markup that an editor escaped once too often is read too."""
    assert paragraphs(markup) == text


def test_long_texts_are_cut_at_a_word() -> None:
    """Nothing grows without bounds, and the cut shows."""
    text = paragraphs("كلمة " * 1000, limit=52)
    assert len(text) <= 52
    assert text.endswith("كلمة…")
    assert len(one_line("س" * 5000)) == 1000


@pytest.mark.parametrize(
    "markup",
    [
        "<" * 100_000,
        "<div>" * 200_000,
        "<span>" * 40_000 + "<p></p>" * 40_000 + "</span>" * 40_000,
        "<div></x>" * 100_000,
        "&" * 200_000,
        "<a " * 50_000,
        "<p>" + "\n" * 200_000,
        "&lt;a " * 50_000,
    ],
)
def test_hostile_markup_takes_no_time(markup: str) -> None:
    """Deep, endless or unfinished: still quick."""
    begun = time.thread_time()
    one_line(markup)
    paragraphs(markup)
    assert time.thread_time() - begun < 2


@given(st.text(max_size=200))
def test_any_text_comes_out_clean(markup: str) -> None:
    """Whatever goes in, what comes out is one line, has no control, bidi or surrogate character, and can be stored."""
    text = one_line(markup)
    assert "\n" not in text
    assert not any(
        char < " " or "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069" for char in text
    )
    text.encode("utf-8")
    paragraphs(markup).encode("utf-8")


MARKUP = [
    "<p>", "</p>", "<br>", "<br/>", "<BR />", '<div class="x y">', "</div>", "<b>", "</b>", "<a href='x'>",
    "<A HREF=x>", "</a>", '<img src=/x/ alt="a b"/>', "<li>", "</ul>", "<h2>", "</h3>", "<i>", "</i>", "</br>",
    "<p\n>", "<b\tx=1>", "<u/>", "<p / >", '<a href="x>y">', '<p a="', '<p "x>', '<a b=c"d>', "<p=>", "</p x>",
    "<strong", "<pre>", "<table>", "<td>", "<select>", "<title>", "<header>", "<script>", "</script>", "<SVG>",
    "<!-- x -->", "&amp;", "&nbsp", "نص", "a b", " ", "\n", "\r", "\f", ">", '"', "'", "\u00a0", "\x00",
]  # fmt: skip


@settings(max_examples=1_000, deadline=None)
@given(st.lists(st.sampled_from(MARKUP), max_size=9).map("".join))
def test_what_is_read_at_once_is_what_a_parser_of_html_gives(markup: str) -> None:
    """Common tags are taken out without a parser, and nothing is looked for that is not there: the text is the same."""
    at_once = paragraphs(markup), one_line(markup)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_COMMON_TAG", re.compile("(?!)"))
        patch.setattr(reading, "_UNREAD", re.compile(""))
        assert (paragraphs(markup), one_line(markup)) == at_once
