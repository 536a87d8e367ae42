"""`chokepoint reseal`: after a new key was put in front, so that the old one can be taken out."""

from pathlib import Path

import orjson
from rich.console import Console

from services.cli.exit_codes import Exit
from shared.client import Client, Connection


def reseal_all(data_dir: Path, *, as_json: bool) -> int:
    seen, resealed = 0, 0
    broken: list[str] = []
    console = Console(stderr=True)
    with Client(Connection.find(data_dir)) as client, console.status("0 endpoints") as status:
        for page in client.reseal():
            seen, resealed = seen + page.endpoints, resealed + page.resealed
            broken += page.broken
            status.update(f"{seen} endpoints")
    if as_json:
        print(orjson.dumps({"endpoints": seen, "resealed": resealed, "broken": broken}).decode())  # noqa: T201
    else:
        Console(highlight=False, soft_wrap=True).print(told(seen, resealed, broken))
    return Exit.NOT_SO if broken else Exit.DONE


def told(seen: int, resealed: int, broken: list[str]) -> str:
    done = f"{resealed} of {seen} endpoints sealed anew"
    if not broken:
        return f"{done}: every secret is under the newest key, the older ones can go"
    return (
        f"{done}. No key opens the secrets of {', '.join(broken)}: put the key that sealed them back into "
        "CHOKEPOINT_SECRET_KEYS and run this again, or rotate them with `overlap_hours` 0 and give their headers anew. "
        "Until then keep the older keys"
    )
