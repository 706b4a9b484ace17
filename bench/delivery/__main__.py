"""Measures all parts on both databases, prints what it finds, and one JSON line last."""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable

from bench.delivery import broadcast, claims, latency, pace
from bench.delivery.town import KINDS, postgres, town
from bot.logs import set_up_logs

Figures = dict[str, float]
PARTS = ("pace", "latency", "broadcast", "claims")
WORST_IS_LEAST = ("of_limit", "edits_of_limit", "of_limit_jitter_50ms")


async def _pace(kind: str, url: str, seconds: float) -> Figures:
    async with town(kind, url) as here:
        figures = await pace.measure(here, jitter=0.0, seconds=seconds)
    async with town(kind, url) as here:
        jittered = await pace.measure(here, jitter=0.05, seconds=seconds / 2)
    figures |= {f"{name}_jitter_50ms": jittered[name] for name in ("of_limit", "provoked_429")}
    return figures


async def _latency(kind: str, url: str, _: float) -> Figures:
    async with town(kind, url) as here:
        return await latency.measure(here)


async def _broadcast(kind: str, url: str, _: float) -> Figures:
    async with town(kind, url) as here:
        return await broadcast.measure(here)


async def _claims(kind: str, url: str, _: float) -> Figures:
    figures: Figures = {}
    for one_chat in (False, True):
        async with town(kind, url) as few, town(kind, url) as many:
            figures |= await claims.measure(few, many, one_chat=one_chat)
    ratios = [value for name, value in figures.items() if name.startswith("claim_1e6_over_1e3")]
    return figures | {"claim_1e6_over_1e3": max(ratios)}


_MEASURE: dict[str, Callable[[str, str, float], Awaitable[Figures]]] = {
    "pace": _pace, "latency": _latency, "broadcast": _broadcast, "claims": _claims,
}  # fmt: skip


async def measure(parts: list[str], kinds: list[str], seconds: float) -> Figures:
    """Every part on every database; of each figure the worse of the databases, CPU of each by itself."""
    worst: Figures = {}
    with postgres() as url:
        for part in parts:
            for kind in kinds:
                found = await _MEASURE[part](kind, url, seconds)
                shown = "  ".join(f"{name} {value:.3f}" for name, value in found.items())
                print(f"{part}, {kind}: {shown}", flush=True)
                for name, value in found.items():
                    if name == "cpu_ms_a_message":
                        worst[f"{name}_{kind}"] = value
                    else:
                        choose = min if name in WORST_IS_LEAST else max
                        worst[name] = choose(worst.get(name, value), value)
    return worst


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.delivery")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--on", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seconds", type=float, default=pace.SECONDS, help="how long messages are counted")
    asked = parser.parse_args()
    with tempfile.TemporaryFile("w", encoding="utf-8") as log:  # writing it is part of what a message costs
        set_up_logs("INFO", "json", stream=log)
        figures = asyncio.run(measure(asked.only, asked.on, asked.seconds))
    print(json.dumps({"bench": "delivery", **{name: round(value, 3) for name, value in figures.items()}}))


if __name__ == "__main__":
    main()
