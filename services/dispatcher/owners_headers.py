"""What an endpoint's owner has us send besides: his own headers; ours cannot be among them."""

from collections.abc import Mapping

from shared.contracts.endpoints import EndpointRecord
from shared.http.owners_headers import name_fault, value_fault
from shared.secrets import SecretSettings, unseal


class OwnersHeaders:
    """Unseals their values when the first message is sent, so that one broken seal stops one endpoint."""

    def __init__(self, record: EndpointRecord, settings: SecretSettings) -> None:
        self._plain = record.config.headers
        self._sealed = record.sealed_headers
        self._settings = settings
        self._opened: Mapping[str, str] | None = None

    def opened(self) -> Mapping[str, str]:
        """:raises SealBroken: a value cannot be unsealed."""
        if self._opened is None:
            opened = {name: unseal(self._settings, ciphertext) for name, ciphertext in self._sealed.items()}
            self._opened = {name: value for name, value in (self._plain | opened).items() if _sound(name, value)}
        return self._opened


def _sound(name: str, value: str) -> bool:
    """An older control may have let others through."""
    return not (name_fault(name) or value_fault(value))
