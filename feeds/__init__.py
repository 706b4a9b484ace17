"""A URL -> parsed entries. Network and parsing; no database, no Telegram, no rules."""
