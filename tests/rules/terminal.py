"""The commands of ``rasid rules`` as they are typed."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.settings import ROOT

COMMAND = [sys.executable, "-c", "from bot.cli.rules import app; app(prog_name='rasid rules')"]


def run(
    *arguments: str, stdin: bytes = b"", env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own, in a locale without UTF-8."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "PYTHONUTF8": "0", **(env or {})}
    return subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, *arguments], input=stdin, capture_output=True, env=environment, check=False, cwd=cwd
    )


def lines(*items: object) -> bytes:
    """JSON lines."""
    return "\n".join(json.dumps(item, ensure_ascii=False) for item in items).encode()


def read(output: bytes) -> Sequence[dict[str, object]]:
    """JSON lines back."""
    return [json.loads(line) for line in output.decode().splitlines()]


def told(output: bytes) -> str:
    """What was said, without the frame and the line breaks that usage errors are put in."""
    return " ".join(output.decode().replace("│", " ").split())
