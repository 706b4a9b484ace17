"""Where words begin and end."""

import pytest

from rules.arabic import fold_tokens, word_spans


@pytest.mark.parametrize(
    "written",
    ["كيم جونغ-أون", "كيم جونغ – أون", "كيم جونغ أون", "«كيم» جونغ، أون.", "كيم\u00a0جونغ\u200f أون"],
)
def test_hyphens_and_spaces_part_words_alike(written: str) -> None:
    """However the name is spaced or hyphenated, it is three words."""
    assert fold_tokens(written) == ["كيم", "جونغ", "اون"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("24عاما", ["24", "عاما"]),
        ("لـCNN", ["ل", "cnn"]),
        ("F-16", ["f", "16"]),
        ("COVID19", ["covid19"]),
        ("لـ«كيم»ـهم", ["ل", "كيم", "هم"]),
        ("1,2345", ["1", "2345"]),
        ("1,234,567", ["1234567"]),
        ("2022،2023", ["2022", "2023"]),
        ("3.5", ["3", "5"]),
        ("ـــ", []),
        ("\u064e", []),
        ("", []),
        ("a_b", ["a", "b"]),
        ("½", ["½"]),
    ],
)
def test_what_parts_words(written: str, expected: list[str]) -> None:
    """Arabic and other letters never share a word; a number with thousands separators is one word."""
    assert fold_tokens(written) == expected


def test_the_place_of_a_word_leaves_invisible_tails_out() -> None:
    """Evidence ends with the last letter or mark, not with a control or tatweel after it."""
    text = "قال بوتينُـ\u200f، أمس"
    spans = word_spans(text)
    assert [text[start:end] for start, end in spans] == ["قال", "بوتينُ", "أمس"]
