"""Processes for what is hostile: they know no secret of ours. Their side of it stands in ``feeds.confined``."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")  # no secrets


async def start(module: str, *words: object, stderr: int | None = None) -> Process:
    """Run ``python -m module words``, with pipes to its input and from its output."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *map(str, words),
        stdin=PIPE,
        stdout=PIPE,
        stderr=stderr,
        cwd=_ROOT,
        env={name: os.environ[name] for name in _INHERITED if name in os.environ},
    )  # fmt: skip
