"""Feed text made harmless."""

import pytest

from bot.texts.clean import clean, clip, utf16


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("  سطر\n\tآخر  ", "سطر آخر"),
        ("أ\u202eب\u2066ج\u200fد\u061c", "أبجد"),
        ("أ\x00ب\x07ج\ud800", "أبج"),
        ("خبر https://evil.example/a?b هنا", "خبر … هنا"),
        ("www.evil.example", "…"),
        ("خبرhttps://evil.example هنا", "خبر… هنا"),
        ("أرسل /unfollow الآن", "أرسل /\u2060unfollow الآن"),
        ("أرسل /\u200bunfollow أو /\u2060stop", "أرسل /\u2060unfollow أو /\u2060stop"),
        ("خبر http\u200bs://evil.example هنا", "خبر … هنا"),
        ("مع @desk و mail@host.example", "مع @\u2060desk و mail@\u2060host.\u2060example"),
        ("evil.example/a نسبة 1.5 و t.me/x", "evil.\u2060example/a نسبة 1.5 و t.\u2060me/x"),
        ("خبر #عاجل و #سوريا_اليوم", "خبر #\u2060عاجل و #\u2060سوريا_اليوم"),
        ("(#News) ＃tag #1st #\u200cوسم", "(#\u2060News) ＃\u2060tag #\u20601st #\u2060\u200cوسم"),
        ("اتصل بـ+20 (2) 555-01-23 أو +٩٦٢٥٥٥٠١٢٣", "اتصل بـ+\u206020 (2) 555-01-23 أو +\u2060٩٦٢٥٥٥٠١٢٣"),
        ("نمو +5% و 3+4", "نمو +5% و 3+4"),
        ("رقم #2024 و # وسم و C# و a#", "رقم #2024 و # وسم و C# و a#"),
        ("سهم $USD و $1.5 و 20$ و $1INCH", "سهم $\u2060USD و $1.5 و 20$ و $\u20601INCH"),
        ("#\u200bوسم $\u2060USD", "#\u2060وسم $\u2060USD"),
        ("\u3164\u2800 \u200d\ufe0f\u0651\u2062", ""),
        ("\u0651\u200dبوتين", "بوتين"),
        (" \u202e🏽\ufe0f\u200d 🏽 بوتين 🏽", "بوتين 🏽"),
        ("ب\u2063ج\u206a\u06dd1", "بج\u06dd1"),
        ("نسبة 1/2 و 10/2024", "نسبة 1/2 و 10/2024"),
        ("ب\u064b\u0651\u0650\u064f\u064e", "ب\u064b\u0651\u0650"),
        ("مي\u200cخواهم 👨\u200d👩\u200d👧 🫨", "مي\u200cخواهم 👨\u200d👩\u200d👧 🫨"),
        ("a\U000e0041b\ufffe\ufeff", "ab"),
    ],
)
def test_what_becomes_of_text(dirty: str, cleaned: str) -> None:
    """Controls, bare links, commands and stacked marks lose their power; writing stays as it is."""
    assert clean(dirty).text == cleaned


def test_spans_follow_their_words() -> None:
    """A span names the same word after cleaning; overlapping, empty and impossible ones are mended or dropped."""
    cleaned = clean("\u202eقال  بوتين", [(7, 12), (6, 9), (3, 3), (90, 99), (-4, 0)])
    assert [cleaned.text[start:end] for start, end in cleaned.spans] == ["بوت", "ين"]


def test_clip_counts_as_telegram_does() -> None:
    """Lengths are UTF-16 code units, and the ellipsis is within them."""
    assert utf16("🟠ب") == 3
    assert clip("🟠🟠🟠", 6) == "🟠🟠🟠"
    assert clip("🟠🟠🟠", 5) == "🟠🟠…"


@pytest.mark.parametrize("sign", ["🇪🇬", "👨\u200d👩\u200d👧", "👍🏽", "❤\ufe0f", "ب\u0651\u064e"])
@pytest.mark.parametrize("units", range(2, 24))
def test_clip_keeps_signs_whole(sign: str, units: int) -> None:
    """A flag, a family or a coloured hand is shown whole or not at all."""
    clipped = clip(sign * 8, units)
    assert utf16(clipped) <= units
    assert clipped.rstrip("…") == sign * (len(clipped.rstrip("…")) // len(sign))


def test_clip_tears_nothing() -> None:
    """A cut falls between words where one ends near, and never between a letter and its marks."""
    assert clip("كلمة أولى وكلمة ثانية", 18) == "كلمة أولى وكلمة…"
    assert clip("ب\u0651ب\u0651ب\u0651", 5) == "ب\u0651ب\u0651…"


def test_cleaning_twice_changes_nothing() -> None:
    """A text that went through two hands is as harmless as after one."""
    once = clean("قال /unfollow @desk https://a.example \u202e<b>").text
    assert clean(once).text == once
