"""Which addresses a feed may make us connect to. Pure: nothing here resolves or connects.

A feed's URL, and every redirect, is chosen by strangers; the guard keeps them out of the networks that only
this machine can see. Sources: the special-purpose registries of IANA (v4 and v6), and the metadata addresses
that Amazon, Google, Azure, Oracle and Alibaba document.
"""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from yarl import URL

from feeds.errors import FailureKind, FetchError

Address = IPv4Address | IPv6Address

MAX_URL = 4096  # characters; longer ones are attacks or mistakes
PORTS = (80, 443)

# Not public. `ipaddress.is_global` is not asked: it lets through multicast, 168.63.129.16 and v6 forms that
# carry a v4 address, and it differs between versions of Python.
_SPECIAL_V4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier NAT; Alibaba's metadata
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's host
        "169.254.0.0/16",  # link-local; metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relay
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# IPv6 is public inside 2000::/3 only, so ::1, ::/96, ::ffff:0:0/96, 64:ff9b::/96, fc00::/7, fe80::/10 and ff00::/8
# fall out by themselves; these are the special ranges inside it.
_PUBLIC_V6 = IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(
    IPv6Network(net)
    for net in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any v4 address
        "3fff::/20",  # documentation
    )
)
# What `allow_private_addresses` opens besides: one's own network, and nothing else.
_OWN_NETWORK = (
    IPv4Network("10.0.0.0/8"),
    IPv4Network("100.64.0.0/10"),
    IPv4Network("127.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv6Network("::1/128"),
    IPv6Network("fc00::/7"),
)
# Never, whatever is allowed: they hand out the machine's own credentials.
_METADATA = frozenset(
    ip_address(text)
    for text in ("169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")
)
# Numbers that the C library reads as an IPv4 address though they do not look like one: 127.1, 0x7f.1, 2130706433.
_NUMERIC_HOST = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*\.?", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_PLAIN_NAME = re.compile(
    r"(?:[a-z0-9_-]+\.)+[a-z][a-z0-9_-]*", re.IGNORECASE | re.ASCII
)  # no address ends so
_NAME = re.compile(r"[A-Za-z0-9._-]{1,253}")  # after IDNA, by which yarl encodes Arabic names


class ForbiddenAddressError(OSError):
    """A name leads to, or a URL is, an address that feeds may not use; an OSError so that aiohttp carries it."""


def is_public(ip: Address) -> bool:
    """Whether an address is an ordinary one of the public internet."""
    if isinstance(ip, IPv4Address):
        return not any(ip in net for net in _SPECIAL_V4)
    return ip in _PUBLIC_V6 and ip.scope_id is None and not any(ip in net for net in _SPECIAL_V6)


def is_allowed(ip: Address, *, allow_private: bool) -> bool:
    """Whether we may connect to an address; ``allow_private`` opens loopback and one's own network besides."""
    if is_public(ip):
        return True
    if not allow_private:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped  # the system connects to the address inside
    return ip not in _METADATA and (is_public(ip) or any(ip in net for net in _OWN_NETWORK))


def check_address(text: str, *, allow_private: bool) -> None:
    """Raise ForbiddenAddressError unless ``text`` is an address that we may connect to."""
    try:
        ip = ip_address(text)
    except ValueError:
        raise ForbiddenAddressError(f"{text[:60]!r} is not an address") from None
    if not is_allowed(ip, allow_private=allow_private):
        raise ForbiddenAddressError(_refusal(ip, allow_private=allow_private))


@lru_cache(maxsize=4096)  # the same feeds are asked again every few minutes
def check_url(url: str, *, allow_private: bool = False) -> URL:
    """Read a feed's URL; raise FetchError(BAD_URL or FORBIDDEN_ADDRESS) if it may not be asked.

    Only http and https, no user or password, ports 80 and 443 (any, with ``allow_private``), and, where the host
    is an address and no name, an address that we may connect to. Names are checked when they are resolved.
    """
    read = _read_url(url)
    if read.user is not None or read.password is not None:
        raise _bad("the URL holds a user name or a password")
    if not allow_private and read.port not in PORTS:
        raise FetchError(
            FailureKind.FORBIDDEN_ADDRESS, f"port {read.port} is not open to feeds, only 80 and 443 are"
        )
    _check_host(read.raw_host or "", allow_private=allow_private)
    return read


def _read_url(url: str) -> URL:
    if len(url) > MAX_URL:
        raise _bad(f"the URL is longer than {MAX_URL} characters")
    if _CONTROL.search(url.strip()):
        raise _bad("the URL holds spaces or control characters")
    try:
        read = URL(url.strip())
        port = read.port
    except (ValueError, TypeError, IndexError) as error:  # the last two: yarl on some malformed hosts
        raise _bad("the URL cannot be read") from error
    if not read.scheme:
        raise _bad("the URL does not begin with https:// or http://")
    if read.scheme not in {"http", "https"}:
        raise _bad(f"{read.scheme[:20]!r} is no scheme for feeds, only http and https are")
    if not read.raw_host or port is None:
        raise _bad("the URL names no host")
    return read


def _check_host(host: str, *, allow_private: bool) -> None:
    if _PLAIN_NAME.fullmatch(host):
        return
    try:
        ip = ip_address(host.rstrip(".") if ":" not in host else host)
    except ValueError:
        if _NUMERIC_HOST.fullmatch(host):
            raise FetchError(FailureKind.FORBIDDEN_ADDRESS, "the host is an address in disguise") from None
        if not _NAME.fullmatch(host):
            raise _bad("the host is no name that can be resolved") from None
        return
    if not is_allowed(ip, allow_private=allow_private):
        raise FetchError(FailureKind.FORBIDDEN_ADDRESS, _refusal(ip, allow_private=allow_private))


def _refusal(ip: Address, *, allow_private: bool) -> str:
    hint = (
        ""
        if allow_private or not is_allowed(ip, allow_private=True)
        else ("; RASID_ALLOW_PRIVATE_ADDRESSES opens one's own network")
    )
    return f"{ip} is not a public address{hint}"


def _bad(detail: str) -> FetchError:
    return FetchError(FailureKind.BAD_URL, detail)
