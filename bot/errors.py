"""What can go wrong in the application, as one tree.

RasidError                 anything the operator can act upon; its text is one clear line
├── SettingsError          a setting has a wrong value
├── StoreError             the database cannot be used as asked
│   ├── SchemaTooNew       a newer Rasid has written this database
│   ├── StoreUnavailable   it cannot be opened or reached
│   └── MoveRefused        it cannot be moved, or nothing can be moved into it
└── TelegramRefused        Telegram does not accept the token
"""


class RasidError(Exception):
    """A failure with a one-line text for the operator: what is wrong, where, what to do."""


class SettingsError(RasidError):
    """A setting has a wrong value; the text names it and says what it takes."""


class StoreError(RasidError):
    """The database cannot be used as asked."""


class SchemaTooNew(StoreError):
    """The database was written by a newer version of Rasid."""


class StoreUnavailable(StoreError):
    """The database cannot be opened or reached."""


class MoveRefused(StoreError):
    """The database is in use, or there are rows in the one that it is to be moved into."""


class TelegramRefused(RasidError):
    """Telegram does not accept the bot's token."""
