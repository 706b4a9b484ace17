"""``rasid rules try`` and ``diff``: a rule, or a change of rules, on news that has been."""

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.rings import alerts_of
from bot.cli.rules_common import emphasised
from bot.store.engine import Database
from bot.store.schema import upgrade
from rules import Document, Evidence, Match, Severity, Status
from rules.replay import Catch, marked
from tests.bot.test_archive import store
from tests.rules.terminal import lines, run
from tests.rules.workshop import folder_of, rule_text

NEWS = (
    {"id": 1, "title": "وصل بوتين", "published": "2024-06-18", "source": "الأولى"},
    {"id": 2, "title": "مطر", "published": "2024-06-19T10:00:00+00:00", "source": "الأولى"},
    {"id": 3, "title": "روسيا", "body": "قال بوتين", "published": "2024-06-20", "source": "الثانية"},
    {"id": 4, "title": "بوتين وبوتين", "source": "الأولى"},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A draft and a live rule."""
    draft = rule_text("$putin", "escalate: [{when: $said, severity: high}]").replace("live", "draft")
    return folder_of(tmp_path / "rules", draft, rule_text("$russia", rule="b-rule"))


@pytest.fixture
def news(tmp_path: Path) -> str:
    """Four items."""
    path = tmp_path / "news.jsonl"
    path.write_bytes(lines(*NEWS))
    return str(path)


def test_what_a_draft_would_have_caught(folder: Path, news: str) -> None:
    """Total, every day, titles with the evidence marked, sources, severities."""
    done = run("try", "a-rule", str(folder), "--items", news)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    assert done.stdout.decode().splitlines() == [
        "a-rule: الأخبار 4، ما طابق 3، التنبيهات 3 · holds for 3 of 4 items, in 3 alerts",
        "بلا تاريخ · undated     1 ████████████████████",
        "2024-06-18     1 ████████████████████",
        "2024-06-19     0",
        "2024-06-20     1 ████████████████████",
        "  1 2024-06-18 (medium) وصل ⟦بوتين⟧ — الأولى",
        "  3 2024-06-20 (high) روسيا … قال ⟦بوتين⟧ — الثانية",
        "  4 (medium) ⟦بوتين⟧ و⟦بوتين⟧ — الأولى".replace("و⟦بوتين⟧", "وبوتين"),
        "المصادر · sources: الأولى 2، الثانية 1",
        "الخطر · severity medium: 2",
        "الخطر · severity high: 1",
    ]


def test_the_same_for_programs(folder: Path, news: str) -> None:
    """--json has everything; --most does not cut it."""
    told = json.loads(run("try", "a-rule", str(folder), "--items", news, "--json", "--most", "1").stdout)
    assert (told["looked_at"], told["total"], told["alerts"], told["expect"]) == (4, 3, 3, None)
    assert told["days"] == {"": 1, "2024-06-18": 1, "2024-06-19": 0, "2024-06-20": 1}
    assert told["sources"] == {"الأولى": 2, "الثانية": 1}
    assert told["severities"] == {"medium": 2, "high": 1}
    assert [one["id"] for one in told["caught"]] == [1, 3, 4]
    assert told["caught"][0]["evidence"] == [{"field": "title", "start": 4, "end": 9, "text": "بوتين"}]


def test_what_was_expected(folder: Path, tmp_path: Path) -> None:
    """Days that are outside, and a silence that is too long; a long run of empty days is one line."""
    text = rule_text("$putin", "expect: {per_day: 0..1, at_least_one_every: 10d}", rule="c-rule")
    folder_of(folder, text)
    items = tmp_path / "items.jsonl"
    days = [{"title": "مطر", "published": f"2024-05-{day:02}"} for day in range(1, 31)]
    items.write_bytes(lines(*days, {"title": "بوتين", "published": "2024-05-02"}, *BUSY))
    done = run("try", "c-rule", str(folder), "--items", str(items)).stdout.decode().splitlines()
    assert done[1:7] == [
        "✗ expect per_day 0..1: الأيام 30، ما خرج عن ذلك 1 · 1 of 30 days are outside: 2024-05-20 2",
        "✗ expect at_least_one_every: أطول صمت بالأيام 18، والمقبول 10 · longest silence 18 days of 10",
        "2024-05-01     0",
        "2024-05-02     1 ██████████",
        "         …     0 (الأيام · days: 17)",
        "2024-05-20     2 ████████████████████",
    ]
    told = json.loads(run("try", "c-rule", str(folder), "--items", str(items), "--json").stdout)["expect"]
    assert told == {
        "days": 30,
        "above": ["2024-05-20"],
        "below": [],
        "silence": 18,
        "too_quiet": True,
        "holds": False,
    }
    fine = text.replace("0..1", "0..2").replace("10d", "18d")
    folder_of(folder, fine)
    assert "✗" not in run("try", "c-rule", str(folder), "--items", str(items), "--most", "0").stdout.decode()


BUSY = ({"title": "بوتين", "published": "2024-05-20"}, {"title": "بوتين وبوتين", "published": "2024-05-20"})


def caught(title: str, hours: float = 0, published: datetime | None = None) -> Catch:
    """Something that was caught so many hours after the beginning."""
    seen = datetime(2024, 6, 18, tzinfo=UTC) + timedelta(hours=hours)
    document = Document(title, feed="المشرق", published=published, seen=seen)
    return Catch(1, document, title, Match("r", Severity.LOW, Status.LIVE, "", ()))


def test_alerts_are_counted_as_the_bot_rings() -> None:
    """A headline printed again joins its alert for a day and a half; short ones are news each; stale ones none."""
    headline = "الرئيس بوتين يصل إلى بيونغ يانغ"
    assert alerts_of([caught(headline), caught(f"عاجل | {headline} - المشرق", 30)]) == 1
    assert alerts_of([caught(headline, 40), caught(headline), caught(headline, 20)]) == 2
    assert alerts_of([caught("بوتين"), caught("بوتين", 1)]) == 2
    assert alerts_of([caught(headline, published=datetime(2024, 6, 1, tzinfo=UTC))]) == 0
    assert alerts_of([]) == 0


def test_on_a_terminal_evidence_is_bold(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what a headline would tell the terminal to do is not done."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert emphasised("وصل ⟦بوتين⟧ \x1b]0;x\x07") == "وصل \x1b[1mبوتين\x1b[22m  ]0;x "
    monkeypatch.setenv("TERM", "dumb")
    assert emphasised("⟦بوتين⟧") == "⟦بوتين⟧"


def test_a_file_that_is_not_yet_in_the_library(folder: Path, news: str, tmp_path: Path) -> None:
    """A rule can be tried before it is put there; a long list is cut, and it is said."""
    other = tmp_path / "c-rule.yaml"
    other.write_text(rule_text("{any: [$putin, مطر]}", rule="c-rule"), encoding="utf-8")
    told = run("try", str(other), str(folder), "--items", news, "--most", "1").stdout.decode()
    assert "holds for 4 of 4 items" in told
    assert "3 more (--most, --json)" in told


async def test_stored_news(folder: Path, tmp_path: Path) -> None:
    """--days looks at what was stored in these days, and no further."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'rasid.db'}"
    database = Database(url)
    await upgrade(database)
    await store(
        database, datetime.now(UTC) - timedelta(days=3, minutes=30), *(f"بوتين {n}" for n in range(30))
    )
    await database.dispose()
    env = {"DATABASE_URL": url}
    told = run("try", "a-rule", str(folder), "--days", "3", env=env).stdout.decode()
    assert "holds for 29 of 29 items" in told
    assert "المصادر · sources: Mashriq 29" in told


@pytest.mark.parametrize(
    "arguments", [(), ("--items", "/nowhere"), ("--items", "-", "--days", "2"), ("--days", "0")]
)
def test_where_the_news_is(folder: Path, arguments: tuple[str, ...]) -> None:
    """Neither, a missing file, both, no day: usage errors."""
    done = run("try", "a-rule", str(folder), *arguments)
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)


