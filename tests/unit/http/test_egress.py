"""Where webhooks may be sent; `test_ssrf.py` shows where not. Names are resolved by the tests themselves."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession
from hypothesis import given, settings, strategies
from yarl import URL

from shared.http.addresses import Address, special
from shared.http.egress import _URL, PinnedResolver, RefusedUrl, Resolve, check_url, guarded, read_url

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def leading_to(*addresses: str) -> Resolve:
    async def resolve(host: str, port: int) -> Sequence[Address]:
        return [ip_address(address) for address in addresses]

    return resolve


async def nobody_is_asked(host: str, port: int) -> Sequence[Address]:
    raise AssertionError(f"{host} was resolved")


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com",
        "https://hooks.example.com/in?customer=1&x=%2F",
        "https://hooks.example.com:8443/",
        "https://xn--mnchen-3ya.example/hook",
        "https://hooks_eu.example.com./hook",
        "https://93.184.215.14/hook",
        "https://[2606:4700::1111]/hook",
    ],
)
async def test_a_web_server_on_the_open_internet_is_fine(url: str) -> None:
    await check_url(url, (), leading_to("93.184.215.14", "2606:4700::1111"))


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(strategies.from_regex(_URL, fullmatch=True))
def test_what_is_accepted_is_read_the_same_by_every_program(url: str) -> None:
    try:
        ours = read_url(url)
    except RefusedUrl:
        return
    sent, other = URL(url, encoded=True), urlsplit(url)
    assert (sent.scheme, _one_spelling(sent.host or ""), sent.port) == (
        ours.scheme,
        _one_spelling(ours.host),
        ours.port,
    )
    assert (other.scheme, _one_spelling(other.hostname or "")) == (ours.scheme, _one_spelling(ours.host))
    assert other.port in {ours.port, None}
    assert sent.user is other.username is None


def _one_spelling(host: str) -> str:
    return str(ip_address(host)) if ":" in host else host.lower()


def test_an_ipv4_address_behind_nat64_is_as_open_as_itself() -> None:
    """On hosts without IPv4 every name that has no IPv6 address of its own leads there."""
    assert special(ip_address("64:ff9b::93.184.215.14")) is None
    assert special(ip_address("64:ff9b::10.0.0.1")) == "NAT64 of an address that is private"


async def test_a_name_that_does_not_resolve_is_refused() -> None:
    async def no_such_name(host: str, port: int) -> Sequence[Address]:
        raise OSError("no such name")

    with pytest.raises(RefusedUrl, match=r"nowhere\.example does not resolve"):
        await check_url("https://nowhere.example/", (), no_such_name)
    with pytest.raises(RefusedUrl, match="does not resolve"):
        await check_url("https://nowhere.example/", (), leading_to())


@pytest.mark.parametrize(
    "url", ["http://hooks.example.com/", "https://hooks.example.com:6379/", "http://93.184.215.14/"]
)
async def test_plain_http_and_unusual_ports_lead_only_where_the_operator_allows(url: str) -> None:
    public = leading_to("93.184.215.14")
    with pytest.raises(RefusedUrl, match="the operator allows"):
        await check_url(url, LOOPBACK, public)
    await check_url(url, (ip_network("93.184.215.0/24"),), public)


@pytest.mark.parametrize("url", ["http://127.0.0.1:5000/", "http://localhost:5000/hook", "http://[::1]:5000/"])
async def test_what_the_operator_allows_is_fine_in_every_spelling_of_the_address(url: str) -> None:
    await check_url(url, LOOPBACK, leading_to("127.0.0.1", "::1", "::ffff:127.0.0.1"))


async def test_a_connector_gets_the_addresses_that_were_checked_and_no_others() -> None:
    pinned = PinnedResolver("https", (), leading_to("93.184.215.14", "2606:4700::1111", "93.184.215.14"))
    found = await pinned.resolve("hooks.example.com", 443)
    assert [(one["host"], one["hostname"]) for one in found] == [
        ("93.184.215.14", "hooks.example.com"), ("2606:4700::1111", "hooks.example.com"),
    ]  # fmt: skip


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1:8443/", "http://8.8.8.8/"])
async def test_an_address_written_in_the_url_is_checked_when_the_socket_is_made(url: str) -> None:
    scheme = url.partition(":")[0]
    async with ClientSession(connector=guarded(scheme, (), nobody_is_asked)) as session:
        with pytest.raises(RefusedUrl):
            await session.get(url)
