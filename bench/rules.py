"""How fast the engine is, in one run with its peers: phrases in a text, whole rules, compiling, memory.

    python -m bench.rules

1. ``fold + find``: 60-word and 600-word items, 100, 1,000 and 10,000 phrases. All give the places
   where phrases may stand, as substrings of folded text: what the engine does to every item. ``ours, words`` also asks
   whether they are words with their clitics, ``ours, counted`` which words of the text they are: the engine does either
   only for items that hold something of everything that some rule needs.
2. Whole rules with evidence: 30, 300 and 3,000 rules over the same items.
3. Compiling 12,000 aliases; the memory of a process that holds 3,000 rules and has read 20,000 items.

Every round times all pipelines one after another, in the thread's own time; a ratio is the median of the rounds'.
The items are made (see ``bench.newsprint``), so that anyone can measure again. The last line is JSON.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench import peers
from bench.newsprint import Press
from rules import Document, RuleSet, load_rules, unicode_regex
from rules.finder import Finder
from rules.phrases import Term, names

ROUNDS = 7
SIZES = (60, 600)
PHRASES = (100, 1_000, 10_000)
WORDS = 120_000  # of all the items of a size: a round of the fastest pipeline takes some 15 ms
RULES = (30, 300, 3_000)
ALIASES = 12_000
SLOWEST = {"re": 30}  # how many items a round, where a pipeline is too slow for all of them

Pipeline = Callable[[str], Any]
Figures = dict[str, list[float]]


def find_figures(phrases: Sequence[str], items: Sequence[str]) -> Figures:
    """Items a second, a figure a round, of every pipeline."""
    finder = Finder([Term(phrase, tuple(names(phrase, foreign=False))) for phrase in phrases])
    pipelines: dict[str, Pipeline] = {
        "ours": finder.point,
        "ours, words": lambda text: finder.spans(pointed) if (pointed := finder.point(text)) else None,
        "ours, counted": lambda text: finder.find((text,)),
        "re": peers.with_re(phrases),
        "pyahocorasick": peers.with_pyahocorasick(phrases),
    }
    limit = peers.with_hyperscan(phrases)
    if limit:
        pipelines["hyperscan"] = limit
    for find in pipelines.values():  # warm: a watcher reads for months
        list(map(find, items[: SLOWEST["re"]]))
    list(map(pipelines["ours, words"], items))
    rounds = [
        {name: _rate(find, items[: SLOWEST.get(name)]) for name, find in pipelines.items()}
        for _ in range(ROUNDS)
    ]
    return {name: [one[name] for one in rounds] for name in pipelines}


def _rate(work: Callable[[Any], Any], items: Sequence[Any]) -> float:
    for item in items[:20]:  # whoever comes after a slow one finds the caches full of the slow one's tables
        work(item)
    started = time.thread_time()
    for item in items:
        work(item)
    return len(items) / (time.thread_time() - started)


def ratio(figures: Figures, of: str, to: str) -> float:
    """The median over the rounds of one pipeline's rate over another's."""
    return statistics.median(a / b for a, b in zip(figures[of], figures[to], strict=True))


_RULE = """\
rule: rule-{n}
title: قاعدة
status: live
severity: medium
owner: desk
why: للقياس
match:
  all:
    - near: {{within: 6, order: as_written, of: [{{any: [$p{n}, $p{other}]}}, $w{a}, $w{b}]}}
    - any: [$p{n}, $w{c}, $w{d}]
without:
  - near: {{within: 2, order: as_written, of: [$w{d}, $p{n}]}}
    because: للقياس
