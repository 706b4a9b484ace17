"""``rasid feeds check``: what is wrong with the catalogue, and with the feeds that it names."""

import os
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import feeds_words as words

if TYPE_CHECKING:
    from feeds.checkup import Finding
    from feeds.errors import CatalogueProblem
    from feeds.sources import Source
    from feeds.survey import Surveyed

Fixed = dict[str, bool]  # by the address that stood in the file: whether the new one does now


def check(
    place: Annotated[
        Path | None,
        typer.Argument(metavar="[FOLDER|FILE]", help="The catalogue, or one file of it. RASID_CATALOGUE."),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Read the files only; ask no feed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write the new addresses of feeds that have moved into the files.")
    ] = False,
    concurrency: Annotated[int, typer.Option(min=1, max=100, help="Feeds asked at the same time.")] = 25,
    silent_days: Annotated[
        int, typer.Option(min=1, max=3650, help="A feed whose newest entry is older is silent.")
    ] = 7,
) -> None:
    """Check the catalogue: file:line:column CODE, all problems at once; then ask each of its feeds once.

    Told is what is dead, moved (with the new address), silent, or not what the catalogue says.

    Exit code 0: nothing but warnings; 1: problems; 2: the command was not understood; 3: not one server was reached.
    """
    from feeds.sources import load_catalogue

    if fix and offline:
        raise typer.BadParameter("‎--fix‎ يحتاج إلى سؤال الخلاصات · --fix needs to ask the feeds")
    sources, problems = load_catalogue(_catalogue(place))
    if not as_json:
        _print_problems(problems)
    surveyed = [] if offline else _ask(sources, concurrency, timedelta(days=silent_days))
    fixed = _mend(surveyed) if fix else {}
    if as_json:
        _print_json(sources, problems, surveyed, fixed)
    else:
        _print_surveyed(surveyed, fixed)
        _print_counts(sources, problems, surveyed)
    raise typer.Exit(_exit_code(problems, surveyed, fixed))


def _catalogue(given: Path | None) -> Path:
    """The catalogue that was asked for: the argument, RASID_CATALOGUE, else the one that is shipped."""
    import feeds

    shipped = Path(feeds.__file__).parent / "catalogue"
    place = given or Path(os.environ.get("RASID_CATALOGUE") or shipped)
    if not place.exists():
        where = "" if given else "RASID_CATALOGUE: "
        raise typer.BadParameter(f"{where}لا يوجد هنا شيء · there is nothing at {place}")
    return place


def _ask(sources: "Sequence[Source]", concurrency: int, silent_after: timedelta) -> "list[Surveyed]":
    import asyncio

    from bot.cli.feeds_common import fetcher_of, progress
    from bot.times import utc_now
    from feeds.survey import asker_over, survey

    async def run() -> "list[Surveyed]":
        async with fetcher_of() as fetcher, asker_over(fetcher) as asker:
            with progress("سؤال الخلاصات · asking the feeds", len(sources)) as advance:
                return await survey(
                    asker,
                    sources,
                    now=utc_now,
                    concurrency=concurrency,
                    silent_after=silent_after,
                    on_done=lambda _: advance(),
                )

    return asyncio.run(run())


def _mend(surveyed: "Sequence[Surveyed]") -> Fixed:
    """Write the new addresses of what has moved; a file that cannot be written leaves its own unmended."""
    from feeds.catalogue_fix import move

    moves: dict[Path, dict[Source, str]] = {}
    for one in surveyed:
        better = next((found.better for found in one.findings if found.state == "moved"), "")
        if better and one.source.place:
            moves.setdefault(one.source.place.path, {})[one.source] = better
    fixed: Fixed = {}
    for path, of_file in moves.items():
        try:
            fixed |= {source.url: done for source, done in move(path, of_file).items()}
        except OSError as error:
            typer.echo(f"rasid: {path}: {error.strerror} / تعذرت كتابة الملف", err=True)
            fixed |= {source.url: False for source in of_file}
    return fixed


def _exit_code(problems: "Sequence[CatalogueProblem]", surveyed: "Sequence[Surveyed]", fixed: Fixed) -> int:
    from feeds.survey import reached_nothing

    if reached_nothing(surveyed):
        return 3
    wrong = any(problem.level == "error" for problem in problems)
    return int(wrong or any(_left(one, fixed) for one in surveyed))


