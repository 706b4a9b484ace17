"""Folding: all spellings of a word under one key, and no two words under one."""

import itertools
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules.arabic import fold_tokens, fold_word, word_spans, words
from rules.arabic.alphabet import CONTROLS, LETTERS, LOOSE_MARKS, MARKS, expand

ARABIC = st.text(
    st.sampled_from("ابتةثجحخدذرزسشصضطظعغفقكلمنهويىأإآٱؤئءکیگپڤـًٌٍَُِّْٰٕٓٔ \u200f\u200c\u00a0-،.0٣۴a\ufefb\ufe8e")
)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("أإآٱا", "ااااا"),
        ("موسى", "موسي"),
        ("كيربى", "كيربي"),
        ("زيارة", "زياره"),
        ("بـــوتيـن", "بوتين"),
        ("مُحَمَّدٌ", "محمد"),
        ("هٰذا", "هذا"),
        ("کیم", "كيم"),
        ("گورباتشوف", "كورباتشوف"),
        ("پوتين", "بوتين"),
        ("ڤلاديمير", "فلاديمير"),
        ("مسؤول", "مسؤول"),
        ("مسئول", "مسئول"),
        ("مسـٔول", "مسئول"),
        ("و\u0654", "ؤ"),
        ("ا\u0654", "ا"),
        ("ا\u0653", "ا"),
        ("\ufefb", "لا"),  # the ligature of lam and alef
        ("\ufef7", "لا"),  # of lam and alef with hamza
        ("\ufe91\ufeee\ufe97\ufef4\ufee6", "بوتين"),  # presentation forms
        ("\ufdf2", "الله"),
        ("م\ufe76حم\ufe7cد", "محمد"),  # isolated forms of marks
        ("٦٧٠٠", "6700"),
        ("۶۷۰۰", "6700"),
        ("6,700", "6700"),
        ("٦٬٧٠٠", "6700"),
        ("12،500", "12500"),
        ("CNN", "cnn"),
        ("بو\u200dتين", "بوتين"),
        ("بو\u200cتين", "بوتين"),
        ("بوتين\u200f", "بوتين"),
        ("بو\u00adتين", "بوتين"),
    ],
)
def test_spellings_share_a_key(written: str, key: str) -> None:
    """Each of these is one word, folded to its plain spelling."""
    assert fold_tokens(written) == [key]


@pytest.mark.parametrize(
    ("one", "other"), [("سؤال", "سوال"), ("رئيس", "رييس"), ("قيم", "كيم"), ("باب", "بابا")]
)
def test_different_words_keep_different_keys(one: str, other: str) -> None:
    """ؤ and ئ stay, and ج غ ق ك are one letter only inside foreign names."""
    assert fold_word(one) != fold_word(other)


def test_the_order_of_marks_does_not_matter() -> None:
    """A hamza that is typed after a shadda still makes ؤ."""
    assert fold_word("و\u0651\u0654") == fold_word("و\u0654\u0651") == "ؤ"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    """The key of a key is itself, for any text."""
    folded = fold_tokens(text)
    assert [fold_word(key) for key in folded] == folded


@given(ARABIC)
def test_folded_text_reads_as_the_same_words(text: str) -> None:
    """The keys, written out, are cut into the same words again."""
    folded = fold_tokens(text)
    assert fold_tokens(" ".join(folded)) == folded


@given(ARABIC)
def test_marks_and_tatweel_never_change_the_words(text: str) -> None:
    """Harakat and tatweel after a letter leave all keys as they are."""
    assume("\u0654" not in text)  # after a tatweel it has a seat of its own
    vowelled = "".join(char + "\u064e\u0640" if char in "بتجدرسعملن" else char for char in text)
    assert fold_tokens(vowelled) == fold_tokens(text)


@given(st.text() | ARABIC)
def test_places_are_those_of_the_words(text: str) -> None:
    """Every word has a place in the original; the slice there folds to the word's key; places do not overlap."""
    spans = word_spans(text)
    assert [fold_word(text[start:end]) for start, end in spans] == fold_tokens(text)
    assert all(start < end for start, end in spans)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))


@given(st.text())
def test_every_word_keeps_a_letter_or_digit(text: str) -> None:
    """No word folds to nothing: the number of words is the number of keys."""
    assert all(fold_tokens(text)), words(text)


def test_the_classes_hold_what_they_say() -> None:
    """Letters are letters, marks are marks, controls are invisible, by Unicode's own categories."""
    assert {unicodedata.category(char) for char in expand(LETTERS)} <= {"Lo", "Lm", "Cn"}
    assert {unicodedata.category(char) for char in expand(MARKS)} <= {"Mn", "Lm"}
    assert {unicodedata.category(char) for char in expand(CONTROLS)} <= {"Cf", "Mn"}
    loose = set(expand(LOOSE_MARKS)) - {
        "\ufe73",
        "\ufe75",
    }  # a tail fragment, and a place without a character
    assert all(unicodedata.normalize("NFKC", char)[0] in " \u0640" for char in loose)


def test_every_character_has_one_key() -> None:
    """Each code point of Unicode, alone, is no word or one word whose key is its own key."""
    for code in range(0x110000):
        folded = fold_tokens(chr(code))
        assert all(key and fold_word(key) == key for key in folded), hex(code)
        assert fold_tokens(" ".join(folded)) == folded, hex(code)


def test_every_letter_of_arabic_is_known() -> None:
    """No Arabic letter of this Python's Unicode is outside the class, so none ever parts a word."""
    known = set(expand(LETTERS) + LOOSE_MARKS_AND_MORE)
    blocks = [
        range(0x600, 0x700),
        range(0x750, 0x780),
        range(0x8A0, 0x900),
        range(0xFB50, 0xFE00),
        range(0xFE70, 0xFF00),
    ]
    letters = {chr(code) for block in blocks for code in block if unicodedata.category(chr(code)) == "Lo"}
    assert letters - known == set()


LOOSE_MARKS_AND_MORE = expand(LOOSE_MARKS) + "\u0674"
