"""``rasid rules forms``: what a name or phrase accepts, and what of it has been seen."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.rules_common import (
    AsJson,
    Folder,
    FolderOption,
    as_typed,
    leave,
    print_json,
    problem_text,
    rules_folder,
    short_path,
)
from bot.cli.rules_items import DaysOption, ItemsOption, pour

if TYPE_CHECKING:
    from rules import LoadResult
    from rules.forms import Forms, Variant
    from rules.lexicons import Lexicon

_PLACES = 30  # texts of the lexicons that have a word
_SHOWN = 50  # forms that were seen
_NO_WORD = (
    "لا كلمة هنا؛ اكتب الاسم بين علامتين مفردتين: '$name' · there is no word here; the shell eats $name"
)
_NOT_A_PHRASE = "عبارة من كلمة إلى ثماني كلمات؛ والجملة لها explain · a phrase has one to eight words"


def forms(
    name: Annotated[str, typer.Argument(help="A lexicon's '$name' (in single quotes), or a phrase.")],
    folder: Folder = None,
    rules: FolderOption = None,
    everything: Annotated[bool, typer.Option("--all", help="List every form.")] = False,
    items: ItemsOption = None,
    days: DaysOption = None,
    as_json: AsJson = False,
) -> None:
    """Show every surface form that a name or phrase accepts; with --items or --days those that were really seen.

    Exit code 0: done; 1: a lexicon has errors; 2: the command was not understood, no lexicon has the name, or the news
    cannot be read.
    """
    from rules import load_rules

    place = rules_folder(folder, rules)
    loaded = load_rules(place)
    broken = [
        one for one in loaded.problems if one.level == "error" and _is_below(one.path, place / "lexicon")
    ]
    for problem in broken:
        typer.echo(problem_text(problem), err=True)
    found = _forms(as_typed(name), loaded.lexicon)
    seen, trouble = _seen(found, items, days) if items is not None or days is not None else (None, 0)
    if as_json:
        print_json(_as_json(found, seen))
    else:
        typer.echo("\n".join([*_text(found, seen, everything=everything), *_places(found.label, loaded)]))
    leave(findings=bool(broken), trouble=trouble > 0)


def _is_below(path: Path, folder: Path) -> bool:
    return path.absolute().is_relative_to(folder.absolute())


def _places(name: str, loaded: "LoadResult") -> list[str]:
    """Where a name is defined, or which names have a word, line by line; and which rules use them."""
    from rules.whence import Source, holding, users

    lexicon = loaded.lexicon
    if name.startswith("$"):
        path, at = lexicon.places[name[1:].removesuffix(".nisba")]
        found = [Source(name[1:], "", path, at.line)]
    else:
        found = holding(name, lexicon)
        found = [one for one in found if one.text]
    if not found:
        return ["لا اسم في القواميس فيه هذه الكلمة · no name of the lexicons has it"]
    lines = [
        f"  ${one.name}{f': «{one.text}»' if one.text else ''} {short_path(one.path)}:{one.line}"
        for one in found
    ]
    rules = "، ".join(users({one.name for one in found}, loaded)) or "—"
    shown = [*lines[:_PLACES], *([f"  … {len(lines) - _PLACES}"] if len(lines) > _PLACES else [])]
    return ["في القواميس · in the lexicons:", *shown, f"القواعد التي تستعملها · rules that use them: {rules}"]


def _forms(name: str, lexicon: "Lexicon") -> "Forms":
    from rules.forms import forms_of
    from rules.refusals import did_you_mean

    meant = (
        f"${name}" if name in lexicon.terms or name in lexicon.groups else name
    )  # the shell may have been given \\$name or name
    try:
        return forms_of(meant, lexicon)
    except KeyError:
        hint = did_you_mean(name[1:], lexicon.terms)
        line = f"لا قاموس فيه {name} · no lexicon has {name} {hint and f'← {hint}'}"
        raise typer.BadParameter(line.strip()) from None
    except ValueError:
        raise typer.BadParameter(_NOT_A_PHRASE if name.strip() else _NO_WORD) from None


def _seen(forms: "Forms", items: Path | None, days: int | None) -> tuple[Counter[str] | None, int]:
    """What was seen, None if nothing was looked at; and how much was wrong with the news."""
    seen: Counter[str] = Counter()
    poured = pour(items, days, lambda item: forms.count(item.document, seen))
    return seen if poured.items else None, poured.trouble


def _text(forms: "Forms", seen: Counter[str] | None, *, everything: bool) -> list[str]:
    from rules.forms import clitics

    more = "" if forms.complete else "أكثر من "
    lines = [
        f"{forms.label}: الصيغ المقبولة {more}{len(forms.all)}، من {len(forms.variants)} من الإملاءات"
        f" · accepts {'' if forms.complete else 'more than '}{len(forms.all)} forms"
        f" of {len(forms.variants)} spellings",
        *map(_variant_line, forms.variants),
        *(clitics(kind) for kind in dict.fromkeys(variant.kind for variant in forms.variants)),
        "وسواء أ إ آ ا، وى ي، وة ه، والتشكيل والتطويل · letters that fold are one",
    ]
    if forms.ignore:
        lines.append(f"ما عدا (ignore): {'، '.join(forms.ignore)}")
    if everything:
        lines += [f"  {form}" for form in forms.all]
    if not forms.complete and everything:
        lines.append("… وغيرها · and more")
    return lines + ([] if seen is None else _seen_lines(forms, seen))


def _variant_line(variant: "Variant") -> str:
    same = f" ({'، '.join(variant.confused)}: سواء ج غ ق ك)" if variant.confused else ""
    return f"  {variant.text}: {variant.size}{same}"


def _seen_lines(forms: "Forms", seen: Counter[str]) -> list[str]:
    shown = [f"  {count:>7}  {form}" for form, count in seen.most_common(_SHOWN)]
    rest = len(seen) - len(shown)
    return [
        f"ما ورد منها: {seen.total()} مرة في {len(seen)} صورة"
        f" · seen {seen.total()} times in {len(seen)} ways",
        *shown,
        *([f"  … {rest} صورة أخرى · {rest} more ways (--json)"] if rest > 0 else []),
    ]


def _as_json(forms: "Forms", seen: Counter[str] | None) -> dict[str, Any]:
    variants = [
        {"text": variant.text, "kind": variant.kind.value, "forms": variant.size}
        for variant in forms.variants
    ]
    shown = {
        "name": forms.label,
        "total": len(forms.all),
        "complete": forms.complete,
        "variants": variants,
        "ignore": forms.ignore,
        "forms": forms.all,
    }
    return shown if seen is None else {**shown, "seen": dict(seen.most_common())}
