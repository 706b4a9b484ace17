"""The feed reader behaviour test: real processes, restarted in between, graded by the servers. Full marks or red."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from tests.fakes.behaviour import (
    Broken,
    Elsewhere,
    Exam,
    Fresh,
    Gone,
    Nothing,
    OnlyDate,
    OnlyTag,
    Plain,
    Tired,
)
from tests.fakes.web import RawServer
from tests.journeys.processes import build_house

VISITS = 4  # of each kind in each life of the process


def exams() -> dict[str, Exam]:
    """Every scenario."""
    return {
        "plain": Plain(),
        "only an ETag": OnlyTag(),
        "only Last-Modified": OnlyDate(),
        "no validators, a cookie": Nothing(),
        "max-age": Fresh(),
        "Expires": Fresh(how="Expires"),
        "429 with seconds": Tired(),
        "429 with a date": Tired(by_date=True),
        "503 with seconds": Tired(status="503 Service Unavailable"),
        "gone": Gone(),
        "cut body": Broken(),
    }


async def test_full_marks_over_restarts(tmp_path: Path) -> None:
    """No validator invented or lost, nothing asked twice, every wish to wait kept, by two lives of one Rasid."""
    graded = exams()
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(RawServer(exam)) for exam in graded.values()]
        there: Exam = Plain()
        target = await stack.enter_async_context(RawServer(there))
        for status in ("301 Moved Permanently", "302 Found", "307 Temporary", "308 Permanent"):
            graded[status] = Elsewhere(status=status, to=target.url())
        there.least = 0.0  # four feeds lead there
        moved = [one for one in graded.values() if isinstance(one, Elsewhere)]
        servers += [await stack.enter_async_context(RawServer(exam)) for exam in moved]
        house = build_house(tmp_path, feeds=[server.url() for server in servers])
        for life in (1, 2):
            async with house.process("clock", log=f"clock-{life}"):
                await until_visited(graded, VISITS * life, within=60)
    faults = {name: exam.faults() for name, exam in graded.items() if exam.faults()}
    assert faults == {}
    assert len(graded["gone"].visits) == 1
    assert len(graded["cut body"].visits) > 2


async def until_visited(graded: dict[str, Exam], times: int, within: float) -> None:
    """Wait until each was visited so often, but for what is to be asked once, or less and less."""
    patient = [one for one in graded.values() if not isinstance(one, Gone | Broken)]
    async with asyncio.timeout(within):
        while min(len(one.visits) for one in patient) < times:
            await asyncio.sleep(0.1)


async def test_a_reader_that_is_rude_is_found_out() -> None:
    """The test of the test: invented validators, a lost one, haste, a cookie, a query each cost marks."""
    import aiohttp

    async with RawServer(exam := Plain()) as server, aiohttp.ClientSession() as client:
        for headers, query in (({}, ""), ({}, "?x=1"), ({"If-None-Match": '"mine"', "Cookie": "a=b"}, "")):
            async with client.get(server.url() + query, headers=headers) as answer:
                await answer.read()
    found = "\n".join(exam.faults())
    for words in (
        "too early",
        "calls itself",
        "invented",
        "sent cookie",
        "asked 'GET /feed.xml?x=1",
        "was given",
    ):
        assert words in found
    assert Exam().faults() == ["never came"]