def test_a_bad_line_is_told(folder: Path) -> None:
    """And the others are looked at."""
    done = run("try", "b-rule", str(folder), "--items", "-", stdin=b"{\n" + lines(NEWS[2]))
    assert b"-:1:" in done.stderr
    assert "holds for 1 of 1 items" in done.stdout.decode()


def test_evidence_deep_in_a_long_body() -> None:
    """As much of it is shown as needed."""
    body = "كلمة " * 200 + "بوتين" + " كلمة" * 200
    shown = marked(Document("عنوان", body=body), [Evidence("body", 1000, 1005, "بوتين")])
    assert shown.startswith("عنوان … …")
    assert "⟦بوتين⟧" in shown
    assert len(shown) < 270
    assert set(shown.replace("…", "").split()) == {"عنوان", "كلمة", "⟦بوتين⟧"}


def git(folder: Path, *arguments: str) -> None:
    """Run git there."""
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)  # noqa: S603, S607


@pytest.fixture
def committed(folder: Path) -> Path:
    """The rules below the top of a git repository, committed, then changed: one wider, one gone, one new."""
    folder_of(folder, rule_text("وصل", rule="c-rule"))
    git(folder.parent, "init", "-q")
    git(folder.parent, "add", "rules")
    git(folder.parent, "commit", "-qm", "one")
    folder_of(folder, rule_text("{any: [$russia, مطر]}", rule="b-rule"), rule_text("مطر", rule="d-rule"))
    (folder / "library" / "topic" / "c-rule.yaml").unlink()
    return folder


