"""Troubles of the machine below: the database locked, full, cut off, restarted; a send that hangs; a sleep."""

import asyncio
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from bot.store import deliveries
from bot.store.tables import Delivery
from bot.store.types import DeliveryState
from tests.fakes.bot_api import Fault
from tests.torture import places
from tests.torture.form import long_form
from tests.torture.nursery import Nursery
from tests.torture.people import READERS
from tests.torture.proxy import cutter
from tests.torture.stage import Stage, beside, stage
from tests.torture.tempo import Tempo

pytestmark = pytest.mark.asyncio(loop_scope="session")
NO_ANSWER = "the database does not answer"


async def until(run: Stage, holds: Callable[[], bool], within: float = 90) -> None:
    """Wait until something holds; TimeoutError with what the process wrote."""
    try:
        async with asyncio.timeout(within):
            while not holds():
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise TimeoutError(run.said()[-3000:]) from None


async def until_sent(run: Stage, more: int = 10) -> None:
    """Wait until so many more messages have arrived."""
    wanted = len(run.api.sent) + more
    await until(run, lambda: len(run.api.sent) >= wanted)


@long_form
async def test_a_database_locked_by_another_stops_sending_and_no_more(bench: Nursery, tmp_path: Path) -> None:
    """For longer than Rasid waits: no send, no crash, a line in the log; then it goes on."""
    async with stage(tmp_path, bench, seed=1, weather=0.0) as run:
        child = await run.bear("run")
        async with beside(run.print_steadily()):
            await until_sent(run)
            with closing(sqlite3.connect(tmp_path / "rasid.db", isolation_level=None)) as other:
                other.execute("PRAGMA busy_timeout=20000")
                other.execute("BEGIN IMMEDIATE")
                await asyncio.sleep(1.5)  # what had been claimed before goes out
                before, since = len(run.api.sent), run.said_bytes()
                await until(run, lambda: NO_ANSWER in run.said(since))
                assert len(run.api.sent) == before
                other.execute("ROLLBACK")
            await until_sent(run)
        assert child.lives
        found, _ = await run.verdict(within=180)
    assert found == []


def _mount(*how: str) -> bool:
    return _run("mount", *how)


