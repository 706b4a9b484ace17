"""Rules folders made for a test."""

import textwrap
from collections.abc import Iterable
from pathlib import Path

from rules import Document, Match, RuleSet, load_rules
from rules.finder import Finder
from rules.phrases import Term, names, noun

LEXICON = """
entities:
  putin:
    name: بوتين
    aliases:
      - فلاديمير بوتين
  kim:
    name: كيم جونغ أون
    spelling: foreign
    aliases:
      - زعيم كوريا الشمالية
  dprk:
    name: كوريا الشمالية  # مقبول: A007
  russia:
    name: روسيا  # مقبول: A007
  kirby:
    name: جون كيربي
    aliases:
      - كيربي
    ignore:
      - لعبة كيربي
lists:
  visit:
    words:
      - زيارة
      - يزور
      - زار  # مقبول: A004
  said:
    words:
      - قال
      - صرح
"""

EXAMPLES = "examples: {match: [بوتين], no_match: [المطر]}"


def rule_text(match: str, *more: str, rule: str = "a-rule", examples: str = EXAMPLES) -> str:
    """A rule file with this ``match`` (YAML in one line) and more top-level lines."""
    head = [
        f"rule: {rule}",
        "title: قاعدة",
        "status: live",
        "severity: medium",
        "owner: desk",
        "why: للتجربة",
        f"match: {match}",
    ]
    return "\n".join([*head, *map(textwrap.dedent, more), examples]) + "\n"


QUIET = "first_after_quiet: 7d"
TIMELINE = """
timeline:
  - about: بعد غياب
    steps:
      - {day: 1, stories: 1}
      - {day: 9, stories: 1, fires: true}
  - about: بلا غياب
    steps:
      - {day: 1..9, stories: 1}
"""


def watch_text(
    kind: str = QUIET,
    *more: str,
    watch: str = "a-watch",
    rules: str = "[a-rule]",
    status: str = "live",
    timeline: str = TIMELINE,
) -> str:
    """A watch file of this kind (YAML in one line), with more top-level lines."""
    head = [
        f"watch: {watch}",
        "title: مراقبة",
        f"status: {status}",
        "severity: high",
        "owner: desk",
        "why: للتجربة",
        f"rules: {rules}",
        kind,
    ]
    return "\n".join([*head, *map(textwrap.dedent, more), timeline.strip("\n")]) + "\n"


def folder_of(root: Path, *rules: str, lexicon: str = LEXICON) -> Path:
    """A rules folder with these rule and watch files, each named after its first line."""
    (root / "lexicon").mkdir(parents=True, exist_ok=True)
    (root / "library" / "topic").mkdir(parents=True, exist_ok=True)
    if lexicon:
        (root / "lexicon" / "names.yaml").write_text(lexicon, encoding="utf-8")
    for text in rules:
        name = text.split("\n", 1)[0].partition(": ")[2].strip()
        (root / "library" / "topic" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


def rule_set_of(root: Path, *rules: str, lexicon: str = LEXICON) -> RuleSet:
    """The rule set of such a folder; there must be nothing wrong with it."""
    loaded = load_rules(folder_of(root, *rules, lexicon=lexicon))
    assert loaded.problems == ()
    return loaded.rule_set


def found(rule_set: RuleSet, title: str = "", summary: str = "", body: str = "") -> list[str]:
    """The evidence of the one match in a document, as text; empty if nothing matched."""
    matches = rule_set.match(Document(title=title, summary=summary, body=body))
    assert len(matches) <= 1
    return texts(matches[0]) if matches else []


def texts(match: Match) -> list[str]:
    """The words of a match."""
    return [evidence.text for evidence in match.evidence]


def name_in(name: str, text: str, *, foreign: bool = False, whole: Iterable[str] = ()) -> bool:
    """Whether a name is found in a text."""
    term = Term(name, tuple(names(name, foreign=foreign)))
    return bool(Finder([term], whole).find([text]))


def word_in(word: str, text: str, *, whole: Iterable[str] = ()) -> bool:
    """Whether a word of a list, or a bare phrase, is found in a text."""
    phrase = noun(word)
    assert phrase is not None
    return bool(Finder([Term(word, (phrase,))], whole).find([text]))
