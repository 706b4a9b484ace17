"""The recorded evening: what each outlet's feed shows at each moment. Pure once loaded; no clock, no network.

Scenario time counts in seconds from the evening's start; what stood in a feed before it has a negative time.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import RasidError
from bot.evening.views import EntryView, FeedView

FOLDER = Path(__file__).resolve().parent
_MOMENT = re.compile(r"(-?)(\d{1,3}):([0-5]\d)", re.ASCII)


class ScenarioError(RasidError):
    """The scenario cannot be played; the text names the file and what is wrong in it."""


def _seconds(value: object) -> float:
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("a time is hours:minutes from the evening's start, such as 2:40 or -30:15")
    sign, hours, minutes = found.groups()
    seconds = int(hours) * 3600 + int(minutes) * 60
    return float(-seconds if sign else seconds)


Moment = Annotated[float, BeforeValidator(_seconds)]
Line = Annotated[str, Field(min_length=1, pattern=r"^\S([^\n]*\S)?$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Edit(_Part):
    """A later version of an entry's headline under the same guid, from ``at`` on."""

    at: Moment
    title: Line


class PlayedEntry(_Part):
    """One item of one feed, and what the rules ought to say of it.

    ``expect``: ids of the rules that ought to fire. ``development``: which turn of the story it reports.
    ``copy_of``: ``outlet/id`` of the item whose news it repeats. ``page`` and ``query``: the address, when it
    is another item's page again or carries noise. ``published``: the date it claims, when that is not ``at``.
    """

    id: int
    at: Moment
    title: Line
    summary: Line
    body: str = ""
    author: str = ""
    expect: tuple[str, ...] = ()
    development: str = ""
    copy_of: str = ""
    page: int | None = None
    query: str = ""
    published: Moment | None = None
    edits: tuple[Edit, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        moments = [self.at, *(edit.at for edit in self.edits)]
        if moments != sorted(set(moments)):
            raise ValueError("edits come after the entry, one after the other")
        if self.published is not None and self.published > self.at:
            raise ValueError("an entry cannot claim a date later than its appearance")
        return self


class Outage(_Part):
    """From ``start`` until ``until`` (or for good) the feed answers ``status`` and shows nothing."""

    start: Moment
    until: Moment | None = None
    status: Annotated[int, Field(ge=400, le=599)]

    def covers(self, seconds: float) -> bool:
        """Whether the feed is out at that moment."""
        return self.start <= seconds and (self.until is None or seconds < self.until)


class PlayedFeed(_Part):
    """One outlet: who it is, how its feed is written and served, and its entries."""

    key: Annotated[str, Field(pattern=r"^[a-z]+$")]
    outlet: Line
    outlet_ar: Line
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    path: Annotated[str, Field(pattern=r"^/[a-z0-9/._-]+$")]
    site: Annotated[str, Field(pattern=r"^https://[a-z.-]+\.example$")]
    format: Literal["rss", "atom"] = "rss"
    markup: Literal["cdata", "escaped"] = "escaped"
    guid: Literal["permalink", "opaque", "missing"] = "permalink"
    charset: Literal["utf-8", "windows-1256"] = "utf-8"
    charset_in_http: bool = True
    validators: frozenset[Literal["etag", "last-modified"]] = frozenset({"etag", "last-modified"})
    utc_offset: Annotated[float, Field(ge=-12, le=14)] = 0
    window: Annotated[int, Field(ge=1)]
    outages: tuple[Outage, ...] = ()
    entries: tuple[PlayedEntry, ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ids = [entry.id for entry in self.entries]
        _refuse_repeats(ids, f"{self.key}: entry id")
        missing = {entry.page for entry in self.entries if entry.page is not None} - set(ids)
        if missing:
            raise ValueError(f"{self.key}: page of no entry: {sorted(missing)}")
        if self.markup == "cdata" and self.charset != "utf-8":
            raise ValueError(f"{self.key}: CDATA cannot hold a letter that {self.charset} lacks")
        return self

    def at(self, seconds: float) -> FeedView:
        """What the feed answers at that moment."""
        outage = next((one for one in self.outages if one.covers(seconds)), None)
        changes = [moment for moment in self.changes() if moment <= seconds]
        changed = max(changes, default=0.0)
        if outage is not None:
            return FeedView(status=outage.status, changed=changed, back=outage.until)
        out = sorted((one for one in self.entries if one.at <= seconds), key=lambda one: one.at, reverse=True)
        shown = tuple(self._view(entry, seconds) for entry in out[: self.window])
        return FeedView(status=200, changed=changed, entries=shown)

    def changes(self) -> Iterator[float]:
        """The moments at which the feed's text changes, in no order."""
        for entry in self.entries:
            yield entry.at
            yield from (edit.at for edit in entry.edits)

    def recovers(self) -> bool:
        """Whether the feed is there at the end: no outage of it lasts for good."""
        return all(outage.until is not None for outage in self.outages)

    def _view(self, entry: PlayedEntry, seconds: float) -> EntryView:
        link = f"{self.site}/news/{entry.page or entry.id}" + (f"?{entry.query}" if entry.query else "")
        guids = {"permalink": link, "opaque": f"{self.key}-{entry.id}", "missing": ""}
        edits = [edit for edit in entry.edits if edit.at <= seconds]
        return EntryView(
            id=entry.id,
            title=edits[-1].title if edits else entry.title,
            summary=entry.summary,
            body=entry.body,
            author=entry.author,
            link=link,
            guid=guids[self.guid],
            published=entry.at if entry.published is None else entry.published,
            updated=edits[-1].at if edits else entry.at,
        )


class Scenario(_Part):
    """The whole evening: ``length`` seconds of scenario time, its developments and its feeds."""

    length: Annotated[Moment, Field(gt=0)]
    developments: dict[str, Line]
    feeds: Annotated[tuple[PlayedFeed, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for name in ("key", "path", "outlet"):
            _refuse_repeats([getattr(feed, name) for feed in self.feeds], name)
        for name, entry in self.entries():
            if max([entry.at, *(edit.at for edit in entry.edits)]) >= self.length:
                raise ValueError(f"{name}: after the end of the evening")
            if bool(entry.development) != bool(entry.expect):
                raise ValueError(f"{name}: a development and expected rules go together")
            if entry.development and entry.development not in self.developments:
                raise ValueError(f"{name}: no such development: {entry.development}")
        self._check_copies()
        return self

    def _check_copies(self) -> None:
        by_name = dict(self.entries())
        for name, entry in by_name.items():
            if not entry.copy_of:
                continue
            original = by_name.get(entry.copy_of)
            if original is None or original.at > entry.at or original.development != entry.development:
                raise ValueError(f"{name}: no earlier item of the same development: {entry.copy_of}")

    def entries(self) -> Iterator[tuple[str, PlayedEntry]]:
        """Every entry under its name ``outlet/id``, outlet by outlet."""
        for feed in self.feeds:
            yield from ((f"{feed.key}/{entry.id}", entry) for entry in feed.entries)

    def at(self, seconds: float) -> dict[str, FeedView]:
        """What each feed, by its key, answers at that moment of scenario time."""
        return {feed.key: feed.at(seconds) for feed in self.feeds}


def _refuse_repeats(values: Iterable[object], what: str) -> None:
    seen: set[object] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"{what} used twice: {value}")
        seen.add(value)


def load_scenario(folder: Path = FOLDER) -> Scenario:
    """Read ``scenario.yaml`` and ``outlets/*.yaml`` of ``folder``. Raises ScenarioError."""
    scenario = _read(folder / "scenario.yaml")
    scenario["feeds"] = [
        {"key": path.stem, **_read(path)} for path in sorted((folder / "outlets").glob("*.yaml"))
    ]
    try:
        return Scenario.model_validate(scenario)
    except ValidationError as error:
        lines = (f"{_place(scenario, item['loc'])}: {item['msg']}" for item in error.errors())
        raise ScenarioError(f"{folder}: " + "; ".join(lines)) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise ScenarioError(f"{path}: {error}") from None
    if not isinstance(content, dict):
        raise ScenarioError(f"{path}: names and values expected")
    return content


def _place(scenario: dict[str, Any], where: tuple[int | str, ...]) -> str:
    """Where an error stands, with a feed named by its file: pydantic only counts them."""
    if len(where) > 1 and where[0] == "feeds":
        where = (f"{scenario['feeds'][where[1]]['key']}.yaml", *where[2:])
    return ".".join(str(part) for part in where) or "scenario"
