"""Endpoints' secrets and headers in the database, and the keys that unseal them."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress

import asyncpg
from pydantic import SecretStr, TypeAdapter, ValidationError

from services.cli.doctor.finding import Finding, broken, well
from services.cli.doctor.outside import WITHIN_S, plain
from services.cli.doctor.patient import Patient
from shared.contracts.endpoints import SealedSecret
from shared.secrets import SealBroken, SecretSettings, unseal

PUT_BACK = "put the key that sealed them back (CHOKEPOINT_SECRET_KEYS or sealing.key), or rotate every secret"
_secrets = TypeAdapter(tuple[SealedSecret, ...])
_headers = TypeAdapter(dict[str, str])
SEALED = "SELECT secrets, to_jsonb(e) ->> 'sealed_headers' AS headers FROM control.endpoints e"
"""A database that was not brought up to date yet has no such column."""


def sealing(patient: Patient) -> Iterator[Finding]:
    keys = _keys(patient)
    if keys is None and (patient.data_dir / "postgres" / "PG_VERSION").exists():
        found = f"{patient.data_dir / 'sealing.key'} is gone, and the database was made with it"
        yield broken("sealing key", found, PUT_BACK)
        return
    sealed = asyncio.run(_sealed(url)) if (url := patient.database_url()) else ()
    if keys is not None or sealed:
        yield unsealed(keys, sealed)


def unsealed(keys: str | None, sealed: Sequence[str]) -> Finding:
    if keys is None:
        return broken("sealing key", f"none is there, and the database holds {len(sealed)} sealed secrets", PUT_BACK)
    try:
        settings = SecretSettings(secret_keys=tuple(SecretStr(key.strip()) for key in keys.split(",") if key.strip()))
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        return broken("sealing key", f"CHOKEPOINT_SECRET_KEYS: {reason}", "mend it; newest first, with commas between")
    closed = [secret for secret in sealed if not _opens(settings, secret)]
    if closed:
        return broken("sealing key", f"{len(closed)} of {len(sealed)} sealed secrets do not open with it", PUT_BACK)
    return well("sealing key", f"opens the {len(sealed)} secrets that are sealed" if sealed else "there")


def _opens(settings: SecretSettings, ciphertext: str) -> bool:
    try:
        unseal(settings, ciphertext)
    except SealBroken:
        return False
    return True


def _keys(patient: Patient) -> str | None:
    if given := patient.settings.passed_on.get("CHOKEPOINT_SECRET_KEYS"):
        return given
    with suppress(FileNotFoundError):
        return (patient.data_dir / "sealing.key").read_text().strip()
    return None


async def _sealed(url: str) -> tuple[str, ...]:
    """None where no database answers, which is another finding, or none of ours was made there."""
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, ValueError):
        async with asyncio.timeout(WITHIN_S):
            connection = await asyncpg.connect(plain(url))
            try:
                rows = await connection.fetch(SEALED)
            finally:
                await connection.close()
        return tuple(ciphertext for row in rows for ciphertext in ciphertexts(row["secrets"], row["headers"]))
    return ()


def ciphertexts(secrets: str, headers: str | None) -> Iterator[str]:
    yield from (secret.ciphertext for secret in _secrets.validate_json(secrets))
    yield from _headers.validate_json(headers or "{}").values()
