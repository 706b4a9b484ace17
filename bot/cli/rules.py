"""``rasid rules``: what maintainers of rules do at a terminal."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import rules_diff, rules_explain, rules_forms, rules_new, rules_schema, rules_try
from bot.cli.rules_common import (
    AsJson,
    Folder,
    FolderOption,
    as_utf8,
    leave,
    print_json,
    problem_json,
    problem_text,
    rules_folder,
)
from bot.cli.rules_items import DaysOption, ItemsOption

if TYPE_CHECKING:
    from rules import CheckResult

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def rules_commands() -> None:
    """Work with rule files: check them, try them on texts."""
    as_utf8()


@app.command()
def check(
    folder: Folder = None,
    rules: FolderOption = None,
    as_json: AsJson = False,
    fix: Annotated[bool, typer.Option("--fix", help="Mend first what can be mended safely.")] = False,
    items: ItemsOption = None,
    days: DaysOption = None,
) -> None:
    """Check every rule and lexicon and run the examples: file:line:column CODE, all problems at once.

    With news (--items or --days) also how often rules fire, on whose news, and spellings that the lexicons lack.

    Exit code 0: nothing but warnings; 1: errors; 2: the command was not understood, or the news cannot be read.
    """
    from bot.cli.checking import checked, mend

    place = rules_folder(folder, rules)
    if fix:
        mend(place, quiet=as_json)
    result, trouble = checked(place, items, days)
    if as_json:
        _show_json(result)
    else:
        typer.echo(_check_text(result))
    leave(findings=result.errors > 0, trouble=trouble > 0)


@app.command()
def match(
    file: Annotated[Path, typer.Argument(help="Lines of JSON; - is stdin.")],
    folder: Folder = None,
    rules: FolderOption = None,
    as_json: AsJson = False,
    shadow: Annotated[bool, typer.Option("--shadow", help="Rules on trial as well.")] = False,
) -> None:
    """Match items, one JSON object a line: {id, title, summary, body, published, source}.

    With --json a line each: {id, matches: [{rule, severity, evidence: [{field, start, end, text}]}]}, in the order of
    the input. What is wrong in a line is told on stderr; a line that is no item is passed over.

    Exit code 0: done, whatever matched; 1: a rule has errors, the others were matched; 2: the command was not
    understood, or a line of the input.
    """
    from bot.cli.matching import match_lines
    from bot.cli.rules_items import require_file
    from rules import load_rules

    require_file(file)
    loaded = load_rules(rules_folder(folder, rules))
    broken = [problem for problem in loaded.problems if problem.level == "error"]
    for problem in broken:
        typer.echo(problem_text(problem), err=True)
    bad_lines = match_lines(loaded.rule_set, file, as_json=as_json, shadow=shadow)
    leave(findings=bool(broken), trouble=bad_lines > 0)


def _check_text(result: "CheckResult") -> str:
    counts = (
        f"القواعد {result.rules}، القواميس {result.lexicons}، الأمثلة {result.examples} (المؤجل منها {result.todo})، "
        f"الأخطاء {result.errors}، التنبيهات {result.warnings}\n"
        f"rules {result.rules}, lexicons {result.lexicons}, examples {result.examples} (todo {result.todo}), "
        f"errors {result.errors}, warnings {result.warnings}"
    )
    return "\n".join([*map(problem_text, result.problems), counts])


def _show_json(result: "CheckResult") -> None:
    counts = ("rules", "lexicons", "examples", "todo", "errors", "warnings")
    problems = [problem_json(problem) for problem in result.problems]
    print_json({"problems": problems, **{name: getattr(result, name) for name in counts}})


app.command()(rules_explain.explain)
app.command()(rules_forms.forms)
app.command("try")(rules_try.try_rule)
app.command()(rules_diff.diff)
app.command()(rules_new.new)
app.command()(rules_schema.schema)
