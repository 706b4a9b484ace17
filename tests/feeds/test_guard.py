"""No feed makes us connect to an address that is not public."""

import socket
from ipaddress import ip_address

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import FailureKind, FetchError
from feeds.fetch import Fetcher
from feeds.guard import check_url, is_allowed, is_public
from tests.fakes.web import RawServer, Visit

_NOT_PUBLIC = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
    168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.0.192 192.0.2.1 192.88.99.1
    192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1
    255.255.255.255 :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254
    ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2
    2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::1 2002:808:808::1 3fff::1 5f00::1 fc00::1 fd00::1
    fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1
"""

_PUBLIC = """
    1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.1 172.32.0.1 192.0.1.1 198.20.0.1 223.255.255.255 2606:4700::1111
    2a00:1450::1
"""

# Spellings of loopback, each of which some library or system has let through.
_DISGUISES = """
    127.0.0.1 127.1 127.0.1 0 0.0.0.0 0x7f.1 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 2130706433 127.0.0.1.
    127.000.000.001 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::]
    [0:0:0:0:0:0:0:1] [fe80::1%25lo] １２７.０.０.１ ①②⑦.0.0.1 127。0。0。1 %31%32%37.0.0.1 10.0.0.1
    172.16.0.1 192.168.1.1 169.254.169.254 168.63.129.16 100.100.100.200 [fd00:ec2::254] 192.0.0.192
    255.255.255.255 224.0.0.1 [ff02::1] 198.18.0.1 0xa9fea9fe 2852039166 0251.0376.0251.0376
"""
_NEVER = """
    169.254.169.254 168.63.129.16 100.100.100.200 192.0.0.192 fd00:ec2::254 ::ffff:169.254.169.254 0.0.0.0 ::
    224.0.0.1 ff02::1 255.255.255.255 169.254.1.1 fe80::1 64:ff9b::7f00:1 2002:7f00:1::
"""


class FakeResolver(AbstractResolver):
    """Answers every name with the given addresses and counts how often it was asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in self.addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize("address", _NOT_PUBLIC.split())
def test_special_addresses_are_not_public(address: str) -> None:
    """Every special range of IANA's registries and the clouds' metadata is known."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", _PUBLIC.split())
def test_ordinary_addresses_are_public(address: str) -> None:
    """The neighbours of special ranges, and ordinary hosts, are not shut out."""
    assert is_public(ip_address(address))


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(address: object) -> None:
    """The guard is at least as strict as the standard library, on any address."""
    ip = ip_address(str(address))
    assert not (is_public(ip) and (ip.is_private or ip.is_multicast or ip.is_unspecified))


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.1.5", "100.64.0.1", "::1", "fd12::1", "::ffff:127.0.0.1"]
)
def test_the_setting_opens_ones_own_network(address: str) -> None:
    """``allow_private_addresses`` opens loopback and private networks."""
    assert is_allowed(ip_address(address), allow_private=True)


@pytest.mark.parametrize(
    "address",
    _NEVER.split(),
)
def test_the_setting_never_opens_metadata_nor_multicast(address: str) -> None:
    """Whatever is allowed, a cloud's credentials and addresses that are no host stay shut."""
    assert not is_allowed(ip_address(address), allow_private=True)


@pytest.mark.parametrize("host", _DISGUISES.split())
async def test_no_spelling_of_a_closed_address_is_dialled(host: str) -> None:
    """Each spelling is refused as such, and a server on loopback at that port sees no connection at all."""

    async def script(visit: Visit) -> None:
        await visit.answer(body=b"<rss/>")

    resolver = FakeResolver("127.0.0.1")
    async with RawServer(script) as server, Fetcher(user_agent="t", resolver=resolver, timeout=2) as fetcher:
        for url in (f"http://{host}:{server.port}/", f"http://{host}/"):
            with pytest.raises(FetchError) as caught:
                await fetcher.get(url)
            assert caught.value.kind in {FailureKind.FORBIDDEN_ADDRESS, FailureKind.BAD_URL}
        assert server.connections == 0


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]
)
async def test_a_name_that_leads_to_a_closed_address_is_refused(address: str) -> None:
    """It is the address that counts, not the name."""
    async with Fetcher(user_agent="t", resolver=FakeResolver(address), timeout=2) as fetcher:
        with pytest.raises(FetchError) as caught:
            await fetcher.get("http://news.example.com/rss")
    assert caught.value.kind is FailureKind.FORBIDDEN_ADDRESS
    assert caught.value.detail.startswith(str(ip_address(address)))


