"""The fast search finds what the slow, obvious one finds: no more, no less, in whatever a text is made of."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.arabic import fold_tokens, fold_word, words
from rules.finder import Finder
from rules.phrases import Phrase, Term, names, noun
from tests.rules import slow_finder

NAMES = [
    "بوتين",
    "كيم جونغ أون",
    "كوريا الشمالية",
    "الكرملين",
    "كين",
    "إف 16",
    "القاهرة",
    "بيونغيانغ",
    "قم",
    "لي",
]
FOREIGN = ["كيم جونغ أون", "بيونغ يانغ", "غوغل", "بيونغيانغ", "الغابون"]
NOUNS = [
    "زيارة",
    "صاروخ باليستي",
    "وزير الدفاع",
    "قال",
    "مستشفى",
    "لقاء",
    "مد",
    "يزور",
    "في",
    "6700",
    "عن قلقه",
    "أ ب ج د ه و ز",
]
WHOLE = ["بكين", "القاهره"]

LEADS = ["", "", "", "و", "ف", "ب", "ل", "ال", "وال", "لل", "بال", "ولل", "ك", "س", "وس", "فب", "ا", "م"]
TAILS = ["", "", "", "ه", "ها", "هم", "نا", "ي", "ك", "ين", "ة", "\u064e", "\u0640"]
GAPS = [
    " ",
    " ",
    " ",
    " ",
    "  ",
    ". ",
    "، ",
    "-",
    " - ",
    "\u00a0",
    "\n",
    " «",
    "» ",
    "",
    "\u0640",
    ",",
    "_",
    "😀",
    " … ",
    "\u200f ",
]
ODD = [
    "6,700",
    "٦٬٧٠٠",
    "2018",
    "F16",
    "16",
    "é",
    "ﻻ",
    "وٕ",
    "١ـ٢",
    "1ـ2",
    "a\u064b1,234",
    "12,345,6",
    "6,700a",
    "x",
    "ر",
    "\u0654",
    "ﷲ",
]

pieces = [word for text in (*NAMES, *FOREIGN, *NOUNS) for word in text.split()]


@st.composite
def varied(draw: st.DrawFn, pool: list[str]) -> str:
    """A phrase as it may stand in the news: with clitics around it, ال inside it, and any signs between its words."""
    first, *later = draw(st.sampled_from(pool)).split()
    text = draw(st.sampled_from(LEADS)) + first
    if first.startswith("ال"):
        text = draw(st.sampled_from([text, f"لل{first[2:]}", f"ولل{first[2:]}"]))
    for word in later:
        text += draw(st.sampled_from([" ", " ", *GAPS])) + draw(st.sampled_from(["", "", "ال", "و"])) + word
    if text.endswith("ة") and draw(st.booleans()):
        text = text[:-1] + "ت"
    return text + draw(st.sampled_from(TAILS))


@st.composite
def texts(draw: st.DrawFn, pool: list[str]) -> str:
    """A text of words that phrases are made of, with what may cling to them, in whatever order, oddly parted."""
    word = st.one_of(
        st.tuples(st.sampled_from(LEADS), st.sampled_from(pieces), st.sampled_from(TAILS)).map("".join),
        varied(pool),
        varied(pool),
        st.sampled_from(ODD),
    )
    chosen = draw(st.lists(st.tuples(word, st.sampled_from(GAPS)), max_size=14))
    return "".join(part for pair in chosen for part in pair)


def _phrases(name: str, kind: str) -> tuple[Phrase, ...]:
    if kind == "noun":
        phrase = noun(name)
        return (phrase,) if phrase else ()
    return tuple(names(name, foreign=kind == "foreign"))


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Term], list[str]]:
    """A few terms of any kind, some with words that do not count; and texts full of them."""
    one = st.one_of(
        st.tuples(st.sampled_from(NAMES), st.just("name")),
        st.tuples(st.sampled_from(FOREIGN), st.just("foreign")),
        st.tuples(st.sampled_from(NOUNS), st.just("noun")),
    )
    listed = draw(
        st.lists(st.tuples(st.lists(one, min_size=1, max_size=3), st.lists(one, max_size=1)), max_size=6)
    )
    found = [
        Term(
            "x", *(tuple(phrase for name, kind in part for phrase in _phrases(name, kind)) for part in parts)
        )
        for parts in listed
    ]
    pool = [name for parts in listed for part in parts for name, _ in part]
    return found, draw(st.lists(texts([*pool, draw(st.sampled_from(NAMES))]), min_size=1, max_size=3))


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.lists(st.sampled_from(WHOLE), max_size=2))
def test_it_agrees_with_the_obvious_one(case: tuple[list[Term], list[str]], whole: list[str]) -> None:
    """Every term at the same words, in every field."""
    given_terms, given_texts = case
    assert Finder(given_terms, whole).find(given_texts) == slow_finder.find(
        given_terms, given_texts, set(whole)
    )


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=12), max_size=3))
def test_it_agrees_on_any_text_at_all(text: str, given_names: list[str]) -> None:
    """Whatever Unicode holds, in the text and in the names."""
    made = [Term(name, phrases) for name in given_names if (phrases := tuple(names(name, foreign=False)))]
    made += [Term(name, (phrase,)) for name in given_names if (phrase := noun(name))]
    whole = text + " ".join(given_names)
    assert Finder(made).find([whole]) == slow_finder.find(made, [whole])


@settings(max_examples=1000, deadline=None)
@given(
    st.one_of(
        texts([*NAMES, *NOUNS]), st.text(max_size=80), st.text("قا1aB\u0640\u064e\u200f,، _é", max_size=12)
    )
)
def test_the_words_of_a_text_are_the_same_by_either_way(text: str) -> None:
    """Folded whole and then cut, or cut and then folded word by word."""
    assert fold_tokens(text) == [fold_word(word) for word in words(text)]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("زيارة", "وبزيارتها"),
        ("مستشفى", "مستشفاهم"),
        ("لقاء", "لقائه"),
        ("لقاء", "بلقاؤهم"),
        ("صاروخ باليستي", "للصاروخ الباليستي"),
        ("وزير الدفاع", "وزير - الدفاع"),
        ("الكرملين", "وللكرملين"),
        ("مد", "وللمد"),
    ],
)
def test_every_way_to_write_a_word_is_looked_for(word: str, text: str) -> None:
    """What clings to a word changes its end or its article."""
    phrase = noun(word)
    assert phrase is not None
    made = [Term(word, (phrase,))]
    assert Finder(made).find([text]) == slow_finder.find(made, [text]) != {}


def test_a_long_phrase_beside_its_own_beginning() -> None:
    """Only the first words of a long phrase are looked for, and those may be a phrase themselves."""
    made = [
        Term(name, tuple(names(name, foreign=False))) for name in ("قد سم رن عل مت", "قد سم رن عل مت بح هر")
    ]
    text = "قد سم رن عل مت بح هر، ثم قد سم رن عل مت"
    assert (
        Finder(made).find([text])
        == slow_finder.find(made, [text])
        == {0: [(0, 0, 5), (0, 8, 13)], 1: [(0, 0, 7)]}
    )


@pytest.mark.parametrize("text", ["2018بوتين2019", "قالF16قال بوتينa", "aبوتينb", "بوتين" * 3])
def test_words_that_meet_without_a_space(text: str) -> None:
    """An Arabic word ends where a figure or a Latin letter begins."""
    made = [Term(name, tuple(names(name, foreign=False))) for name in ("بوتين", "قال")]
    assert Finder(made).find([text]) == slow_finder.find(made, [text])


def test_ten_thousand_phrases_find_what_each_would() -> None:
    """The large automaton is another kind than the small one, and finds the same."""
    chance = random.Random(4)  # noqa: S311
    letters = "ابتجحدرسشعغفقكلمنهوي"
    made = list(
        dict.fromkeys("".join(chance.choices(letters, k=chance.randint(3, 6))) for _ in range(30_000))
    )
    many = [Term(word, tuple(names(word, foreign=False))) for word in made]
    text = " ".join(chance.choices(made, k=60))
    some = sorted(set(text.split()))
    few = [Term(word, tuple(names(word, foreign=False))) for word in some]
    found = {many[number].label: hits for number, hits in Finder(many).find([text]).items()}
    expected = {some[number]: hits for number, hits in slow_finder.find(few, [text]).items()}
    assert {word: found[word] for word in expected} == expected
