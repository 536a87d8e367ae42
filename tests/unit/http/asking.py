"""One request to an ASGI app, without a socket."""

from collections.abc import AsyncIterator, Mapping

import httpx2
from starlette.types import ASGIApp


async def ask(
    app: ASGIApp,
    method: str,
    path: str,
    *,
    key: str | None = None,
    json: object = None,
    content: bytes | AsyncIterator[bytes] | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx2.Response:
    headers = {**(headers or {}), **({"authorization": f"Bearer {key}"} if key else {})}
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
        return await client.request(method, path, headers=headers, json=json, content=content)
