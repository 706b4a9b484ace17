"""Prefixes and pronouns: what a name or a word is found in, and what it is not."""

import pytest

from rules.arabic.clitics import before_pronoun
from tests.rules.workshop import name_in, word_in


@pytest.mark.parametrize(
    "text",
    [
        "بوتين",
        "وبوتين",
        "فبوتين",
        "لبوتين",
        "ببوتين",
        "ولبوتين",
        "فببوتين",
        "«بوتين»",
        "وَلِبوتينَ",
        "بوتين-كيم",
    ],
)
def test_a_name_takes_conjunctions_and_prepositions(text: str) -> None:
    """[وف]?[بل]? before a name."""
    assert name_in("بوتين", text)


@pytest.mark.parametrize(
    "text", ["البوتين", "بوتينه", "كبوتين", "سبوتين", "للبوتين", "لوبوتين", "بوتينية", "راسبوتين"]
)
def test_a_name_takes_nothing_else(text: str) -> None:
    """No article, pronoun, كـ or anything inside a longer word."""
    assert not name_in("بوتين", text)


@pytest.mark.parametrize("text", ["الكرملين", "والكرملين", "بالكرملين", "للكرملين", "وللكرملين", "فالكرملين"])
def test_a_name_with_the_article_assimilates_it(text: str) -> None:
    """ل + ال is written لل."""
    assert name_in("الكرملين", text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("الليكود", "لليكود"),
        ("الليكود", "ولليكود"),
        ("اللاذقية", "للاذقية"),
        ("اللجنة الأولمبية", "للجنة الأولمبية"),
        ("اللاذقية", "اللاذقية"),
    ],
)
def test_three_lams_are_written_as_two(name: str, text: str) -> None:
    """ل + الليكود is لليكود."""
    assert name_in(name, text)
    assert not name_in("الكود", "لليكود")


def test_later_words_of_a_name_stand_as_they_are() -> None:
    """Clitics go before the first word of a name only."""
    assert name_in("كوريا الشمالية", "ولكوريا الشمالية")
    assert not name_in("كوريا الشمالية", "كوريا والشمالية")
    assert not name_in("كوريا الشمالية", "كوريا الجنوبية الشمالية")


@pytest.mark.parametrize(
    "text",
    [
        "زيارة",
        "الزيارة",
        "وزيارة",
        "والزيارة",
        "بالزيارة",
        "للزيارة",
        "كالزيارة",
        "لزيارة",
        "فبزيارة",
        "وللزيارة",
        "زيارته",
        "زيارتها",
        "زيارتهم",
        "وزيارتهما",
        "لزيارتنا",
        "بزيارتي",
        "زيارتكم",
        "الزيارهْ",
    ],
)
def test_a_noun_takes_prefixes_and_pronouns(text: str) -> None:
    """[وف]?(ال|بال|كال|لل|ب|ل|ك)? + word + pronoun, ة being ت before one."""
    assert word_in("زيارة", text)


@pytest.mark.parametrize("text", ["زيارات", "الزيارته", "مزيارة", "زيارهه", "زيارت", "استزيارة"])
def test_a_noun_takes_nothing_else(text: str) -> None:
    """Plurals are words of their own; the article and a pronoun exclude each other."""
    assert not word_in("زيارة", text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("يزور", "سيزور"),
        ("يزور", "وسيزوره"),
        ("يزور", "ليزور"),
        ("قال", "وقال"),
        ("قال", "فقالها"),
        ("مستشفى", "مستشفاه"),
        ("حلفاء", "حلفائه"),
        ("حلفاء", "وحلفاؤها"),
        ("حلفاء", "حلفاءنا"),
        ("الصواريخ", "للصواريخ"),
        ("الصواريخ", "والصواريخ"),
        ("لقاء", "للقاء"),
        ("اللقاء", "للقاء"),
        ("اللاجئون", "للاجئون"),
        ("اليد العاملة", "لليد العاملة"),
        ("لقاء", "للقائه"),
        ("سلاح", "بسلاح"),
        ("أسلحة", "وأسلحتها"),
        ("6700", "6,700"),
    ],
)
def test_words_and_the_forms_they_take(word: str, text: str) -> None:
    """Verbs of the future, the hamza's seat before a pronoun, words given with their article."""
    assert word_in(word, text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("قال", "سقال"),
        ("الصواريخ", "صواريخ"),
        ("دم", "قدم"),
        ("دم", "بدم"),
        ("دم", "دمه"),
        ("سؤال", "سوال"),
        ("مقال", "قال"),
    ],
)
def test_words_and_what_is_not_theirs(word: str, text: str) -> None:
    """س only before a verb of the future; two letters are too few to lose a preposition or a pronoun."""
    assert not word_in(word, text)


@pytest.mark.parametrize(
    "text",
    ["صاروخ باليستي", "الصاروخ الباليستي", "بالصاروخ الباليستي", "لصاروخ باليستي", "والصاروخ الباليستي"],
)
def test_later_words_of_a_phrase_may_take_the_article(text: str) -> None:
    """An adjective follows its noun in ال."""
    assert word_in("صاروخ باليستي", text)


def test_the_last_word_of_a_phrase_may_take_a_pronoun() -> None:
    """نقل أسلحة is found in نقل أسلحتها, but no preposition comes between the two."""
    assert word_in("نقل أسلحة", "ونقل أسلحتها")
    assert not word_in("نقل أسلحة", "نقل بأسلحة")
    assert not word_in("نقل أسلحة", "نقله أسلحة")
    assert not word_in("نقل أسلحة", "نقل وأسلحة")


@pytest.mark.parametrize("token", ["بكين", "وبكين", "لبكين"])
def test_a_token_that_is_a_name_is_not_taken_apart(token: str) -> None:
    """With Beijing in the lexicon, بكين is not ب + كين; without it, it may be."""
    assert name_in("كين", "بكين")
    assert name_in("كين", "وبكين")
    assert not name_in("كين", token, whole={"بكين"})
    assert not word_in("كين", token, whole={"بكين"})
    assert name_in("بكين", token, whole={"بكين"})


@pytest.mark.parametrize(
    ("name", "token"), [("سول", "كسول"), ("مون", "كمون"), ("كيم", "قيم"), ("كيم", "حكيم"), ("كيم", "كيماوي")]
)
def test_short_names_are_not_found_in_common_words(name: str, token: str) -> None:
    """Lazy is not like-Seoul, cumin not like-Moon, values not Kim."""
    assert not name_in(name, token)
    assert not name_in(name, token, foreign=True)


def test_what_stays_ambiguous_is_for_ignore() -> None:
    """لبنان could be ل + بنان: nothing but the lexicon can tell, and once Lebanon is in it, it does."""
    assert name_in("بنان", "لبنان")
    assert not name_in("بنان", "لبنان", whole={"لبنان"})


@pytest.mark.parametrize(
    ("word", "folded", "expected"),
    [
        ("زيارة", "زياره", ("زيارت",)),
        ("وجه", "وجه", ("وجه",)),
        ("مستشفى", "مستشفي", ("مستشفا",)),
        ("حلفاء", "حلفاء", ("حلفاء", "حلفائ", "حلفاؤ")),
    ],
)
def test_endings_before_a_pronoun(word: str, folded: str, expected: tuple[str, ...]) -> None:
    """Only what was written with ة becomes ت: وجه stays."""
    assert before_pronoun(word, folded) == expected
