"""What buttons carry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handlers.keys import Deed, Press, read, rule_behind, write
from tests.bot.handlers.book import LIVE, VISITS, rule


@given(st.sampled_from(list(Deed)), st.text(min_size=1, max_size=200))
def test_every_id_fits_and_is_found_again(deed: Deed, rule_id: str) -> None:
    """However long or strange a rule's id is, its button's data is within 64 bytes and leads back to it."""
    data = write(deed, rule_id)
    assert len(data.encode()) <= 64
    press = read(data)
    assert press is not None and press.deed is deed
    assert rule_behind(press.target, [rule("other", "أخرى"), rule(rule_id, "هذه")]) in (
        rule(rule_id, "هذه"),
        rule("other", "أخرى") if rule_id == "other" else rule(rule_id, "هذه"),
    )


@pytest.mark.parametrize(
    "data", ["", "f", "f:", "x:putin-visits", "f:a b", "f:" + "a" * 63, "f:كل", "p:1\n", "F:1"]
)
def test_forged_data_means_nothing(data: str) -> None:
    """Data that no button of ours carries is not acted upon."""
    assert read(data) is None


def test_only_turning_pages_is_free() -> None:
    """Everything else that a button does changes settings."""
    assert [deed for deed in Deed if not Press(deed, "1").changes_settings] == [Deed.PAGE]


def test_a_rule_that_is_gone_is_not_found() -> None:
    """A button of yesterday's rule leads nowhere."""
    assert rule_behind("gone", LIVE) is None
    assert rule_behind("putin-visits", LIVE) == VISITS