examples: {{match: [س], no_match: [ص]}}
"""


def write_rules(folder: Path, press: Press, people: Sequence[str], count: int) -> Path:
    """A rules folder: a lexicon of people and of twenty lists of forty words, and rules about who does what."""
    library = folder / "library" / "topic"
    library.mkdir(parents=True)
    (folder / "lexicon").mkdir()
    entities = "".join(f"  p{n}: {{name: {name}}}\n" for n, name in enumerate(people))
    lists = "".join(f"  w{n}: {{words: [{', '.join(press.common(40))}]}}\n" for n in range(20))
    (folder / "lexicon" / "all.yaml").write_text(f"entities:\n{entities}lists:\n{lists}", encoding="utf-8")
    for n in range(count):
        text = _RULE.format(n=n, other=(n * 7 + 3) % len(people), a=n % 20, b=n % 7, c=n % 11, d=n % 13)
        (library / f"rule-{n}.yaml").write_text(text, encoding="utf-8")
    return folder


def rules_figures(
    items: dict[int, list[Document]], sets: dict[int, RuleSet]
) -> dict[int, dict[int, list[float]]]:
    """Seconds for all items of a size, a figure a round, for each number of rules."""
    found: dict[int, dict[int, list[float]]] = {size: {count: [] for count in sets} for size in items}
    for size, documents in items.items():
        for _ in range(ROUNDS + 1):  # the first round warms the memo
            for count, rules in sets.items():
                found[size][count].append(len(documents) / _rate(rules.match, documents))
    return {size: {count: rounds[1:] for count, rounds in by.items()} for size, by in found.items()}


def compile_seconds(count: int) -> dict[str, float]:
    """Seconds from names to a finder that runs: plain names, and such as desks spell in their own ways."""
    people = Press(3).names(count)
    return {
        kind: statistics.median(_compiling(people, kind) for _ in range(3)) for kind in ("plain", "foreign")
    }


def _compiling(people: Sequence[str], kind: str) -> float:
    started = time.thread_time()
    Finder([Term(name, tuple(names(name, foreign=kind == "foreign"))) for name in people])
    return time.thread_time() - started


def memory_mb() -> int:
    """The peak memory of a process of its own that holds 3,000 rules and has matched 20,000 items."""
    command = [sys.executable, "-m", "bench.rules", "--memory"]
    out = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])  # noqa: S603
    return int(out.stdout)


def _hold_and_match() -> None:
    press = Press(2)
    people = press.names(max(RULES))
    with tempfile.TemporaryDirectory(prefix="rasid-bench-") as folder:
        rules = load_rules(write_rules(Path(folder), press, people, max(RULES))).rule_set
    for text in press.items(20_000, 60, people):
        rules.match(Document(title=text))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def main() -> None:
    """Measure, print tables, and one JSON line last."""
    parser = argparse.ArgumentParser(prog="python -m bench.rules", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--memory", action="store_true", help="only hold 3,000 rules, match, and print the peak in MB"
    )
    if parser.parse_args().memory:
        _hold_and_match()
        return
    line: dict[str, float | int] = {}
    _measure_finding(line)
    _measure_rules(line)
    seconds = compile_seconds(ALIASES)
    line["compile_12000_s"] = round(max(seconds.values()), 3)
    _measure_limits(line)
    line["rss_mb"] = memory_mb()
    print(
        f"\n{ALIASES:,} aliases compiled: plain {seconds['plain']:.2f} s, foreign {seconds['foreign']:.2f} s"
    )
    print(f"a process with 3,000 rules after 20,000 items: {line['rss_mb']} MB at most")
    print(json.dumps({"bench": "rules", **line}))


def _measure_limits(line: dict[str, float | int]) -> None:
    """What somebody may do to it on purpose: each must end, and soon."""
    press = Press(4)
    people = press.names(50_000)
    started = time.thread_time()
    Finder([Term(name, tuple(names(name, foreign=True))) for name in people])
    line["compile_50000_s"] = round(time.thread_time() - started, 2)
    shipped = load_rules(Path(__file__).parents[1] / "rules").rule_set
    body = " ".join(
        press.items(60, 3_000, ["بوتين", "كوريا الشمالية", "زيارة", "صواريخ", "روسيا", "كيربي", "قال"])
    )
    started = time.thread_time()
    shipped.match(Document(title="بوتين", body=body[: 2**20]))
    line["document_1mb_s"] = round(time.thread_time() - started, 2)
    # nothing but what the rules look for, and no rest between: the worst that a feed can send
    worst = "بوتين يزور كوريا الشمالية في زيارة صاروخ أسلحة روسيا أوكرانيا قال كيربي إن " * 14_000
    started = time.thread_time()
    shipped.match(Document(title="بوتين", body=worst[: 2**20]))
    line["hits_1mb_s"] = round(time.thread_time() - started, 2)
    pattern = unicode_regex.compiled("(ا+)+ب$")
    started = time.thread_time()
    pattern.search("ا" * 2**20)
    line["nested_regex_1mb_s"] = round(time.thread_time() - started, 2)
    print(
        f"\n50,000 foreign aliases compiled: {line['compile_50000_s']} s; a document of 1 MB full of names:"
        f" {line['document_1mb_s']} s, of nothing but hits: {line['hits_1mb_s']} s;"
        f" (ا+)+ب$ over 1 MB: {line['nested_regex_1mb_s']} s"
    )


def _measure_finding(line: dict[str, float | int]) -> None:
    print("fold + find: items a second (median), and how many times faster ours is")
    for size in SIZES:
        for count in PHRASES:
            press = Press(1)
            phrases = press.names(count)
            figures = find_figures(phrases, press.items(WORDS // size, size, phrases[:1_000]))
            shown = "  ".join(f"{name} {statistics.median(rates):,.0f}" for name, rates in figures.items())
            others = [name for name in figures if not name.startswith("ours")]
            times = "  ".join(f"{name} x{ratio(figures, 'ours', name):.1f}" for name in others)
            print(f"{size:>4} words {count:>6} phrases | {shown} | {times}", flush=True)
            if (size, count) == (60, 1_000):
                line["vs_re_1000"] = round(ratio(figures, "ours", "re"), 1)
                line["vs_pyahocorasick_1000"] = round(ratio(figures, "ours", "pyahocorasick"), 2)


def _measure_rules(line: dict[str, float | int]) -> None:
    press = Press(2)
    people = press.names(max(RULES))
    items = {
        size: [Document(title=text) for text in press.items(30_000 // size, size, people)] for size in SIZES
    }
    sets = {}
    for count in RULES:
        with tempfile.TemporaryDirectory(prefix="rasid-bench-") as folder:
            sets[count] = load_rules(write_rules(Path(folder), press, people, count)).rule_set
    print("\nwhole rules with evidence")
    for size, by_count in rules_figures(items, sets).items():
        least = by_count[min(RULES)]
        for count, seconds in by_count.items():
            over = statistics.median(a / b for a, b in zip(seconds, least, strict=True))
            rate = len(items[size]) / statistics.median(seconds)
            print(
                f"{size:>4} words {count:>6} rules | {rate:,.0f} items a second | cost x{over:.2f}",
                flush=True,
            )
            if (size, count) == (60, max(RULES)):
                line["rules_3000_over_30"] = round(over, 2)


if __name__ == "__main__":
    main()
