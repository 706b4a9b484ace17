"""What admins read of rule files: where, why, what runs; in one message, whatever the files say."""

import unicodedata
from dataclasses import replace

import pytest

from bot.texts.bidi import LRM
from bot.texts.language import Language
from bot.texts.rule_news import MOST_FILES, ProblemLine, TroubleView, mended_page, troubles_page
from tests.bot.texts.telegram_html import deliverable, lines_from_the_right

PROBLEM = ProblemLine(
    path="library/topic/visits.yaml",
    line=5,
    column=3,
    code="S001",
    arabic="بنية الملف (YAML) غير سليمة",
    english="the file is not valid YAML",
    hint="ضع النص كله بين علامتي تنصيص.",
)
TROUBLE = TroubleView("library/topic/visits.yaml", (PROBLEM,), "last_good")


def test_a_broken_file_says_where_why_and_what_runs() -> None:
    """File, line, column and code stand together; the way out below; then what runs instead."""
    plain = troubles_page("ar", [TROUBLE]).plain.replace("\u200e", "").replace("\u200f", "")
    assert plain.split("\n") == [
        "ملف من ملفات القواعد فيه خطأ",
        "",
        "الملف: library/topic/visits.yaml",
        "الموضع: library/topic/visits.yaml:5:3 S001",
        "الخطأ: بنية الملف (YAML) غير سليمة",
        "للإصلاح: ضع النص كله بين علامتي تنصيص.",
        "تعمل الآن نسخته السليمة السابقة.",
        "",
        "لرؤية كل الأخطاء بتفاصيلها: rasid rules check",
    ]


def test_english_says_the_same_in_english() -> None:
    """No Arabic in it: hints exist in Arabic only."""
    plain = troubles_page("en", [TROUBLE], ["lexicon/people.yaml"]).plain
    assert "library/topic/visits.yaml:5:3 S001" in plain
    assert "Error: the file is not valid YAML" in plain
    assert "Mended: lexicon/people.yaml" in plain
    assert not any(unicodedata.bidirectional(char) == "AL" for char in plain)


def test_a_lexicon_that_breaks_rules_is_named_with_what_it_breaks() -> None:
    """The file to mend is the lexicon; the errors stand in the rules."""
    plain = troubles_page("ar", [replace(TROUBLE, path="lexicon/people.yaml", breaks_others=True)]).plain
    assert plain.index("lexicon/people.yaml") < plain.index("يُفسد") < plain.index("visits.yaml:5:3")


def test_what_is_mended_is_said() -> None:
    """All well again, and which files it was."""
    plain = mended_page("ar", ["library/topic/visits.yaml", "lexicon/people.yaml"]).plain
    assert plain.startswith("القواعد كلها سليمة الآن")
    assert "أُصلح الملفان" in plain
    assert plain.index("visits.yaml") < plain.index("people.yaml")


def test_an_arabic_line_begins_in_arabic_and_fences_what_is_latin() -> None:
    """Each line is laid out from the right, with the path in one piece."""
    lines_from_the_right(troubles_page("ar", [TROUBLE], ["lexicon/people.yaml"]))
    lines_from_the_right(mended_page("ar", ["lexicon/people.yaml"]))
    assert f"{LRM}library/topic/visits.yaml:5:3 S001{LRM}" in troubles_page("ar", [TROUBLE]).plain


@pytest.mark.parametrize("language", ["ar", "en"])
def test_any_number_of_hostile_files_is_one_valid_message(language: Language) -> None:
    """Markup, bidi marks, endless names and messages: within Telegram's limit, and nothing of it is markup."""
    nasty = "<b>&\u202e" + "س" * 5000
    problem = ProblemLine(f"{nasty}.yaml", 1, 1, "S001", nasty, nasty, nasty)
    page = troubles_page(language, [TroubleView(nasty, (problem,) * 9, "nothing")] * 50, [nasty] * 30)
    deliverable(page)


def test_what_does_not_fit_is_counted() -> None:
    """No file goes unmentioned."""
    problems = (PROBLEM,) * 5
    plain = troubles_page("ar", [replace(TROUBLE, problems=problems)] * (MOST_FILES + 2)).plain
    assert "وملفان آخران" in plain
    assert "وفيه خطآن آخران" in plain
