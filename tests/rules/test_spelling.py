"""Foreign names: one name, many spellings."""

import pytest

from rules.arabic.spelling import SPLIT_FROM, spacings
from tests.rules.workshop import name_in


@pytest.mark.parametrize(
    "text",
    [
        "كيم جونغ أون",
        "كيم جونج أون",
        "كيم جونغ-أون",
        "كيم جونغ – أون",
        "كيم غونغ اون",
        "کیم جونگ أون",
        "كيم جونغأون",
        "كيمجونغ أون",
        "كيمجونغاون",
        "لكيم جونق أون",
        "وبكيم جونج اون",
        "قيم جونغ أون",
    ],
)
def test_kim_in_every_spelling(text: str) -> None:
    """ج غ ق ك گ are one letter in a foreign name, and its words may be joined."""
    assert name_in("كيم جونغ أون", text, foreign=True)


@pytest.mark.parametrize("text", ["كيم جونغ إيل", "كيم أون", "جونغ أون", "كيم جون أون", "كيم ثم جونغ أون"])
def test_other_people_are_not_kim(text: str) -> None:
    """Spacing and letters may differ, the name may not."""
    assert not name_in("كيم جونغ أون", text, foreign=True)


@pytest.mark.parametrize("name", ["بيونغيانغ", "بيونغ يانغ"])
@pytest.mark.parametrize(
    "text", ["بيونغيانغ", "بيونغ يانغ", "بيونج يانج", "بيونغ-يانغ", "پيونگ يانگ", "لبيونجيانج"]
)
def test_pyongyang_joined_spaced_hyphenated(name: str, text: str) -> None:
    """However the lexicon spaces it, the text may space it otherwise."""
    assert name_in(name, text, foreign=True)


def test_an_arabic_name_is_not_so_lenient() -> None:
    """Without ``spelling: foreign`` the letters and the spacing are those of the lexicon."""
    assert not name_in("بيونغ يانغ", "بيونج يانج")
    assert not name_in("بيونغ يانغ", "بيونغيانغ")
    assert name_in("پوتين", "بوتين")


def test_short_one_word_names_keep_their_letters() -> None:
    """كيم must not be found in قيم (values) or غيم (clouds)."""
    assert name_in("كيم", "وكيم", foreign=True)
    assert not name_in("كيم", "غيم", foreign=True)
    assert name_in("كيربي", "جيربي", foreign=True)


def test_spacings_are_few() -> None:
    """A long name does not unfold into thousands of spellings."""
    assert len(list(spacings(["كيم", "جونغ", "اون", "الثاني"]))) == 8
    assert list(spacings(["ا", "ب", "ج", "د", "ه"])) == [("ا", "ب", "ج", "د", "ه")]
    assert len(list(spacings(["ب" * 40]))) < 40
    assert list(spacings(["ب" * (SPLIT_FROM - 1)])) == [("ب" * (SPLIT_FROM - 1),)]