def _left(one: "Surveyed", fixed: Fixed) -> "list[Finding]":
    """The findings that nobody has mended."""
    return [found for found in one.findings if not (found.state == "moved" and fixed.get(one.source.url))]


def _print_problems(problems: "Sequence[CatalogueProblem]") -> None:
    for problem in problems:
        typer.echo(words.problem_text(problem))


def _print_surveyed(surveyed: "Sequence[Surveyed]", fixed: Fixed) -> None:
    from feeds.survey import reached_nothing

    if reached_nothing(surveyed):
        typer.echo(words.NO_NETWORK)
        return
    for one in surveyed:
        for found in one.findings:
            mended = found.state == "moved" and fixed.get(one.source.url, False)
            typer.echo(_finding_text(one, found, _taken(found, one, surveyed), mended=mended))


def _taken(found: "Finding", one: "Surveyed", surveyed: "Sequence[Surveyed]") -> str:
    """Where in the catalogue another feed has the address that a finding tells to write; "" where none has it."""
    from feeds.sources import place_key

    if not found.better:
        return ""
    better = place_key(found.better)
    others = (other.source for other in surveyed if other is not one)
    return next((_place(other) for other in others if place_key(other.url) == better), "")


def _place(source: "Source") -> str:
    from bot.cli.rules_common import short_path

    at = source.place
    return f"{short_path(at.path)}:{at.line}:{at.column}" if at else "-"


def _finding_text(one: "Surveyed", found: "Finding", taken: str, *, mended: bool) -> str:
    failure = one.answer.failure.kind.value if one.answer.failure else ""
    lines = [
        f"{_place(one.source)} {words.state_text(found.state)}: {one.source.outlet_ar} ({one.source.outlet})",
        one.source.url,
        found.detail,
        "← أُصلح في الملف · mended in the file"
        if mended
        else f"← {words.hint_of(found.state, found.better, failure, taken)}",
    ]
    lines += [f"  {named.url}" for named in one.answer.named[1:4]]
    return "\n    ".join(lines)


def _print_counts(
    sources: "Sequence[Source]", problems: "Sequence[CatalogueProblem]", surveyed: "Sequence[Surveyed]"
) -> None:
    errors = sum(problem.level == "error" for problem in problems)
    outlets, warnings = len({source.outlet for source in sources}), len(problems) - errors
    typer.echo(
        f"المنافذ {outlets}، الخلاصات {len(sources)}، الأخطاء {errors}، التنبيهات {warnings}\n"
        f"outlets {outlets}, feeds {len(sources)}, errors {errors}, warnings {warnings}"
    )
    for state, count in _counts(surveyed).items():
        typer.echo(f"  {words.state_text(state)}: {count}")


def _counts(surveyed: "Sequence[Surveyed]") -> dict[str, int]:
    """How many feeds are in each state; a feed may be in several."""
    counted = Counter(
        state for one in surveyed for state in ({found.state.value for found in one.findings} or {"ok"})
    )
    return {state: counted[state] for state in words.STATES if counted[state]}


def _print_json(
    sources: "Sequence[Source]",
    problems: "Sequence[CatalogueProblem]",
    surveyed: "Sequence[Surveyed]",
    fixed: Fixed,
) -> None:
    from bot.cli.rules_common import print_json, problem_json
    from feeds.survey import reached_nothing

    errors = sum(problem.level == "error" for problem in problems)
    print_json(
        {
            "problems": [problem_json(problem) for problem in problems],
            "feeds": [_surveyed_json(one, fixed) for one in surveyed],
            "outlets": len({source.outlet for source in sources}),
            "sources": len(sources),
            "errors": errors,
            "warnings": len(problems) - errors,
            "states": _counts(surveyed),
            "network": not reached_nothing(surveyed) if surveyed else None,
        }
    )


def _surveyed_json(one: "Surveyed", fixed: Fixed) -> dict[str, Any]:
    at = one.source.place
    return {
        "url": one.source.url,
        "outlet": one.source.outlet,
        "path": str(at.path) if at else "",
        "line": at.line if at else 0,
        "column": at.column if at else 0,
        "served": one.answer.served,
        "failure": one.answer.failure.kind.value if one.answer.failure else "",
        "findings": [
            {"state": found.state.value, "detail": found.detail, "better": found.better}
            for found in one.findings
        ],
        "named": [named.url for named in one.answer.named],
        "fixed": fixed.get(one.source.url, False),
    }
