"""Settings: each is documented, and a wrong value is one clear line."""

import re
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import ROOT, Settings, load_settings

EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(str(field.alias) for field in Settings.model_fields.values()))
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    """``.env.example`` names each setting, says what it is, and shows its true default."""
    (field,) = [one for one in Settings.model_fields.values() if one.alias == name]
    found = re.search(rf"^# (.+)\n#?{name}=(.*)$", EXAMPLE, re.MULTILINE)
    assert found, f"{name} is not in .env.example"
    assert found[1] == field.description
    default = getattr(load_settings(), _field(name))
    if isinstance(default, Path):
        assert (ROOT / found[2]).resolve() == default
    elif found[2]:
        assert getattr(load_settings(**{name: found[2]}), _field(name)) == default
    else:
        assert not default


def _field(alias: str) -> str:
    return next(name for name, field in Settings.model_fields.items() if field.alias == alias)


def test_no_setting_is_documented_that_does_not_exist() -> None:
    """A line of ``.env.example`` that nothing reads would be a lie."""
    named = set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
    assert named == {field.alias for field in Settings.model_fields.values()}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "http", "PORT: Input should be a valid integer"),
        ("PORT", "70000", "PORT: Input should be less than or equal to 65535"),
        ("RASID_ADMINS", "me", "RASID_ADMINS must be numeric Telegram user ids"),
        ("RASID_POLL_SECONDS", "0", "RASID_POLL_SECONDS: Input should be greater than or equal to 1"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL must be an address such as sqlite:///rasid.db"),
        ("DATABASE_URL", "postgresql://u:pw@host:port/db", "DATABASE_URL must be an address such as sqlite"),
        ("TELEGRAM_API_URL", "localhost:8081", "TELEGRAM_API_URL must be an address that begins with http"),
        ("RASID_RULES", "/no/such", "RASID_RULES must be a folder that exists; there is none at /no/such"),
        (
            "RASID_ALLOW_PRIVATE_ADDRESSES",
            "perhaps",
            "RASID_ALLOW_PRIVATE_ADDRESSES: Input should be a valid boolean",
        ),
    ],
)
def test_a_wrong_value_is_one_clear_line(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line names the setting and what it takes."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("token", ["no-colon-secret-hunter2", "abc:hunter2", "1:/hunter2"])
def test_a_wrong_token_is_refused_without_being_shown(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret never stands in an error, not even a wrong one."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", token)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)
    assert "BotFather" in str(caught.value)


def test_all_wrong_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody should have to start five times to mend five settings."""
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("RASID_ADMINS", "y")
    with pytest.raises(SettingsError, match=r"(?s)PORT.*RASID_ADMINS|RASID_ADMINS.*PORT"):
        load_settings()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("postgres://u:p@h/n", "postgresql+psycopg://u:p@h/n"),
        ("postgresql://u:p@h/n", "postgresql+psycopg://u:p@h/n"),
    ],
)
def test_database_urls_as_hosts_give_them(given: str, used: str) -> None:
    """Nobody needs to know a driver's name."""
    assert load_settings(DATABASE_URL=given).database_url == used


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:hunter/two@h/n",
        "postgresql://u:hunter%2Ftwo@h/n",
        "postgresql://u@h/n?password=hunter%2Ftwo",
    ],
)
def test_the_databases_password_is_a_secret_wherever_it_stands(url: str) -> None:
    """As it is typed in, with a slash that a URL may not hold, too."""
    assert "hunter/two" in load_settings(DATABASE_URL=url).secrets


def test_settings_are_read_from_the_dot_env_file_where_rasid_is_started(tmp_path: Path) -> None:
    """``.env`` works, and an empty token means none."""
    (tmp_path / ".env").write_text("RASID_ADMINS=7, 8\nTELEGRAM_BOT_TOKEN=\nOTHER=1\n", encoding="utf-8")
    settings = load_settings()
    assert (settings.admins, settings.token) == ((7, 8), None)
