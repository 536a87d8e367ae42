"""Headers that an owner gives his endpoint. A value may be a key to his receiver: it is kept sealed and shown masked,
and the mask, sent back, stands for it."""

from collections.abc import Iterator, Mapping

from yarl import URL

from shared.contracts.endpoints import EndpointConfig, EndpointRecord
from shared.http.problems import FieldError, invalid
from shared.secrets import SealBroken, SecretSettings, reseal, seal, unseal

MASK = "***"

Sealed = dict[str, str]
"""Name → ciphertext."""


def masked(record: EndpointRecord) -> dict[str, str]:
    return dict.fromkeys((*record.config.headers, *record.sealed_headers), MASK)


def resealed(settings: SecretSettings, record: EndpointRecord) -> Sealed:
    """Under the newest key; those in the clear are from before values were sealed.

    :raises SealBroken: one was sealed under a key that is gone.
    """
    return _plain_sealed(settings, record) | {
        name: reseal(settings, ciphertext) for name, ciphertext in record.sealed_headers.items()
    }


def sealed(settings: SecretSettings, asked: EndpointConfig, standing: EndpointRecord | None = None) -> Sealed:
    """What was given, sealed; the same value again keeps its ciphertext.

    :raises Problem: 422: a mask stands for nothing, or for what was given for another receiver.
    """
    kept = _plain_sealed(settings, standing) | standing.sealed_headers if standing else {}
    known = {name.lower(): ciphertext for name, ciphertext in kept.items()}
    if errors := list(_faults(asked, known, standing.config.url if standing else asked.url)):
        raise invalid(errors)
    return {name: _kept(settings, value, known.get(name.lower())) for name, value in asked.headers.items()}


def _faults(asked: EndpointConfig, known: Mapping[str, str], url: str) -> Iterator[FieldError]:
    elsewhere = URL(url).origin() != URL(asked.url).origin()
    for name, value in asked.headers.items():
        if value == MASK and name.lower() not in known:
            yield _fault(name, f"has no value yet that {MASK} could stand for: give one")
        elif value == MASK and elsewhere:
            # whoever may turn an endpoint to a receiver of his own must not read there what was given for another's
            yield _fault(name, "was given for another receiver: give its value for the new url, or take it out (null)")


def _fault(name: str, told: str) -> FieldError:
    return {"loc": "body.headers", "message": f"{name!r} {told}"}


def _kept(settings: SecretSettings, value: str, ciphertext: str | None) -> str:
    if ciphertext is not None and (value == MASK or value == _opened(settings, ciphertext)):
        return ciphertext
    return seal(settings, value)


def _opened(settings: SecretSettings, ciphertext: str) -> str | None:
    try:
        return unseal(settings, ciphertext)
    except SealBroken:
        return None


def _plain_sealed(settings: SecretSettings, record: EndpointRecord) -> Sealed:
    return {name: seal(settings, value) for name, value in record.config.headers.items()}
