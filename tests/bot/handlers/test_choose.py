"""Which rules an argument means."""

import pytest

from bot.handlers.choose import Choice, Meant, choose, chosen_by_link, live_rules, without
from tests.bot.handlers.book import ARMS, KIRBY, LIVE, VISITS, rule, rule_set


def test_only_live_rules_can_be_followed() -> None:
    """Drafts, trials and retired rules are not offered; the order is that of the ids."""
    assert live_rules(rule_set()) == LIVE


@pytest.mark.parametrize(
    ("argument", "choice"),
    [
        ("", Choice(Meant.NOTHING)),
        ("   ", Choice(Meant.NOTHING)),
        ("all", Choice(Meant.ALL)),
        ("ALL", Choice(Meant.ALL)),
        ("الكل", Choice(Meant.ALL)),
        ("putin-visits", Choice(Meant.FOUND, (VISITS,))),
        ("Putin-Visits", Choice(Meant.FOUND, (VISITS,))),
        ("1", Choice(Meant.FOUND, (ARMS,))),
        ("٣", Choice(Meant.FOUND, (VISITS,))),
        ("1 3", Choice(Meant.FOUND, (ARMS, VISITS))),
        ("1، dprk-arms", Choice(Meant.FOUND, (ARMS,))),
        ("زيارات بوتين", Choice(Meant.FOUND, (VISITS,))),
        ("بوتين", Choice(Meant.FOUND, (VISITS,))),
        ("تصريحات كيربى", Choice(Meant.FOUND, (KIRBY,))),
        ("أسْلحه", Choice(Meant.FOUND, (ARMS,))),
        ("arms", Choice(Meant.FOUND, (ARMS,))),
        ("ات", Choice(Meant.SEVERAL, (KIRBY, VISITS))),
        ("كيربن", Choice(Meant.UNKNOWN, (KIRBY,))),
        ("puttin visits", Choice(Meant.UNKNOWN, (VISITS,))),
        ("رياضة", Choice(Meant.UNKNOWN)),
        ("0", Choice(Meant.UNKNOWN)),
        ("4", Choice(Meant.UNKNOWN)),
        ("9" * 50, Choice(Meant.UNKNOWN)),
        ("-", Choice(Meant.UNKNOWN)),
        ("on-trial", Choice(Meant.UNKNOWN)),
    ],
)
def test_what_an_argument_means(argument: str, choice: Choice) -> None:
    """All, ids, numbers of the list, titles and words of titles; else the nearest, or nothing."""
    assert choose(argument, LIVE) == choice


def test_a_whole_title_wins_over_a_part_of_another() -> None:
    """When one title contains another, the shorter one can still be named."""
    both = (rule("a", "زيارات بوتين"), rule("b", "زيارات بوتين إلى الصين"))
    assert choose("زيارات بوتين", both) == Choice(Meant.FOUND, (both[0],))


def test_nothing_is_found_among_no_rules() -> None:
    """An empty rule set answers like any other."""
    assert choose("بوتين", ()) == Choice(Meant.UNKNOWN)


@pytest.mark.parametrize(
    ("payload", "choice"),
    [
        ("", Choice(Meant.NOTHING)),
        ("all", Choice(Meant.ALL)),
        ("r_putin-visits", Choice(Meant.FOUND, (VISITS,))),
        ("putin-visits", Choice(Meant.UNKNOWN)),
        ("r_on-trial", Choice(Meant.UNKNOWN)),
        ("r_", Choice(Meant.UNKNOWN)),
        ("'; drop table chat", Choice(Meant.UNKNOWN)),
    ],
)
def test_what_a_link_means(payload: str, choice: Choice) -> None:
    """A link follows a live rule or all of them, and nothing else."""
    assert chosen_by_link(payload, LIVE) == choice


@pytest.mark.parametrize(
    ("followed", "gone", "left"),
    [
        (["putin-visits", "dprk-arms"], ["putin-visits"], ("dprk-arms",)),
        (["*"], ["putin-visits"], ("dprk-arms", "kirby-statements")),
        (["*", "old-rule"], ["putin-visits"], ("old-rule", "dprk-arms", "kirby-statements")),
        ([], ["putin-visits"], ()),
    ],
)
def test_leaving_one_rule(followed: list[str], gone: list[str], left: tuple[str, ...]) -> None:
    """Whoever follows all and leaves one keeps the others by name."""
    assert without(followed, gone, LIVE) == left
