"""Where webhooks may be sent. Names are resolved by the tests themselves: nothing here opens a socket."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import pytest
from aiohttp import ClientSession

from shared.http.addresses import Address
from shared.http.egress import PinnedResolver, RefusedUrl, Resolve, check_url, guarded

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


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "HTTPS://example.com/",
        "//example.com/",
        "https:/example.com",
        "https://",
        "https:///path",
        "https://:443/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_INFO",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://example.com@127.0.0.1/",
        "https://example.com#@127.0.0.1/",
        "https://example.com/#fragment",
        "https://example.com\\@127.0.0.1/",
        "https://127.0.0.1\\.example.com/",
        "https://example.com\t/",
        "https://example.com/\r\nHost: other",
        "https://exa mple.com/",
        " https://example.com/",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:443443/",
        "https://example.com:/:80/",
        "https://%31%32%37.0.0.1/",
        "https://127.0.0.1%00.example.com/",
        "https://①②⑦.⓪.⓪.①/",  # characters that normalise to 127.0.0.1
        "https://１２７.0.0.1/",
        "https://127。0。0。1/",
        "https://exämple.com/",
        "https://ｌocalhost/",
        "https://[::1%25eth0]/",
        "https://[fe80::1%eth0]/",
        "https://[::1/",
        "https://::1/",
        "https://[localhost]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://017700000001/",
        "https://0177.0.0.1/",
        "https://0x7f.0.0.1/",
        "https://127.1/",
        "https://127.0.1/",
        "https://127.0.0.01/",
        "https://127.0.0.1.5/",
        "https://0/",
        "https://127.0.0.0x1/",
        "https://a..b/",
        "https://" + "a" * 64 + ".example/",
    ],
)
async def test_a_spelling_that_could_hide_another_host_is_refused_before_any_name_is_resolved(url: str) -> None:
    with pytest.raises(RefusedUrl):
        await check_url(url, (), nobody_is_asked)


SPECIAL_ADDRESSES = {
    "0.0.0.0": "this network",  # noqa: S104  # nothing is bound
    "10.1.2.3": "private",
    "100.64.0.1": "carrier",
    "100.100.100.200": "carrier",  # Alibaba's metadata
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "169.254.169.254": "metadata",
    "172.31.255.255": "private",
    "192.168.0.1": "private",
    "192.0.0.192": "reserved",  # Oracle's metadata
    "192.0.2.1": "documentation",
    "198.18.0.1": "benchmarks",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "168.63.129.16": "Azure",
    "224.0.0.1": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "unspecified",
    "::1": "loopback",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:169.254.169.254": "metadata",
    "::ffff:7f00:1": "loopback",
    "::127.0.0.1": "outside",
    "::ffff:0:127.0.0.1": "outside",
    "64:ff9b::7f00:1": "outside",
    "64:ff9b:1::a9fe:a9fe": "outside",
    "100::1": "outside",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2": "protocols",  # Teredo
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "6to4",
    "3fff::1": "documentation",
    "5f00::1": "outside",
    "fc00::1": "private",
    "fd00:ec2::254": "private",  # Amazon's metadata
    "fe80::1": "link-local",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
}


@pytest.mark.parametrize(("address", "kind"), SPECIAL_ADDRESSES.items())
async def test_no_address_outside_the_open_internet_whether_written_or_resolved(address: str, kind: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(RefusedUrl, match=kind):
        await check_url(f"https://{host}/", (), nobody_is_asked)
    with pytest.raises(RefusedUrl, match=kind):
        await check_url("https://innocent.example/", (), leading_to(address))


async def test_one_bad_address_among_good_ones_refuses_the_name() -> None:
    with pytest.raises(RefusedUrl, match="metadata"):
        await check_url("https://rebind.example/", (), leading_to("93.184.215.14", "169.254.169.254"))


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


async def test_a_name_that_changes_its_mind_between_check_and_connect_gains_nothing() -> None:
    answers = iter([["93.184.215.14"], ["169.254.169.254"]])

    async def rebinding(host: str, port: int) -> Sequence[Address]:
        return [ip_address(address) for address in next(answers)]

    await check_url("https://rebind.example/", (), rebinding)
    with pytest.raises(RefusedUrl, match="metadata"):
        await PinnedResolver("https", (), rebinding).resolve("rebind.example", 443)


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1:8443/", "http://8.8.8.8/"])
async def test_an_address_written_in_the_url_is_checked_when_the_socket_is_made(url: str) -> None:
    scheme = url.partition(":")[0]
    async with ClientSession(connector=guarded(scheme, (), nobody_is_asked)) as session:
        with pytest.raises(RefusedUrl):
            await session.get(url)
