"""Which feeds share a server, as far as their addresses tell: they share its patience too. Pure."""

from urllib.parse import urlsplit

_USUAL = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """The key of a URL's server: its name, and its port unless that is the usual one; "" for what is no URL."""
    try:
        read = urlsplit(url)
        host, port = (read.hostname or "").rstrip("."), read.port
    except ValueError:
        return ""
    return host if port in (None, _USUAL.get(read.scheme)) else f"{host}:{port}"
