"""JSON Schemas for editors, made from the models: what may stand where, with Arabic hover text over every key."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from rules.hover import hover
from rules.schema import FiltersFile, LexiconFile, RuleFile, TemplateFile
from rules.watch.schema import WatchFile

FILES: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "schema.json": RuleFile,
        "watch-schema.json": WatchFile,
        "lexicon-schema.json": LexiconFile,
        "template-schema.json": TemplateFile,
        "filters-schema.json": FiltersFile,
    }
)
"""The stored schemas, by the name of their file in ``rules/``."""

_FOR_PROGRAMMERS = frozenset(("title", "description", "default", "discriminator", "properties"))
_NAME = "^[a-z][a-z0-9_]*$"  # of an entry of a lexicon


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a kind of file, as plain data."""
    made = model.model_json_schema()
    definitions: dict[str, Any] = made.pop("$defs", {})
    parts = {name: _explained(name, part) for name, part in definitions.items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **_explained(model.__name__, made),
        "definitions": parts,
    }


def text_of(model: type[BaseModel]) -> str:
    """The same as a file holds it."""
    return json.dumps(schema_of(model), ensure_ascii=False, indent=1) + "\n"


def write_all(folder: Path) -> list[Path]:
    """Write every schema into a folder; the paths."""
    paths = []
    for name, model in FILES.items():
        (folder / name).write_text(text_of(model), encoding="utf-8")
        paths.append(folder / name)
    return paths


def _explained(model: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A model's schema without what is meant for programmers, with the hover text of its keys."""
    plain: dict[str, Any] = _plain(schema)
    keys = {key: _with_hover(hover(model, key), inner) for key, inner in plain.get("properties", {}).items()}
    return {**plain, "properties": keys} if keys else plain


def _with_hover(text: str | None, schema: dict[str, Any]) -> dict[str, Any]:
    """Beside a reference editors of draft 7 see nothing else, so it is put inside ``allOf``."""
    if text is None:
        return schema
    inner = {"allOf": [schema]} if "$ref" in schema else schema
    return {"description": text, **inner}


def _plain(schema: Any) -> Any:
    """Without titles and docstrings, defaults and discriminators; references and patterns as draft 7 has them."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema.replace("#/$defs/", "#/definitions/") if isinstance(schema, str) else schema
    plain = {key: _plain(part) for key, part in schema.items() if key not in _FOR_PROGRAMMERS}
    if "properties" in schema:  # whose keys are those of the file, "title" among them
        plain["properties"] = {key: _plain(part) for key, part in schema["properties"].items()}
    if isinstance(plain.get("additionalProperties"), dict):
        plain["propertyNames"] = {"pattern": _NAME}
    return plain