def _run(*command: str) -> bool:
    """Whether a command of the system's succeeds."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 # our own words


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 megabytes; skipped where none can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not _mount("-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)):
        pytest.skip("a file system cannot be mounted here: a full disk is not tried")
    yield folder
    _run("umount", "-l", str(folder))


@long_form
async def test_a_full_disk_stops_sending_and_space_resumes_it(
    bench: Nursery, tiny_disk: Path, tmp_path: Path
) -> None:
    """It says so, stays alive, and goes on by itself when there is room again; nothing is lost or doubled."""
    url = f"sqlite+aiosqlite:///{tiny_disk / 'rasid.db'}"
    async with stage(tmp_path, bench, seed=2, database_url=url, weather=0.0) as run:
        child = await run.bear("run")
        async with beside(run.print_steadily()):
            await until_sent(run, 5)
            filler, since = tiny_disk / "filler", run.said_bytes()
            await until(run, lambda: _fill(filler) and NO_ANSWER in run.said(since))
            filler.unlink()
            await until_sent(run, 5)
        assert child.lives
        found, _ = await run.verdict(within=180)
    assert found == []


def _fill(filler: Path) -> bool:
    """Take whatever room there is."""
    try:
        with filler.open("ab", buffering=0) as file:
            while file.write(b"x" * 4096) == 4096:
                pass
    except OSError:
        pass
    return True


async def test_a_folder_that_cannot_be_written_is_refused_at_start(
    bench: Nursery, tiny_disk: Path, tmp_path: Path
) -> None:
    """One line that says what is wrong, exit code 1. A read-only file system binds root too."""
    (tiny_disk / "data").mkdir()
    assert _mount("-o", "remount,ro", str(tiny_disk))
    async with stage(tmp_path, bench, seed=3, weather=0.0) as run:
        run.house.environment["DATABASE_URL"] = f"sqlite:///{tiny_disk / 'data' / 'rasid.db'}"
        run.log = "refused.log"
        child = await run.bear("run")
        assert await asyncio.wait_for(child.ended, 60) == 1
        said = run.said()
    assert said.strip().splitlines()[-1].startswith("rasid: DATABASE_URL: cannot use sqlite")
    assert "Traceback" not in said


async def test_a_stop_while_a_send_hangs_leaves_it_for_the_next_sender(
    bench: Nursery, tmp_path: Path
) -> None:
    """SIGTERM: it exits with 0 within the grace; the message, which had arrived, comes once more, labelled."""
    async with stage(tmp_path, bench, seed=4, weather=0.0) as run:
        child = await run.bear("run")
        run.api.faults.append(Fault("sendMessage", "hang", chat_id=READERS[0]))
        async with beside(run.print_steadily()):
            await until(run, lambda: not run.api.faults[0].times)
        began = time.monotonic()
        assert await child.stop() == 0
        assert time.monotonic() - began < 10  # a few seconds; the machine may be busy
        async with run.database.read() as session:
            left = (
                await session.scalars(
                    select(Delivery).where(deliveries.DELIVERY.c.state == DeliveryState.SENDING)
                )
            ).all()
        assert [one.chat_id for one in left] == [READERS[0]]
        found, figures = await run.verdict(within=180)
    assert found == []
    assert figures["labelled"] == 1


@long_form
async def test_a_sender_that_slept_past_its_lease_is_fenced(bench: Nursery, tmp_path: Path) -> None:
    """Frozen for longer than a lease while another stands by: that one takes over; nothing comes twice unlabelled."""
    tempo = Tempo(lease=6.0, fresh=4.0)
    async with stage(tmp_path, bench, seed=5, weather=0.02, tempo=tempo) as run:
        first = await run.bear("run")
        async with beside(run.print_steadily()):
            await until_sent(run, 5)
            second = await run.bear("bot")
            await asyncio.sleep(3)
            for _ in range(2):
                since = run.said_bytes()
                first.signal(signal.SIGSTOP)
                await run.at_work(second, since, within=60)
                first.signal(signal.SIGCONT)
                first, second = second, first
                await asyncio.sleep(3)
        assert (first.lives, second.lives) == (True, True)
        found, _ = await run.verdict(within=180)
    assert found == []


async def test_a_crash_between_fetch_and_commit_and_then_304(bench: Nursery, tmp_path: Path) -> None:
    """The validators are stored with what they brought: the feed that was read and not stored is read again, whole."""
    async with stage(tmp_path, bench, seed=6, weather=0.0) as run:
        run.press.troubles = 0.0
        run.press.print_something()
        for number in (1, 1, 1):
            child = await run.bear("clock", point="before commit poll.save", nth=number)
            assert await asyncio.wait_for(child.ended, 60) == -signal.SIGKILL
        assert await run.unread() == 1
        await run.bear("run")
        await until(run, lambda: sum(outlet.conditional for outlet in run.press.outlets) > 0)
        found, figures = await run.verdict(within=180)
    assert found == []
    assert figures["deliveries"] > 0


async def test_postgresql_cut_off_at_commit(
    bench: Nursery, tmp_path: Path, new_postgres: Callable[[], str]
) -> None:
    """Whether the commit was done or not, nobody heard; what was done is found, what was not is done again."""
    url = make_url(new_postgres())
    folder = str(url.query["host"])
    async with (
        cutter(f"{folder}/.s.PGSQL.5432", seed=7) as proxy,
        stage(
            tmp_path, bench, seed=7, database_url=url.render_as_string(hide_password=False), weather=0.0
        ) as run,
    ):
        through = url.set(
            host="127.0.0.1", port=proxy.port, query={"sslmode": "disable", "gssencmode": "disable"}
        )
        run.house.environment["DATABASE_URL"] = through.set(drivername="postgresql").render_as_string(False)
        child = await run.bear("run")
        async with beside(run.print_steadily()):
            await until_sent(run, 5)
            proxy.rate = 0.05
            await until(run, lambda: proxy.cut_before > 2 and proxy.cut_after > 2)
            proxy.rate = 0.0
            await until_sent(run, 5)
        assert child.lives
        found, _ = await run.verdict(within=180)
    assert found == []


@long_form
async def test_postgresql_restarted_under_load(bench: Nursery, tmp_path: Path) -> None:
    """Everybody's connections die at once: it stays alive, and goes on when the server is back; even after a crash."""
    with places.server() as server:
        url = places.new_database(places.url_of(server))
        async with stage(tmp_path, bench, seed=8, database_url=url, weather=0.0) as run:
            child = await run.bear("run")
            async with beside(run.print_steadily()):
                await until_sent(run, 5)
                for how in ("fast", "immediate"):
                    await asyncio.to_thread(places.restart, server, how)
                    await until_sent(run, 5)
            assert child.lives
            found, _ = await run.verdict(within=180)
    assert found == []