async def test_one_closed_answer_among_good_ones_is_enough() -> None:
    """A name with mixed answers is refused whole: the good address is not dialled either."""

    async def script(visit: Visit) -> None:
        await visit.answer(body=b"<rss/>")

    resolver = FakeResolver("127.0.0.1", "169.254.169.254")
    async with (
        RawServer(script) as server,
        Fetcher(user_agent="t", resolver=resolver, allow_private_addresses=True, timeout=2) as fetcher,
    ):
        with pytest.raises(FetchError) as caught:
            await fetcher.get(server.url(host="news.example.com"))
        assert caught.value.kind is FailureKind.FORBIDDEN_ADDRESS
        assert server.connections == 0


async def test_a_name_is_resolved_once_and_the_checked_address_is_dialled() -> None:
    """Rebinding gains nothing: between the check and the connection nobody is asked again."""

    async def script(visit: Visit) -> None:
        await visit.answer(body=b"<rss/>")

    resolver = FakeResolver("127.0.0.1")
    async with (
        RawServer(script) as server,
        Fetcher(user_agent="t", resolver=resolver, allow_private_addresses=True, timeout=2) as fetcher,
    ):
        answer = await fetcher.get(server.url(host="news.example.com"))
    assert (answer.status, resolver.asked, server.connections) == (200, 1, 1)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("file:///etc/passwd", FailureKind.BAD_URL),
        ("http://x@[]", FailureKind.BAD_URL),
        ("ftp://example.com/feed", FailureKind.BAD_URL),
        ("gopher://example.com/", FailureKind.BAD_URL),
        ("javascript:alert(1)", FailureKind.BAD_URL),
        ("//example.com/rss", FailureKind.BAD_URL),
        ("example.com/rss", FailureKind.BAD_URL),
        ("http:///rss", FailureKind.BAD_URL),
        ("http://[::1", FailureKind.BAD_URL),
        ("http://example.com:99999/", FailureKind.BAD_URL),
        ("http://exa mple.com/", FailureKind.BAD_URL),
        ("http://127.0.0.1%2f/", FailureKind.BAD_URL),
        ("http://%31%32%37.0.0.1/", FailureKind.BAD_URL),
        ("http://example.com/\r\nHost: evil", FailureKind.BAD_URL),
        ("http://user:hunter2@example.com/", FailureKind.BAD_URL),
        ("http://token@example.com/", FailureKind.BAD_URL),
        ("http://example.com/" + "a" * 5000, FailureKind.BAD_URL),
        ("", FailureKind.BAD_URL),
        ("http://example.com:22/", FailureKind.FORBIDDEN_ADDRESS),
        ("http://example.com:8080/", FailureKind.FORBIDDEN_ADDRESS),
        ("https://example.com:6379/", FailureKind.FORBIDDEN_ADDRESS),
    ],
)
def test_urls_that_no_feed_has(url: str, kind: FailureKind) -> None:
    """Other schemes, credentials, odd ports and nonsense are refused, and no secret is repeated."""
    with pytest.raises(FetchError) as caught:
        check_url(url)
    assert caught.value.kind is kind
    assert "hunter2" not in str(caught.value)
    assert "token" not in str(caught.value)


def test_what_is_missing_is_said() -> None:
    """The commonest slip is told as what it is, and not as a scheme of no letters."""
    with pytest.raises(FetchError, match="does not begin with https://"):
        check_url("www.example.com/rss")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/rss",
        "https://example.com:443/rss?a=1&b=2",
        "HTTPS://Example.COM/",
        "https://مثال.إختبار/خلاصة",
        "http://8.8.8.8/rss",
        "http://[2606:4700::1111]/rss",
        "  https://example.com/rss\n",
    ],
)
def test_urls_that_feeds_have(url: str) -> None:
    """Ordinary URLs pass, Arabic ones too."""
    assert check_url(url).raw_host


@given(st.text(max_size=60))
def test_any_text_is_a_url_or_refused(text: str) -> None:
    """Nothing that somebody types raises anything else than the typed error."""
    try:
        check_url(f"http://{text}")
    except FetchError as error:
        assert error.kind in {FailureKind.BAD_URL, FailureKind.FORBIDDEN_ADDRESS}
