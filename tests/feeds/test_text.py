"""HTML to plain text: letters exact, markup gone, nothing hidden left."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
