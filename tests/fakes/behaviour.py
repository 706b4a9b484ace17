"""A feed server that grades its readers, in the manner of Rachel Kroll's feed reader behaviour test.

Each scenario is a server that remembers what it gave and when, and afterwards tells what the reader did wrong:
validators that it never gave, a body asked for again though it had one, answers not waited for, cookies, noise. No
faults: full marks.

async with RawServer(exam := Plain()) as server: ...; assert exam.faults() == []
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.fakes.web import Visit

EARLY = 0.05  # seconds by which two clocks may differ
_NOISE = ("cookie", "referer", "origin", "authorization", "from", "dnt")


def feed_body(number: int) -> bytes:
    """A small feed whose ``number`` is its newest entry."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{one}</guid><title>خبر رقم {one}</title></item>"
        for one in range(number, max(-1, number - 5), -1)
    )
    return f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>".encode()


@dataclass
class Exam:
    """What every scenario grades. ``least``: seconds that any two requests must be apart."""

    least: float = 0.9
    visits: list[Visit] = field(default_factory=list)
    given: list[tuple[str, str]] = field(
        default_factory=list
    )  # validators of each whole answer, the last one last
    free_at: float = 0.0  # before which nobody may come again
    wrong: list[str] = field(default_factory=list)

    def headers(self) -> Mapping[str, str]:
        """What goes with a whole answer, validators included."""
        return {}

    def faults(self) -> list[str]:
        """What the reader did wrong; a reader that never came has failed too."""
        return self.wrong or ([] if self.visits else ["never came"])

    async def __call__(self, visit: Visit) -> None:
        """Grade a request, and answer it."""
        self._grade(visit)
        self.visits.append(visit)
        self.free_at = visit.at + self.least
        await self.answer(visit)

    async def answer(self, visit: Visit) -> None:
        """Whole, or 304 to the validators that were given last."""
        headers = self.headers()
        mine = (headers.get("ETag", ""), headers.get("Last_Modified", ""))
        if any(mine) and _conditions(visit) == mine:
            kept = {
                name: value for name, value in headers.items() if name in ("Cache_Control", "Expires", "Date")
            }
            await visit.answer("304 Not Modified", b"", **kept)
            return
        self.given.append(mine)
        await visit.answer(
            "200 OK", feed_body(len(self.given)), Content_Type="application/rss+xml", **headers
        )

    def _grade(self, visit: Visit) -> None:
        if visit.request_line != "GET /feed.xml HTTP/1.1":
            self._blame(f"asked {visit.request_line!r}")
        if visit.at < self.free_at - EARLY:
            self._blame(f"came {self.free_at - visit.at:.2f} s too early")
        agent = visit.headers.get("user-agent", "")
        if not ("Rasid/" in agent and "(+https://" in agent):
            self._blame(f"calls itself {agent!r}")
        for name in _NOISE:
            if name in visit.headers:
                self._blame(f"sent {name}: {visit.headers[name]}")
        if "gzip" not in visit.headers.get("accept-encoding", ""):
            self._blame("takes nothing compressed")
        self._grade_conditions(_conditions(visit))

    def _grade_conditions(self, sent: tuple[str, str]) -> None:
        last = self.given[-1] if self.given else ("", "")
        if sent == last:
            return
        for value in sent:
            if value and all(value not in pair for pair in self.given):
                self._blame(f"invented {value!r}")
        self._blame(f"sent {sent} where {last} was given")

    def _blame(self, what: str) -> None:
        self.wrong.append(f"request {len(self.visits) + 1}: {what}")


def _conditions(visit: Visit) -> tuple[str, str]:
    return visit.headers.get("if-none-match", ""), visit.headers.get("if-modified-since", "")


@dataclass
class Plain(Exam):
    """Odd validators that only bytes can echo; they change with every third visit, as news does."""

    def headers(self) -> Mapping[str, str]:
        """Quotes, spaces, a weak mark, a date that is none of HTTP's."""
        edition = len(self.visits) // 3
        return {"ETag": f'W/"a,  b-{edition}"é', "Last_Modified": f"Tue, 18-Jun-24 10:0{edition}:00 EST"}


@dataclass
class OnlyTag(Exam):
    """No date: none may come back."""

    def headers(self) -> Mapping[str, str]:
        """An ETag without quotes, as some servers send."""
        return {"ETag": "abc"}


@dataclass
class OnlyDate(Exam):
    """No tag: none may come back; the date lies in the future and is not made better."""

    def headers(self) -> Mapping[str, str]:
        """A date only."""
        return {"Last_Modified": "Mon, 01 Jan 2046 00:00:00 GMT"}


@dataclass
class Nothing(Exam):
    """No validators at all, and cookies that nobody wants back."""

    def headers(self) -> Mapping[str, str]:
        """A cookie."""
        return {"Set_Cookie": "id=1; Path=/"}


@dataclass
class Fresh(Exam):
    """Says for how long its answer is good, on 304 too; ``how``: by which header."""

    how: str = "Cache_Control"
    least: float = 4.0

    def headers(self) -> Mapping[str, str]:
        """Fresh for ``least`` seconds."""
        now = datetime.now(UTC)
        dates = {"Date": format_datetime(now, usegmt=True)}
        if self.how == "Cache_Control":
            return {"Cache_Control": f"public, max-age={self.least:.0f}", "ETag": '"f"', **dates}
        expires = format_datetime(now + timedelta(seconds=self.least), usegmt=True)
        return {"Expires": expires, "ETag": '"f"', **dates}


@dataclass
class Tired(Exam):
    """Every second request is one too many: it says how long to stay away, in seconds or by a date."""

    status: str = "429 Too Many Requests"
    by_date: bool = False
    rest: float = 4.0

    async def answer(self, visit: Visit) -> None:
        """Refuse, with a time."""
        if len(self.visits) % 2:
            await super().answer(visit)
            return
        now = datetime.now(UTC).replace(microsecond=0)
        date = format_datetime(now + timedelta(seconds=self.rest), usegmt=True)
        # a date has no fractions: what is left of this second is not asked for
        self.free_at = visit.at + self.rest - (1 if self.by_date else 0)
        asked = date if self.by_date else f"{self.rest:.0f}"
        await visit.answer(self.status, Retry_After=asked)

    def headers(self) -> Mapping[str, str]:
        """With a validator, which a refusal does not take away."""
        return {"ETag": '"t"'}


@dataclass
class Gone(Exam):
    """410 at the first request: there is to be no second."""

    async def answer(self, visit: Visit) -> None:
        """Gone."""
        self.free_at = float("inf")
        await visit.answer("410 Gone")


@dataclass
class Broken(Exam):
    """A body that ends too early, with validators: they must not come back, or nobody would ever see the rest."""

    async def answer(self, visit: Visit) -> None:
        """Half a document, told as whole."""
        self.given.append(("", ""))
        await visit.answer(body=feed_body(3)[:-60], ETag='"b"', Content_Type="application/rss+xml")


@dataclass
class Elsewhere(Exam):
    """Redirects to ``to`` with ``status``; the address in the catalogue is asked first, each time."""

    status: str = "302 Found"
    to: str = ""

    async def answer(self, visit: Visit) -> None:
        """Over there."""
        await visit.answer(self.status, Location=self.to)

    def _grade_conditions(self, sent: tuple[str, str]) -> None:
        """What goes along is graded where the feed stands."""
