"""The key that `make run` prints: an ordinary key, with every scope and no limit, that the environment brings."""

from services.control.change import SYSTEM, changing
from services.control.keys import store
from services.control.state import Control
from shared.contracts.keys import EVERY_SCOPE, KeyRecord
from shared.http.auth import sha256_of

DEVELOPMENT = "development"


async def seed(control: Control) -> None:
    """At every start: a new key replaces the one before it, and without one the one before is withdrawn."""
    secret = control.settings.dev_key
    wanted = _record(secret.get_secret_value()) if secret else None
    async with changing(control, SYSTEM) as change:
        await change.lock(f"key/{DEVELOPMENT}")
        standing = await store.find(change.connection, DEVELOPMENT)
        if wanted is not None and wanted != standing:
            await store.write(change, wanted, "key.seeded")
        elif wanted is None and standing is not None:
            await store.remove(change, standing)


def _record(key: str) -> KeyRecord:
    return KeyRecord(id=DEVELOPMENT, name="development", sha256=sha256_of(key), scopes=EVERY_SCOPE)
