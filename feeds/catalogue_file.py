"""A catalogue file as mappings whose values are read with a check, and whose mistakes are collected."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from feeds.catalogue_yaml import Items, Node, Pairs, Position, Problems, Value, read_nodes

__all__ = ["Mapping", "Node", "Position", "Problems", "Value", "read_catalogue_file"]


class Mapping(Pairs):
    """A mapping whose values are asked for by key and kind; whatever is wrong is reported where it stands."""

    __slots__ = ()

    def has(self, key: str) -> bool:
        """Whether the key is written here."""
        return key in self.nodes

    def allow(self, known: Sequence[str], problems: Problems) -> None:
        """Report every key that is not among ``known``, with the one that was probably meant."""
        for key, position in self.keys.items():
            if key in known:
                continue
            near = get_close_matches(key, known, n=1)
            hint = f"لعلك تقصد {near[0]}." if near else f"المعروف: {'، '.join(known)}."
            english = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
            said = key[:60]
            problems.add(
                "F005", self.path, position, f"مفتاح غير معروف: {said}", f"unknown key: {said}{english}", hint
            )

    def value(self, key: str, problems: Problems) -> Value | None:
        """The scalar under a key, or None (reported) if it is missing, empty or no scalar."""
        node = self.nodes.get(key)
        if node is None:
            problems.at("F006", self, f"ينقص المفتاح {key}", f"the key {key} is missing", f"أضف {key}.")
            return None
        if not isinstance(node, Value) or not node.text.strip():
            problems.at("F007", node, f"قيمة {key} يجب أن تكون نصًا", f"{key} takes a text")
            return None
        return node

    def text(
        self,
        key: str,
        problems: Problems,
        *,
        default: str | None = None,
        pattern: str = "",
        example: str = "",
    ) -> str:
        """A text; "" (reported) if it is wrong. ``default`` makes the key optional; ``pattern`` must match whole."""
        if default is not None and not self.has(key):
            return default
        value = self.value(key, problems)
        if value is None:
            return ""
        if pattern and not re.fullmatch(pattern, value.text):
            problems.at(
                "F008",
                value,
                f"قيمة {key} غير صحيحة: {value.text}",
                f"{key} cannot be {value.text!r}; for example: {example}",
                f"مثال: {example}",
            )
            return ""
        return value.text.strip()

    def number(self, key: str, problems: Problems, *, default: int, lowest: int, highest: int) -> int:
        """A whole number within bounds, or ``default`` where the key is absent or (reported) wrong."""
        if not self.has(key):
            return default
        value = self.value(key, problems)
        if value is None:
            return default
        if re.fullmatch(r"\d{1,6}", value.text, re.ASCII) and lowest <= int(value.text) <= highest:
            return int(value.text)
        problems.at(
            "F008",
            value,
            f"قيمة {key} عدد من {lowest} إلى {highest}، لا {value.text}",
            f"{key} is a number from {lowest} to {highest}, not {value.text!r}",
        )
        return default

    def choice(self, key: str, choices: Sequence[str], problems: Problems) -> str:
        """One of ``choices``, or "" where the key is absent or (reported) wrong."""
        if not self.has(key):
            return ""
        value = self.value(key, problems)
        if value is None or value.text in choices:
            return value.text if value else ""
        near = get_close_matches(value.text, choices, n=1)
        problems.at(
            "F008",
            value,
            f"قيمة {key} واحدة من: {'، '.join(choices)}",
            f"{key} is one of {', '.join(choices)}, not {value.text!r}"
            + (f"; did you mean {near[0]}?" if near else ""),
            f"لعلك تقصد {near[0]}." if near else "",
        )
        return ""

    def items(self, key: str, problems: Problems) -> Iterator["Mapping"]:
        """The mappings of the list under a key; anything else is reported."""
        node = self.nodes.get(key)
        if node is None:
            problems.at("F006", self, f"ينقص المفتاح {key}", f"the key {key} is missing", f"أضف {key}.")
            return
        if not isinstance(node, Items):
            problems.at("F007", node, f"قيمة {key} يجب أن تكون قائمة", f"{key} takes a list")
            return
        for item in node.nodes:
            mapping = _mapping(item, problems)
            if mapping is not None:
                yield mapping

    def inner(self, key: str, problems: Problems) -> "Mapping | None":
        """The mapping under a key, or None where it is absent or (reported) none."""
        node = self.nodes.get(key)
        return _mapping(node, problems) if node is not None else None


def read_catalogue_file(path: Path, problems: Problems) -> Mapping | None:
    """The top of a file, or None (reported) if it cannot be read as YAML with a mapping at its top."""
    node = read_nodes(path, problems)
    return _mapping(node, problems) if node is not None else None


def _mapping(node: Node, problems: Problems) -> Mapping | None:
    if isinstance(node, Pairs):
        return Mapping(node.path, node.position, node.keys, node.nodes)
    problems.at("F007", node, "هنا يُنتظر مفتاح وقيمة", "a mapping of keys to values is expected here")
    return None
