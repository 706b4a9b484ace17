"""What admins are told of rules: files that went wrong or were mended, rules that stopped, rules outside `expect`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from bot.texts.language import Language, Plural, plural
from bot.texts.markup import Message, Run, bold, fill, lines, message
from bot.texts.speech import name, words_of
from bot.texts.words import RuleNewsWords, Words

MOST_FILES, MOST_PROBLEMS = 6, 3  # spelled out in one message; the others are counted
PATH_UNITS, MESSAGE_UNITS, HINT_UNITS = 160, 240, 200
MOST_RULES = 12
CHECK, TRY = "rasid rules check", "rasid rules try"


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One error: its file (within the rules folder), line and column from 1, code, and words."""

    path: str
    line: int
    column: int
    code: str
    arabic: str
    english: str
    hint: str = ""  # Arabic only


@dataclass(frozen=True, slots=True)
class TroubleView:
    """A file, or a folder, that is not taken as it stands; what runs instead is a ``RuleNewsWords`` field's name."""

    path: str
    problems: tuple[ProblemLine, ...]
    runs: Literal["last_good", "nothing", "partly"]
    breaks_others: bool = False
    is_folder: bool = False


class SilentLine(NamedTuple):
    """A rule that rang and does not any more: its status now, "" if its file is gone."""

    rule: str
    status: str = ""


class OutsideLine(NamedTuple):
    """A rule outside its ``expect``: how often it fired on the day and how often it should.

    ``quiet_for``: the days for which it has been silent, where that is what is told; 0 where it is not.
    """

    rule: str
    owner: str
    fired: int
    least: int
    most: int
    quiet_for: int = 0
    at_least_every: int = 0  # days


def silent_page(language: Language, silent: Sequence[SilentLine]) -> Message:
    """The rules that rang and do not any more."""
    words = words_of(language)
    news, left = words.rule_news, len(silent) - MOST_RULES
    return message(
        lines(
            bold(plural(language, len(silent), news.silent)),
            *(
                fill(
                    news.status_now if one.status else news.file_gone,
                    rule=name(one.rule, words),
                    status=name(one.status, words),
                )
                for one in silent[:MOST_RULES]
            ),
            plural(language, left, news.more_rules) if left > 0 else "",
        )
    )


def outside_page(language: Language, day: date, outside: Sequence[OutsideLine]) -> Message:
    """The rules that fired otherwise than expected on ``day``, or have been silent for too long."""
    words = words_of(language)
    news, left = words.rule_news, len(outside) - MOST_RULES
    head = bold(fill(plural(language, len(outside), news.outside), day=name(day.isoformat(), words)))
    parts = [lines(head), *(_outside(words, one) for one in outside[:MOST_RULES])]
    return message(_paragraphs([*parts, lines(plural(language, left, news.more_rules) if left > 0 else "")]))


def _outside(words: Words, one: OutsideLine) -> list[Run]:
    news = words.rule_news
    said = (
        fill(plural(words.language, one.quiet_for, news.quiet), expected=str(one.at_least_every))
        if one.quiet_for
        else fill(
            plural(words.language, one.fired, news.fired),
            expected=name(f"{one.least}..{one.most}", words),
        )
    )
    days = max(7, one.quiet_for + 7)
    return lines(
        bold(name(one.rule, words)),
        said,
        fill(news.owner, owner=name(one.owner, words)),
        fill(news.to_try, command=name(f"{TRY} {one.rule} --days {days}", words, units=2 * PATH_UNITS)),
    )


def troubles_page(
    language: Language,
    troubles: Sequence[TroubleView],
    mended: Sequence[str] = (),
    deleted: Sequence[str] = (),
) -> Message:
    """What is wrong now, file by file, and which files were ``mended`` or ``deleted`` since the last message."""
    words = words_of(language)
    news = words.rule_news
    left = len(troubles) - MOST_FILES
    parts = [
        lines(bold(plural(language, len(troubles), news.broken))),
        *(_trouble(words, one) for one in troubles[:MOST_FILES]),
        lines(
            plural(language, left, news.more_files) if left > 0 else "",
            _files(words, news.mended, mended),
            _files(words, news.deleted, deleted),
        ),
        fill(news.to_check, command=name(CHECK, words)),
    ]
    return message(_paragraphs(parts))


def mended_page(language: Language, mended: Sequence[str], deleted: Sequence[str] = ()) -> Message:
    """Nothing is wrong any more: the files that were are ``mended``, or ``deleted``."""
    words = words_of(language)
    news = words.rule_news
    return message(
        lines(bold(news.all_well), _files(words, news.mended, mended), _files(words, news.deleted, deleted))
    )


def _trouble(words: Words, trouble: TroubleView) -> list[Run]:
    news = words.rule_news
    called = news.folder if trouble.is_folder else news.file
    left = len(trouble.problems) - MOST_PROBLEMS
    runs: str = getattr(news, trouble.runs)
    return lines(
        bold(fill(called, file=_path(trouble.path, words))),
        news.breaks_others if trouble.breaks_others else "",
        *(line for one in trouble.problems[:MOST_PROBLEMS] for line in _problem(words, one)),
        plural(words.language, left, news.more_problems) if left > 0 else "",
        runs,
    )


def _problem(words: Words, problem: ProblemLine) -> list[list[Run]]:
    news: RuleNewsWords = words.rule_news
    place = f"{_end_of(problem.path)}:{problem.line}:{problem.column} {problem.code}"
    said = problem.arabic if words.rtl else problem.english
    first = said.strip().split("\n")[0]  # an example that fails has its whole tree below
    hint = problem.hint if words.rtl else ""
    return [
        fill(news.place, place=name(place, words, units=2 * PATH_UNITS)),
        fill(news.problem, message=name(first, words, units=MESSAGE_UNITS)),
        fill(news.hint, hint=name(hint, words, units=HINT_UNITS)) if hint else [],
    ]


def _files(words: Words, sentence: Plural, files: Sequence[str]) -> list[Run]:
    if not files:
        return []
    shown: list[Run] = []
    for one in files[:MOST_FILES]:
        shown += [*([Run("، " if words.rtl else ", ")] if shown else []), Run(_path(one, words))]
    if len(files) > MOST_FILES:
        shown.append(Run("…"))
    return fill(plural(words.language, len(files), sentence), files=shown)


def _path(path: str, words: Words) -> str:
    return name(_end_of(path), words, units=2 * PATH_UNITS)


def _end_of(path: str) -> str:
    """The end of a path is what tells files apart."""
    return path if len(path) <= PATH_UNITS else f"…{path[-PATH_UNITS:]}"


def _paragraphs(parts: Sequence[list[Run]]) -> list[Run]:
    runs: list[Run] = []
    for part in parts:
        if part:
            runs += [*([Run("\n\n")] if runs else []), *part]
    return runs
