"""The key that `make run` prints: an ordinary key, with every scope and no limit, that the environment brings."""

from services.control.change import SYSTEM, changing
from services.control.keys import store
from services.control.settings import ControlSettings
from services.control.state import Control
from shared.contracts.keys import EVERY_SCOPE, KeyRecord
from shared.http.auth import KeyRing, sha256_of
from shared.http.server import Check

DEVELOPMENT = "development"


async def seed(control: Control) -> None:
    """At every start: a new key replaces the one before it, and without one the one before is withdrawn."""
    secret = control.settings.dev_key
    wanted = _record(secret.get_secret_value()) if secret else None
    async with changing(control, SYSTEM) as change:
        await change.lock(f"key/{DEVELOPMENT}")
        standing = await store.find(change.connection, DEVELOPMENT)
        if wanted is not None and wanted == standing:
            store.tell(change, wanted)  # again: a broker that is new to this database has no key at all
        elif wanted is not None:
            await store.write(change, wanted, "key.seeded")
        elif standing is not None:
            await store.remove(change, standing)


def unknown_to(ring: KeyRing, settings: ControlSettings) -> Check:
    """Ready is who can be asked with the key that is printed."""

    def check() -> str | None:
        secret = settings.dev_key
        known = not secret or ring.find(secret.get_secret_value())
        return None if known else "the development key is not on its topic yet"

    return check


def _record(key: str) -> KeyRecord:
    return KeyRecord(id=DEVELOPMENT, name="development", sha256=sha256_of(key), scopes=EVERY_SCOPE)
