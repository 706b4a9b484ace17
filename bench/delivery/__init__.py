"""The outbox and the sender, measured: pace, time to the message, a long queue, a broadcast in the way.

    python -m bench.delivery [--only pace claims ...]

Telegram is a server of its own process that keeps Telegram's limits; each figure is taken on SQLite and on PostgreSQL.
"""
