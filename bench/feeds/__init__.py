"""What a feed costs: CPU a poll, everything included, beside lemon24/reader and bare aiohttp; and ten thousand at once.

    python -m bench.feeds

Each contender is a process of its own that reads the same feeds from the same server, itself a process of its own:
what is counted is the contender's user and system time, its children's included. Fifty entries a feed, in Arabic-like
letters that nobody wrote (``bench.newsprint``). Ours polls as the clock does (claims, rules, SQLite with its safe
settings); reader updates with its own SQLite. The last line is JSON.
"""
