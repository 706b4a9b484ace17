"""What a child may be asked to do besides: tell how it fares, or see a commit fail."""

from collections.abc import Callable
from typing import Any

HOOKS: dict[str, Callable[[dict[str, Any]], None]] = {}
