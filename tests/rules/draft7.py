"""As much of JSON Schema's draft 7 as our schemas use: whether data is valid, the obvious way."""

import re
from collections.abc import Callable
from typing import Any

_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda data: isinstance(data, dict),
    "array": lambda data: isinstance(data, list),
    "string": lambda data: isinstance(data, str),
    "integer": lambda data: type(data) is int,
    "boolean": lambda data: isinstance(data, bool),
    "null": lambda data: data is None,
}
_TEXT = {"$schema", "definitions", "description"}


def valid(data: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Whether data is as the schema says; KeyError for a keyword that is unknown here."""
    return all(
        _KEYWORDS[key](data, wanted, schema, root) for key, wanted in schema.items() if key not in _TEXT
    )


Check = Callable[[Any, Any, dict[str, Any], dict[str, Any]], bool]


def _ref(data: Any, wanted: Any, _schema: dict[str, Any], root: dict[str, Any]) -> bool:
    return valid(data, root["definitions"][wanted.removeprefix("#/definitions/")], root)


def _properties(data: Any, wanted: Any, _schema: dict[str, Any], root: dict[str, Any]) -> bool:
    return not isinstance(data, dict) or all(
        valid(data[key], inner, root) for key, inner in wanted.items() if key in data
    )


def _additional(data: Any, wanted: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    more = (
        [data[key] for key in data if key not in schema.get("properties", {})]
        if isinstance(data, dict)
        else []
    )
    return all(wanted is not False and valid(one, wanted, root) for one in more)


_KEYWORDS: dict[str, Check] = {
    "$ref": _ref,
    "type": lambda data, wanted, *_: _TYPES[wanted](data),
    "enum": lambda data, wanted, *_: data in wanted,
    "pattern": lambda data, wanted, *_: not isinstance(data, str) or bool(re.search(wanted, data)),
    "minLength": lambda data, wanted, *_: not isinstance(data, str) or len(data) >= wanted,
    "maxLength": lambda data, wanted, *_: not isinstance(data, str) or len(data) <= wanted,
    "minimum": lambda data, wanted, *_: type(data) is not int or data >= wanted,
    "maximum": lambda data, wanted, *_: type(data) is not int or data <= wanted,
    "minItems": lambda data, wanted, *_: not isinstance(data, list) or len(data) >= wanted,
    "maxItems": lambda data, wanted, *_: not isinstance(data, list) or len(data) <= wanted,
    "required": lambda data, wanted, *_: not isinstance(data, dict) or set(wanted) <= data.keys(),
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": lambda data, wanted, _, root: (
        not isinstance(data, dict) or all(valid(key, wanted, root) for key in data)
    ),
    "items": lambda data, wanted, _, root: (
        not isinstance(data, list) or all(valid(one, wanted, root) for one in data)
    ),
    "anyOf": lambda data, wanted, _, root: any(valid(data, one, root) for one in wanted),
    "allOf": lambda data, wanted, _, root: all(valid(data, one, root) for one in wanted),
    "oneOf": lambda data, wanted, _, root: sum(valid(data, one, root) for one in wanted) == 1,
}
