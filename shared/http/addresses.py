"""Addresses that the open internet does not route to, or that stand for others: nothing is ever sent there unless the
operator allows it. From the IANA registries of special-purpose addresses for IPv4 and IPv6, and RFC 5771, RFC 4291;
what holds an IPv4 address inside, from RFC 6052 and 8215 (NAT64), 3056 (6to4), 4380 (Teredo) and 5214 (ISATAP)."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SPECIAL = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared by a carrier's customers",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local, where clouds keep their metadata",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved for protocols",
    "192.0.2.0/24": "for documentation",
    "192.31.196.0/24": "AS112",
    "192.52.193.0/24": "AMT",
    "192.88.99.0/24": "6to4 relay",
    "192.168.0.0/16": "private",
    "192.175.48.0/24": "AS112",
    "198.18.0.0/15": "for benchmarks",
    "198.51.100.0/24": "for documentation",
    "203.0.113.0/24": "for documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    # platform services that clouds put at public-looking addresses
    "168.63.129.16/32": "Azure's platform address",
    # of IPv6 only 2000::/3 is assigned to the open internet; what is special within it:
    "2001::/23": "reserved for protocols",
    "2001:db8::/32": "for documentation",
    "2620:4f:8000::/48": "AS112",
    "3fff::/20": "for documentation",
}
SPECIAL: tuple[tuple[Network, str], ...] = tuple((ip_network(text), what) for text, what in _SPECIAL.items())
OPEN_IPV6 = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")
"""How hosts without IPv4 reach the IPv4 internet: as open as the address inside."""
_ISATAP = (bytes.fromhex("00005efe"), bytes.fromhex("02005efe"))
"""How an interface's part begins, in any network; the IPv4 address follows."""
_NAMED_IPV6: tuple[tuple[IPv6Network, str], ...] = (
    (IPv6Network("::/128"), "unspecified"),
    (IPv6Network("::1/128"), "loopback"),
    (IPv6Network("::/96"), "an IPv4 address in an abandoned spelling"),
    (IPv6Network("64:ff9b:1::/48"), "NAT64 of a private network"),
    (IPv6Network("fc00::/7"), "private"),
    (IPv6Network("fe80::/10"), "link-local"),
    (IPv6Network("fec0::/10"), "site-local"),
    (IPv6Network("ff00::/8"), "multicast"),
)


def plain(address: Address) -> Address:
    """The address that a packet to this one ends at, where the two differ in spelling only (::ffff:127.0.0.1)."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def special(address: Address) -> str | None:
    """Why the open internet has no such host; none: it may have one."""
    if isinstance(address, IPv4Address):
        return _listed(address)
    if address in NAT64:
        inner = special(IPv4Address(address.packed[-4:]))
        return inner and f"NAT64 of an address that is {inner}"
    if tunnel := _tunnel(address):
        way, end = tunnel
        inner = special(end)
        return f"{way} tunnel to {end}" + (f", which is {inner}" if inner else "")
    if address in OPEN_IPV6:
        return _listed(address)
    named = (what for network, what in _NAMED_IPV6 if address in network)
    return next(named, "outside what IPv6 gives to the open internet")


def _listed(address: Address) -> str | None:
    found = (what for network, what in SPECIAL if address.version == network.version and address in network)
    return next(found, None)


def _tunnel(address: IPv6Address) -> tuple[str, IPv4Address] | None:
    """Where a packet leaves the tunnel: no webhook goes through one, wherever that is."""
    if address.sixtofour:
        return "a 6to4", address.sixtofour
    if address.teredo:
        return "a Teredo", address.teredo[1]
    if address.packed[8:12] in _ISATAP:
        return "an ISATAP", IPv4Address(address.packed[-4:])
    return None
