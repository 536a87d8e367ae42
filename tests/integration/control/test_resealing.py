"""A new key goes in front, everything is sealed anew, the old key goes: receivers notice nothing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from services.cli.box.free_ports import free_ports
from services.cli.reseal import reseal_all
from shared.contracts.endpoints import EndpointRecord
from shared.kafka.topics import ENDPOINTS
from shared.secrets import SealBroken, SecretSettings, unseal
from tests.integration.control.process import Running, records, until

pytestmark = pytest.mark.integration

HOOK = "http://127.0.0.1:9000/hook"
NEW = Fernet.generate_key().decode()


@pytest.fixture
def with_a_new_key(control: Running, tmp_path: Path) -> Iterator[Running]:
    """A second copy, which has the new key in front; the first publishes what it says."""
    (port,) = free_ports(1)
    own = {
        "CHOKEPOINT_PORT": str(port),
        "CHOKEPOINT_INSTANCE": "resealing",
        "CHOKEPOINT_SECRET_KEYS": f"{NEW},{control.environment['CHOKEPOINT_SECRET_KEYS']}",
    }
    url, environment = f"http://127.0.0.1:{port}", control.environment | own
    copy = replace(control, url=url, environment=environment, log=tmp_path / "log", processes=[])
    copy.start()
    yield copy
    assert copy.stop() == 0


async def test_every_secret_comes_under_the_newest_key(
    with_a_new_key: Running, control: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with control.client() as client:
        made = (
            await client.post("/endpoints", json={"url": HOOK, "signature": "v1a", "headers": {"X-Token": "abc"}})
        ).json()
    only_new = SecretSettings(secret_keys=(SecretStr(NEW),))

    async def newest() -> EndpointRecord:
        *_, record = await records(control.bootstrap, ENDPOINTS, made["id"])
        return EndpointRecord.model_validate_json(record.value or b"")

    before = await newest()
    with pytest.raises(SealBroken):
        unseal(only_new, before.secrets[0].ciphertext)
    monkeypatch.setenv("CHOKEPOINT_URL", with_a_new_key.url)
    monkeypatch.setenv("CHOKEPOINT_CONTROL_URL", with_a_new_key.url)
    monkeypatch.setenv("CHOKEPOINT_KEY", control.key)
    assert reseal_all(Path("nowhere"), as_json=False) == 0
    assert "the older ones can go" in capsys.readouterr().out

    async def told() -> bool:
        return (await newest()).secrets != before.secrets

    await until(told)
    after = await newest()
    assert unseal(only_new, after.secrets[0].ciphertext) == made["secret"]
    assert unseal(only_new, after.secrets[1].ciphertext) == unseal(
        control.secret_settings, before.secrets[1].ciphertext
    )
    assert unseal(only_new, after.sealed_headers["X-Token"]) == "abc"
    assert after.version == before.version
    assert reseal_all(Path("nowhere"), as_json=True) == 0
    assert '"resealed":0,"broken":[]' in capsys.readouterr().out
