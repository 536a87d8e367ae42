"""What an endpoint may ask for, beyond the shape of its fields."""

import re
from collections.abc import Iterator, Mapping, Sequence

from services.control.materials import unknown_material
from shared.catalog import materials
from shared.contracts.endpoints import EndpointConfig
from shared.http.addresses import Network
from shared.http.egress import RefusedUrl, check_url
from shared.http.problems import FieldError, invalid, path

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}", re.ASCII)
HEADER_VALUE = re.compile(r"[!-~]([ -~\t]*[!-~])?", re.ASCII)
LONGEST_HEADER = 4_000
OURS = frozenset(
    ("host", "user-agent", "accept-encoding", "connection", "keep-alive", "te", "trailer", "transfer-encoding")
)
OURS_BY_PREFIX = ("webhook-", "chokepoint-", "content-", "proxy-", "trace", "upgrade", "expect")


async def checked(config: EndpointConfig, allow: Sequence[Network], *, look_up: bool = True) -> EndpointConfig:
    """With materials as their slugs. `look_up`: the URL is new, so it is resolved and its address judged.

    :raises Problem: 422, with every fault.
    """
    errors = [*_headers(config.headers), *_materials(config)]
    if not config.event_types:
        errors.append({"loc": "body.event_types", "message": "is empty: leave it out for every type"})
    if look_up:
        try:
            await check_url(config.url, allow)
        except RefusedUrl as refused:
            errors.append({"loc": "body.url", "message": str(refused)})
    if errors:
        raise invalid(errors)
    slugs = [materials.resolve(name) for name in config.materials]
    return config.model_copy(
        update={
            "materials": tuple(dict.fromkeys(slugs)),
            "event_types": tuple(dict.fromkeys(config.event_types)),
        }
    )


def _materials(config: EndpointConfig) -> Iterator[FieldError]:
    for number, name in enumerate(config.materials):
        if materials.resolve(name) is None:
            yield {"loc": path("body", "materials", number), "message": unknown_material(name)}


def _headers(headers: Mapping[str, str]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for name, value in headers.items():
        if fault := _name_fault(name, seen) or _value_fault(value):
            yield {"loc": "body.headers", "message": f"{name[:100]!r} {fault}"}
        seen.add(name.lower())


def _name_fault(name: str, seen: set[str]) -> str | None:
    lower = name.lower()
    if not HEADER_NAME.fullmatch(name):
        return "is no header name: letters, digits and hyphens, at most 100"
    if lower in OURS or lower.startswith(OURS_BY_PREFIX):
        return "is ours to set"
    return "stands twice" if lower in seen else None


def _value_fault(value: str) -> str | None:
    """The value may be a secret: it is not repeated."""
    if len(value) > LONGEST_HEADER:
        return f"has a value of more than {LONGEST_HEADER} characters"
    if not HEADER_VALUE.fullmatch(value):
        return "has a value that no header can have: printable ASCII, without spaces at its ends or line breaks"
    return None
