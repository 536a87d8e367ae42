from typing import Any

from pydantic import JsonValue, ValidationError

from shared.contracts.endpoints import EndpointConfig
from shared.http.problems import field_errors, invalid

Json = dict[str, JsonValue]


def patched(config: EndpointConfig, patch: Json) -> EndpointConfig:
    """JSON merge patch (RFC 7396): what is named changes, null takes a field back to its default.

    :raises Problem: 422, with every fault.
    """
    try:
        return EndpointConfig.model_validate(_merged(_without_respelt(config, patch).model_dump(mode="json"), patch))
    except ValidationError as error:
        raise invalid(field_errors(error.errors(), "body")) from None


def _without_respelt(config: EndpointConfig, patch: Json) -> EndpointConfig:
    """A header that the patch names in another spelling is the same header."""
    asked = patch.get("headers")
    if not isinstance(asked, dict):
        return config
    named = {name.lower() for name in asked}
    kept = {name: value for name, value in config.headers.items() if name in asked or name.lower() not in named}
    return config.model_copy(update={"headers": kept})


def _merged(target: Json, patch: Json) -> Json:
    merged: dict[str, Any] = {name: value for name, value in target.items() if patch.get(name, ...) is not None}
    for name, value in patch.items():
        if isinstance(value, dict):
            inner = merged.get(name)
            merged[name] = _merged(inner if isinstance(inner, dict) else {}, value)
        elif value is not None:
            merged[name] = value
    return merged
