"""What an endpoint may ask for, beyond the shape of its fields."""

from collections.abc import Iterator, Mapping, Sequence

from services.control.materials import unknown_material
from shared.catalog import materials
from shared.contracts.endpoints import EndpointConfig
from shared.http.addresses import Network
from shared.http.egress import RefusedUrl, check_url
from shared.http.owners_headers import name_fault, value_fault
from shared.http.problems import FieldError, dotted, invalid


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
            yield {"loc": dotted("body", "materials", number), "message": unknown_material(name)}


def _headers(headers: Mapping[str, str]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for name, value in headers.items():
        twice = "stands twice" if name.lower() in seen else None
        if fault := name_fault(name) or twice or value_fault(value):
            yield {"loc": "body.headers", "message": f"{name[:100]!r} {fault}"}
        seen.add(name.lower())
