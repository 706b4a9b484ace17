"""Runs the contenders one after another, prints what they spent, and one JSON line last."""

import argparse
import asyncio
import json
import subprocess
import sys
from pathlib import Path

from bench.feeds.press import ROOT, outlets

FEEDS, MANY = 500, 10_000
READER = ROOT / ".venv" / "bench-reader"  # an environment of its own: it needs other versions than we do


async def _run(python: str, *words: object) -> dict[str, float]:
    process = await asyncio.create_subprocess_exec(
        python, *map(str, words), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    out = await process.stdout.read()
    if await process.wait():
        raise SystemExit(f"{' '.join(map(str, words))} failed")
    found: dict[str, float] = json.loads(out.splitlines()[-1])
    return found


def reader_python() -> str | None:
    """The Python of reader's environment, made when it is missing; None where it cannot be installed."""
    python = READER / "bin" / "python"
    if not (READER / "ready").exists():
        command = [sys.executable, "-m", "venv", str(READER)]
        subprocess.run(command, check=True)  # noqa: S603
        wanted = ["reader", *(["sgmllib3k"] if sys.version_info < (3, 12) else [])]
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
        if subprocess.run(install, check=False, stderr=subprocess.DEVNULL).returncode:  # noqa: S603
            return None
        (READER / "ready").touch()
    return str(python)


async def measure(count: int, many: int) -> dict[str, float]:
    """Every contender over the same outlets."""
    figures: dict[str, float] = {}
    async with outlets() as port:
        ours = await _run(sys.executable, "-m", "bench.feeds.ours", port, count)
        bare = await _run(sys.executable, "-m", "bench.feeds.bare", port, count)
        python = reader_python()
        theirs = await _run(python, Path(__file__).with_name("theirs.py"), port, count) if python else {}
        for kind, seconds in ours.items():
            beside = f"  reader {theirs[kind] * 1000:.2f}" if theirs else ""
            print(f"{kind}: CPU a feed in ms: ours {seconds * 1000:.3f}{beside}", flush=True)
            if theirs:
                figures[f"{kind.removesuffix('_read')}_vs_reader"] = theirs[kind] / seconds
            figures[f"{kind}_ms"] = seconds * 1000
        print(f"aiohttp alone, unchanged_304: {bare['unchanged_304'] * 1000:.3f} ms", flush=True)
        figures["unchanged_304_over_aiohttp"] = ours["unchanged_304"] / bare["unchanged_304"]
    async with outlets() as port:
        drain = await _run(sys.executable, "-m", "bench.feeds.ours", port, many, "drain")
        hostile = await _run(sys.executable, "-m", "bench.feeds.ours", port, count, "hostile")
    print(f"{many:,} feeds due at once: {drain}", flush=True)
    print(f"{count:,} feeds beside a hostile one: {hostile}", flush=True)
    figures |= {f"drain_{many}_{name}": value for name, value in drain.items()}
    return figures | {f"hostile_{name}": value for name, value in hostile.items()}


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.feeds")
    parser.add_argument("--feeds", type=int, default=FEEDS, help="how many each contender reads")
    parser.add_argument("--many", type=int, default=MANY, help="how many are due at once")
    asked = parser.parse_args()
    figures = asyncio.run(measure(asked.feeds, asked.many))
    print(json.dumps({"bench": "feeds", **{name: round(value, 3) for name, value in figures.items()}}))


if __name__ == "__main__":
    main()
