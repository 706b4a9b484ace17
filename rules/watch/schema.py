"""The shape of a watch file."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field

from rules.condition_shapes import Duration, Shape, Text, as_text, seconds
from rules.model import Severity, Status
from rules.schema import ID, AlertSettings

_DAYS = re.compile(r"([1-9][0-9]{0,2})(?:\.\.([1-9][0-9]{0,2}))?")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
MOST_STORIES = 200  # of one step of a timeline

RuleId = Annotated[str, Field(pattern=ID, max_length=40)]


def length_of(text: str) -> timedelta:
    """The length of a ``Duration``."""
    return timedelta(seconds=seconds(text))


class SpikeBody(Shape):
    """Many stories against the usual.

    In ``window`` at least ``stories`` stories, ``times`` times what the windows of ``usual`` before it held in the
    mean, reported by at least ``sources`` sources.
    """

    window: Duration
    usual: Duration
    times: Annotated[int, Field(ge=2, le=100)]
    stories: Annotated[int, Field(ge=2, le=1000)]
    sources: Annotated[int, Field(ge=1, le=100)] = 1


class Step(Shape):
    """A moment of a timeline: what comes, and whether the watch fires by then.

    ``day``: a day from 1, or every day of a span (``1..14``). ``at``: the hour, 12:00 unless given. ``sources``: by
    how many sources the stories are reported together; more sources than stories are copies of the last story.
    ``healthy``: whether the feeds have been read.
    """

    day: Annotated[
        str, BeforeValidator(as_text, json_schema_input_type=str | int), Field(pattern=f"^{_DAYS.pattern}$")
    ]
    at: Annotated[str, Field(pattern=f"^{_CLOCK.pattern}$")] = "12:00"
    stories: Annotated[int, Field(ge=0, le=MOST_STORIES)] = 0
    sources: Annotated[int, Field(ge=1, le=MOST_STORIES)] = 1
    fires: bool = False
    healthy: bool = True

    def moments(self) -> list[timedelta]:
        """The moments of the step, from the beginning of day 1; none for a span that runs backwards."""
        days, clock = _DAYS.fullmatch(self.day), _CLOCK.fullmatch(self.at)
        assert days
        assert clock
        hour = timedelta(hours=int(clock[1]), minutes=int(clock[2]))
        return [timedelta(days=day - 1) + hour for day in range(int(days[1]), int(days[2] or days[1]) + 1)]


class TimelineExample(Shape):
    """A course of events, in the order of time, with what the watch makes of it."""

    about: Text
    steps: Annotated[list[Step], Field(min_length=1, max_length=200)]


class WatchFile(Shape):
    """One watch: exactly one of ``spike``, ``first_after_quiet`` and ``quiet_for``."""

    watch: RuleId
    title: Text
    title_en: Text = ""
    status: Annotated[Status, Field(strict=False)]
    severity: Annotated[Severity, Field(strict=False)]
    owner: Text
    why: Text
    rules: Annotated[list[RuleId], Field(min_length=1, max_length=20)]
    spike: SpikeBody | None = None
    first_after_quiet: Duration | None = None
    quiet_for: Duration | None = None
    alert: AlertSettings = AlertSettings()
    false_positives: list[Text] = []
    timeline: list[TimelineExample] = []
