"""Settings: read once from the environment and ``.env``, checked, and handed on as a value."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AnyHttpUrl, Field, SecretStr, TypeAdapter, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

_HTTP_URL = TypeAdapter(AnyHttpUrl)
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


class Settings(BaseSettings):
    """Every setting of Rasid; the field's ``description`` is what ``.env.example`` tells of it."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        populate_by_name=True,
        env_ignore_empty=True,
    )

    telegram_bot_token: SecretStr | None = Field(
        None,
        alias="TELEGRAM_BOT_TOKEN",
        description="The token from @BotFather. Empty: alerts go to the terminal.",
    )
    telegram_api_url: str = Field(
        "https://api.telegram.org",
        alias="TELEGRAM_API_URL",
        description="The Bot API server, without a path; a local one, if you run one.",
    )
    database_url: str = Field(
        "sqlite:///rasid.db",
        alias="DATABASE_URL",
        description="sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME to scale.",
    )
    host: str = Field("127.0.0.1", alias="HOST", description="The address that the health page listens on.")
    port: int = Field(
        8000,
        ge=0,
        le=65535,
        alias="PORT",
        description="The health page's port; 0 turns it off in `rasid run`.",
    )
    admins: Annotated[tuple[int, ...], NoDecode] = Field(
        (), alias="RASID_ADMINS", description="Telegram user ids of the bot's admins, separated by commas."
    )
    catalogue: Path = Field(
        ROOT / "feeds" / "catalogue", alias="RASID_CATALOGUE", description="The folder of the feed catalogue."
    )
    rules: Path = Field(
        ROOT / "rules", alias="RASID_RULES", description="The folder of the rules and lexicons."
    )
    poll_seconds: float = Field(
        60.0,
        ge=1,
        le=86400,
        alias="RASID_POLL_SECONDS",
        description="No feed is asked more often than this, in seconds.",
    )
    slowest_poll_seconds: float = Field(
        900.0,
        ge=1,
        le=86400,
        alias="RASID_SLOWEST_POLL_SECONDS",
        description="A quiet feed is asked at least this often, unless its server or itself wishes otherwise.",
    )
    news_hours: float = Field(
        6.0,
        ge=0,
        le=720,
        alias="RASID_NEWS_HOURS",
        description="When a feed is first read, entries of the last so many hours are news; older ones are not.",
    )
    allow_private_addresses: bool = Field(
        False,
        alias="RASID_ALLOW_PRIVATE_ADDRESSES",
        description="true lets feeds stand on your own network (loopback, 10.x, 192.168.x ...).",
    )
    concurrency: int = Field(
        50, ge=1, le=500, alias="RASID_CONCURRENCY", description="How many feeds are read at the same time."
    )
    articles: bool = Field(
        True,
        alias="RASID_ARTICLES",
        description="true reads an entry's page where its feed gives only a teaser and a rule reads bodies.",
    )
    contact: str = Field(
        "https://github.com/rasid-news/rasid",
        alias="RASID_CONTACT",
        description="An address that outlets find in the User-Agent, should the poller trouble them.",
    )
    public_url: str = Field(
        "",
        alias="RASID_PUBLIC_URL",
        description="Where WebSub hubs reach the web process from outside. Empty: they are not asked.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] | None = Field(
        None,
        alias="RASID_LOG_LEVEL",
        description="DEBUG, INFO, WARNING or ERROR. Empty: INFO, but ERROR where alerts go to the terminal.",
    )
    log_format: Literal["auto", "console", "json"] = Field(
        "auto",
        alias="RASID_LOG_FORMAT",
        description="auto (console in a terminal, else json), console or json.",
    )

    @field_validator("admins", mode="before")
    @classmethod
    def _split_admins(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.replace("،", ",").split(",") if part.strip()]
        if not all(part.isdecimal() and int(part) > 0 for part in parts):
            raise ValueError("numeric Telegram user ids separated by commas, such as 12345,67890")
        return tuple(int(part) for part in parts)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        scheme, separator, rest = value.partition("://")
        address = f"{_DRIVERS.get(scheme)}://{rest}"
        if not separator or scheme not in _DRIVERS or not _is_readable(address):
            raise ValueError("an address such as sqlite:///rasid.db or postgresql://user:password@host/name")
        return address

    @field_validator("telegram_api_url", "contact", "public_url")
    @classmethod
    def _http_address(cls, value: str) -> str:
        if not value:
            return value
        try:
            _HTTP_URL.validate_python(value)
        except ValidationError:
            raise ValueError("an address that begins with http:// or https://") from None
        return value.rstrip("/")

    @field_validator("telegram_bot_token")
    @classmethod
    def _token_shape(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value().strip():
            return None
        token = value.get_secret_value().strip()
        number, colon, secret = token.partition(":")
        if not (number.isdecimal() and colon and secret and token.isascii() and "/" not in token):
            raise ValueError("a token as @BotFather gives it: digits, a colon, letters")
        return SecretStr(token)

    @field_validator("catalogue", "rules")
    @classmethod
    def _existing_folder(cls, value: Path) -> Path:
        if not value.is_dir():
            raise ValueError(f"a folder that exists; there is none at {value}")
        return value

    @property
    def token(self) -> str | None:
        """The bot's token, or None: then alerts go to the terminal."""
        return self.telegram_bot_token.get_secret_value() if self.telegram_bot_token else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must appear nowhere: the token, and the database's password wherever it stands in the address."""
        address = make_url(self.database_url)
        asked = address.normalized_query.get("password", ())
        return tuple(str(one) for one in (self.token, address.password, *asked) if one)

    @property
    def user_agent(self) -> str:
        """How Rasid names itself to outlets: name, version and a contact address."""
        return f"Rasid/{VERSION} (+{self.contact})"


def _is_readable(address: str) -> bool:
    """Whether the database's library can take the address apart: a port that is no number is an error to it."""
    try:
        make_url(address)
    except (ArgumentError, ValueError):
        return False
    return True


def load_settings(**overrides: object) -> Settings:
    """Read the settings; ``overrides`` (by environment name) win over the environment.

    Raises SettingsError with one line that names every wrong setting and never shows a secret.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type] # by alias, checked by pydantic
    except ValidationError as error:
        raise SettingsError("; ".join(_explain(item) for item in error.errors())) from None


def _explain(item: object) -> str:
    assert isinstance(item, dict)
    field = Settings.model_fields.get(str(item["loc"][0]))
    name = (field and field.alias) or str(item["loc"][0])
    message = str(item["msg"]).removeprefix("Value error, ")
    shown = "" if "TOKEN" in name or "URL" in name else f" (it is {item.get('input')!r})"
    return (
        f"{name} must be {message}{shown}" if item["type"] == "value_error" else f"{name}: {message}{shown}"
    )
