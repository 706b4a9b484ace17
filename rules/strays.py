"""Files that somebody took for rule files, and that are not read: of another name, or in another place."""

from collections.abc import Iterator
from pathlib import Path

from rules.codes import At, problem
from rules.loader import FILTERS, is_rule_file
from rules.model import Problem

PARTS = ("library", "lexicon", "templates")
_ENDINGS = (".yaml.txt", ".yml.txt", ".yaml.yaml.txt", ".yaml.rtf", ".yaml.docx", ".yaml.doc", ".yaml.html")
_FIRST_KEYS = {"rule": "library", "watch": "library", "template": "templates"}
_LEXICON_KEYS = ("entities", "lists", "groups")


def strays(folder: Path) -> Iterator[Problem]:
    """A warning for each, with what to do. Hidden files are nobody's."""
    for part in PARTS:
        for path in sorted((folder / part).rglob("*")):
            if path.name.lower().endswith(_ENDINGS) and not path.name.startswith("."):
                name = path.name[: path.name.lower().index(".y")]
                hint = f"سمِّه {name}.yaml؛ فإن لم يظهر آخر الاسم فأظهر امتدادات الملفات في نظامك."
                yield problem("S020", path, At(), f"«{path.name}»", f"'{path.name}'", hint)
    for path in sorted(folder.glob("*.y*ml*")):
        if path.is_file() and path.name not in FILTERS and _is_meant(path):
            yield problem("S020", path, At(), f"«{path.name}»", f"'{path.name}'", _moved(path))


def _is_meant(path: Path) -> bool:
    return is_rule_file(Path(path.name)) or path.name.lower().endswith(_ENDINGS)


def _moved(path: Path) -> str:
    """Where a file of the folder itself belongs."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")[:10_000]
    except OSError:
        text = ""
    keys = [line.partition(":")[0] for line in text.lstrip("\ufeff").splitlines()]
    place = next((_FIRST_KEYS[key] for key in keys if key in _FIRST_KEYS), "library")
    if any(key in _LEXICON_KEYS for key in keys):
        place = "lexicon"
    below = "library/TOPIC" if place == "library" else place
    return f"انقله إلى {below}/؛ فلا يُقرأ من هذا المجلد إلا filters.yaml."
