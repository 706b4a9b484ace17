"""What an archive of items shows about rules: how often they fire, on what, what readers said of it, and which names
nobody writes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import combinations

from rules.arabic import fold_tokens
from rules.codes import problem
from rules.expecting import measured
from rules.lint.base import Spelled, Subject
from rules.loader import LoadedRule
from rules.model import Document, Problem, RuleInfo, Status

ENOUGH = 10  # matches below which nothing is said about a rule
DAYS = 7  # days of archive below which `expect` and names never seen are not judged
MOST_KILLED = 0.3  # share of a rule's hits that `without` may cancel
OVERLAP = 0.8  # share of the items of either of two rules that the other has too
SEEN_OFTEN = 3  # times a spelling near a name must have been seen
LEAST_ITEMS = 1_000  # of an archive that shows what nobody writes
PRECISION = 0.9  # share of the verdicts on a rule that must be "right"
LEAST_BONES = 3  # letters of a name besides the weak ones; with fewer everything is near
WEAK = frozenset("اويءؤئ")  # long vowels and the hamza, which carry a foreign name's vowels


@dataclass(slots=True)
class Archive:
    """What reading some items has shown. Feed it with ``read``, then ask ``problems``."""

    subject: Subject
    items: int = 0
    days: set[date] = field(default_factory=set)
    fired: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    fired_on: defaultdict[str, Counter[date]] = field(default_factory=lambda: defaultdict(Counter))
    cancelled: Counter[str] = field(default_factory=Counter)
    sources: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    words: Counter[str] = field(default_factory=Counter)
    seen: set[int] = field(default_factory=set)  # numbers of the lexicons' texts that stand somewhere
    verdicts: defaultdict[str, Counter[bool]] = field(default_factory=lambda: defaultdict(Counter))

    def read(self, documents: Iterable[Document]) -> "Archive":
        """Read items; their order does not matter."""
        for document in documents:
            self.read_one(document)
        return self

    def read_one(self, document: Document) -> None:
        """Read one item."""
        self.items += 1
        moment = document.published or document.seen
        if moment:
            self.days.add(_day(moment))
        for text in document.texts:
            self.words.update(fold_tokens(text))
        for match in self.subject.rule_set.match(document):
            self.fired[match.rule].append(self.items)
            if moment:
                self.fired_on[match.rule][_day(moment)] += 1
            self.sources[match.rule].add(document.feed)
        self.cancelled.update(self.subject.rule_set.cancelled(document))
        self.seen.update(self.subject.texts_in(document))

    def judge(self, rule: str, *, right: bool) -> None:
        """Take a reader's verdict on a match of a rule."""
        self.verdicts[rule][right] += 1

    def problems(self) -> Iterator[Problem]:
        """Every warning that the archive gives cause for."""
        yield from self._about_rules()
        yield from self._overlaps()
        yield from self._names()
        yield from self._never_seen()

    def _about_rules(self) -> Iterator[Problem]:
        for rule in self._running():
            info = rule.compiled.info
            yield from self._expectation(rule, info)
            count, killed = len(self.fired[info.id]), self.cancelled[info.id]
            if killed >= ENOUGH and killed > MOST_KILLED * (killed + count):
                share = round(100 * killed / (killed + count))
                at = rule.located.at(("without",), key=True)
                yield problem(
                    "X003", rule.located.path, at, f"{share} %", f"{share} %", "لعل الشرط أوسع مما تريد."
                )
            if count >= ENOUGH and len(self.sources[info.id]) == 1 and self.sources[info.id] != {""}:
                (source,) = self.sources[info.id]
                at = rule.located.at(("match",), key=True)
                hint = "لعل الصياغة صياغة منبر واحد."
                yield problem("X004", rule.located.path, at, f"«{source}»", f"'{source}'", hint)
            yield from self._precision(rule)

    def _precision(self, rule: LoadedRule) -> Iterator[Problem]:
        said = self.verdicts[rule.shape.rule]
        if said.total() >= ENOUGH and said[True] < PRECISION * said.total():
            at = rule.located.at(("match",), key=True)
            shown = f"{said[True]} صحيح من {said.total()}"
            english = f"{said[True]} right of {said.total()}"
            hint = "ضع ما أخطأت فيه تحت no_match، ثم ضيّق الشرط أو أضف without."
            yield problem("X009", rule.located.path, at, shown, english, hint)

    def _expectation(self, rule: LoadedRule, info: RuleInfo) -> Iterator[Problem]:
        if info.expect is None or len(self.days) < DAYS:
            return
        fired = self.fired_on[info.id]
        found = measured(info.expect, {day.isoformat(): fired[day] for day in self.days})
        at = rule.located.at(("expect",), key=True)
        if found.above:
            shown, english = _of_days(found.above, found.days)
            yield problem("X001", rule.located.path, at, shown, english, "ضيّق الشرط أو أصلح expect.")
        if found.below or found.too_quiet:
            shown, english = _of_days(found.below, found.days)
            if found.too_quiet:
                shown, english = f"أطول صمت بالأيام {found.silence}", f"silent for {found.silence} days"
            yield problem("X002", rule.located.path, at, shown, english, "وسّع الشرط أو أصلح expect.")

    def _overlaps(self) -> Iterator[Problem]:
        busy = [rule for rule in self._running() if len(self.fired[rule.shape.rule]) >= ENOUGH]
        items = {rule.shape.rule: set(self.fired[rule.shape.rule]) for rule in busy}
        for one, other in combinations(busy, 2):
            a, b = items[one.shape.rule], items[other.shape.rule]
            few, many = sorted((len(a), len(b)))
            if few > OVERLAP * many and len(a & b) > OVERLAP * many:
                at = other.located.at(("match",), key=True)
                shown = f"{len(a & b)} خبرًا مشتركًا مع {one.shape.rule}"
                english = f"{len(a & b)} items shared with {one.shape.rule}"
                yield problem("X005", other.located.path, at, shown, english, "ادمج القاعدتين أو فرّق بينهما.")

    def _running(self) -> list[LoadedRule]:
        return [rule for rule in self.subject.rules if rule.shape.status in (Status.LIVE, Status.SHADOW)]

    def _names(self) -> Iterator[Problem]:
        """Spellings near names of one word, among the words that no term accounts for."""
        near: defaultdict[str, list[str]] = defaultdict(list)
        for word, count in self.words.items():
            if count >= SEEN_OFTEN and (bones := skeleton(word)):
                near[bones].append(word)
        for one in self.subject.spelled:
            folded = fold_tokens(one.text)
            if one.entity and len(folded) == 1:
                for word in sorted(near.get(skeleton(folded[0]), ())):
                    if one_weak_letter_apart(word, folded[0]) and not self._known(word):
                        yield self._near(one, word)

    def _known(self, word: str) -> bool:
        """Whether a rule finds it, or a lexicon has it that no rule asks for yet."""
        document = Document(title=word)
        return bool(self.subject.rule_set.hits(document) or self.subject.texts_in(document))

    def _never_seen(self) -> Iterator[Problem]:
        """Names none of whose texts stands anywhere in an archive that is long enough to tell."""
        if len(self.days) < DAYS or self.items < LEAST_ITEMS:
            return
        seen = {self.subject.spelled[number].name for number in self.seen}
        told: set[str] = set()
        for one in self.subject.spelled:
            if one.name not in seen and one.name not in told:
                told.add(one.name)
                hint = "تحقق من إملائه، أو احذفه إن لم يعد يلزم."
                yield self.subject.in_lexicon("X008", one, f"${one.name}", f"${one.name}", hint)

    def _near(self, one: Spelled, word: str) -> Problem:
        count = self.words[word]
        if word.endswith("ي") and not one.text.endswith(("ي", "ى")):
            hint = "أضف الصفة إلى nisba، ونادها بـ $" + f"{one.name}.nisba."
            return self.subject.in_lexicon(
                "X007", one, f"«{word}» ({count})", f"'{word}' ({count} times)", hint
            )
        shown, english = (
            f"«{word}» ({count}) تشبه «{one.text}»",
            f"'{word}' ({count} times) is near '{one.text}'",
        )
        return self.subject.in_lexicon("X006", one, shown, english, "إن كانت إملاء للاسم فأضفها إلى aliases.")


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _of_days(outside: Sequence[str], days: int) -> tuple[str, str]:
    """How many days of all, and the first of them; in both languages."""
    shown = "، ".join(outside[:3]) + ("…" if len(outside) > 3 else "")
    return f"{len(outside)} من {days} يومًا: {shown}", f"on {len(outside)} of {days} days: {shown}"


def skeleton(word: str) -> str:
    """A folded word without the letters that desks add, drop and exchange in a foreign name; "" if little is left."""
    bones = "".join(letter for letter in word.removeprefix("ال") if letter not in WEAK)
    return bones if len(bones) >= LEAST_BONES else ""


def one_weak_letter_apart(word: str, other: str) -> bool:
    """Whether one comes of the other by adding, dropping or exchanging one weak letter."""
    short, long = sorted((word, other), key=len)
    at = next((n for n, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    if at == 0 or len(long) - len(short) > 1:
        return False
    if len(long) > len(short):
        return long[at] in WEAK and short[at:] == long[at + 1 :]
    return short[at : at + 1] in WEAK and long[at : at + 1] in WEAK and short[at + 1 :] == long[at + 1 :]
