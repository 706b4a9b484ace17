"""What admins are told of rule files that went wrong or were mended: where, why, and what runs instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.texts.language import Language, plural
from bot.texts.markup import Message, Run, bold, fill, lines, message
from bot.texts.speech import name, words_of
from bot.texts.words import RuleNewsWords, Words

MOST_FILES, MOST_PROBLEMS = 6, 3  # spelled out in one message; the others are counted
PATH_UNITS, MESSAGE_UNITS, HINT_UNITS = 160, 240, 200
CHECK = "rasid rules check"


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


def troubles_page(language: Language, troubles: Sequence[TroubleView], mended: Sequence[str] = ()) -> Message:
    """What is wrong now, file by file, and which files are ``mended`` since the last message; one message long."""
    words = words_of(language)
    news = words.rule_news
    left = len(troubles) - MOST_FILES
    parts = [
        lines(bold(plural(language, len(troubles), news.broken))),
        *(_trouble(words, one) for one in troubles[:MOST_FILES]),
        lines(plural(language, left, news.more_files) if left > 0 else "", _mended(words, mended)),
        fill(news.to_check, command=name(CHECK, words)),
    ]
    return message(_paragraphs(parts))


def mended_page(language: Language, files: Sequence[str]) -> Message:
    """Nothing is wrong any more; ``files`` were."""
    words = words_of(language)
    return message(lines(bold(words.rule_news.all_well), _mended(words, files)))


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


def _mended(words: Words, files: Sequence[str]) -> list[Run]:
    if not files:
        return []
    shown: list[Run] = []
    for one in files[:MOST_FILES]:
        shown += [*([Run("، " if words.rtl else ", ")] if shown else []), Run(_path(one, words))]
    if len(files) > MOST_FILES:
        shown.append(Run("…"))
    return fill(plural(words.language, len(files), words.rule_news.mended), files=shown)


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
