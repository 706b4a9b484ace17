"""A maintainer's walk: a rule missed something and fired on something else; both are mended with the commands."""

from pathlib import Path

import pytest

from tests.rules.terminal import lines, run
from tests.rules.workshop import folder_of, rule_text

LEXICON = """
entities:
  kirby:
    name: جون كيربي
lists:
  said:
    words:
      - قال
"""
MISSED, FOOLED = "وصرّح كيربى للصحفيين", "مدرب جورجيا كيربي سمارت يصرح للصحفيين"
RULE = "{near: {within: 3, of: [$kirby, $said]}}"
BEFORE = "examples: {match: [قال جون كيربي], no_match: [المطر]}"
AFTER = f"examples: {{match: [قال جون كيربي, {MISSED}], no_match: [المطر, {FOOLED}]}}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A rule on Kirby's statements that knows too few words."""
    return folder_of(tmp_path / "rules", rule_text(RULE, examples=BEFORE), lexicon=LEXICON)


def explained(folder: Path, text: str) -> str:
    """What ``explain`` says."""
    return run("explain", "a-rule", text, str(folder)).stdout.decode()


def mended(folder: Path, *changes: tuple[str, str]) -> None:
    """The lexicon with some lines changed."""
    path = folder / "lexicon" / "names.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def test_what_was_missed_and_what_fooled_it_are_mended(folder: Path, tmp_path: Path) -> None:
    """explain names what lacks; the lexicon is mended; explain names what fooled it; check proves it, diff shows it."""
    items = tmp_path / "news.jsonl"
    items.write_bytes(lines(*({"title": title} for title in (MISSED, FOOLED, "قال جون كيربي", "مطر"))))
    old = folder_of(tmp_path / "old", rule_text(RULE, examples=BEFORE), lexicon=LEXICON)
    told = explained(folder, MISSED)
    assert "✗ $kirby: غير موجود" in told
    assert "✗ $said: غير موجود" in told
    assert "كيربى" not in run("forms", "$kirby", str(folder), "--all").stdout.decode()

    mended(
        folder,
        ("كيربي\n", "كيربي\n    aliases: [كيربي]\n"),
        ("- قال\n", "- قال\n      - صرح\n      - يصرح\n"),
    )
    assert "✓ تطابق" in explained(folder, MISSED)
    assert "«كيربي»" in explained(folder, FOOLED).partition("الدليل · evidence:")[2]

    mended(folder, ("aliases: [كيربي]\n", "aliases: [كيربي]\n    ignore: [كيربي سمارت]\n"))
    assert "أسقطها ignore في القاموس: «كيربي سمارت»" in explained(folder, FOOLED)
    folder_of(folder, rule_text(RULE, examples=AFTER), lexicon="")
    checked = run("check", str(folder))
    assert checked.returncode == 0, checked.stdout.decode()

    change = run("diff", str(folder), "--against", str(old), "--items", str(items)).stdout.decode()
    assert "gained 1, lost 0, severity 0" in change
    assert "⟦وصرّح⟧ ⟦كيربى⟧" in change