def test_against_the_last_commit(committed: Path, news: str) -> None:
    """Rules added, removed, changed; items gained and lost."""
    done = run("diff", str(committed), "--items", news)
    assert done.returncode == 0, done.stderr.decode()
    first, *others = done.stdout.decode().splitlines()
    assert re.fullmatch(r"المقارنة مع · against: HEAD \([0-9a-f]{7,} \d{4}-\d\d-\d\d\)", first)
    assert others == [
        "الأخبار · items: 4",
        "b-rule: تغيرت · changed",
        "c-rule: حُذفت · removed",
        "d-rule: جديدة · added",
        "b-rule: كسبت 1، وفقدت 0، وتغير خطر 0 · gained 1, lost 0, severity 0",
        "+  2 2024-06-19 (medium) ⟦مطر⟧ — الأولى",
        "c-rule: كسبت 0، وفقدت 1، وتغير خطر 0 · gained 0, lost 1, severity 0",
        "-  1 2024-06-18 (medium) ⟦وصل⟧ بوتين — الأولى",
        "d-rule: كسبت 1، وفقدت 0، وتغير خطر 0 · gained 1, lost 0, severity 0",
        "+  2 2024-06-19 (medium) ⟦مطر⟧ — الأولى",
    ]


def test_severities_and_statuses(folder: Path, news: str, tmp_path: Path) -> None:
    """A match that is more serious now; a rule that was a draft; against a folder."""
    live = rule_text("$putin", "escalate: [{when: $said, severity: high}]")
    old = folder_of(tmp_path / "old", live, rule_text("$russia", rule="b-rule").replace("live", "draft"))
    new = folder_of(tmp_path / "new", live.replace("high", "critical"), rule_text("$russia", rule="b-rule"))
    told = json.loads(run("diff", str(new), "--against", str(old), "--items", news, "--json").stdout)
    assert told["rules"] == {"a-rule": "changed", "b-rule": "status"}
    (changed,) = told["items"]["a-rule"]["severity"]
    assert (changed["id"], changed["was"], changed["severity"]) == (3, "high", "critical")
    assert [one["id"] for one in told["items"]["b-rule"]["gained"]] == [3]
    text = run("diff", str(new), "--against", str(old), "--items", news).stdout.decode()
    assert "(كان · was high)" in text


def test_a_rule_that_was_broken_is_not_removed(committed: Path, news: str) -> None:
    """It is said to be broken, its problem stands on stderr, and the exit code is 1."""
    folder_of(committed, rule_text("$nobody", rule="b-rule"))
    done = run("diff", str(committed), "--items", news, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, b"b-rule.yaml:7:8 R001" in done.stderr) == (1, True)
    assert told["rules"] == {"b-rule": "broken", "c-rule": "removed", "d-rule": "added"}
    assert [one["id"] for one in told["items"]["b-rule"]["lost"]] == [3]


def test_nothing_changed(folder: Path, news: str) -> None:
    """It is said."""
    told = run("diff", str(folder), "--against", str(folder), "--items", news).stdout.decode()
    assert told.splitlines()[0].endswith(f"· against: {folder.name}")
    assert "no rule has changed" in told
    assert "the same items match" in told


@pytest.mark.parametrize("against", ["HEAD~5", "--output=x", "nothing", ""])
def test_what_is_no_commit(committed: Path, news: str, against: str) -> None:
    """One line and exit code 2, whatever the name."""
    done = run("diff", str(committed), f"--against={against}", "--items", news)
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)
    assert "no such folder or commit" in done.stderr.decode()


def test_outside_of_git(folder: Path, news: str, tmp_path: Path) -> None:
    """There is no HEAD to compare with, and it is said."""
    done = run("diff", str(folder), "--items", news, env={"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    assert (done.returncode, b"not a git repository" in done.stderr) == (2, True)
