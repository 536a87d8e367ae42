from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Request
from starlette.types import Message

from shared.http.body import ClientGone, LimitedBody, chunks, read_whole
from shared.http.problems import Problem, speak_problems
from tests.unit.http.asking import ask


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    speak_problems(app)
    app.add_middleware(LimitedBody, limit=10)

    @app.post("/")
    async def size(request: Request) -> int:
        return len(await request.body())

    @app.post("/parsed")
    async def parsed(numbers: list[int]) -> int:
        return sum(numbers)

    return app


async def in_parts(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_a_body_within_the_limit_passes(app: FastAPI) -> None:
    assert (await ask(app, "POST", "/", content=b"x" * 10)).json() == 10


async def test_a_declared_length_beyond_the_limit_is_413_before_a_byte_is_read(app: FastAPI) -> None:
    read = []

    async def receive() -> Message:
        read.append(1)
        return {"type": "http.request", "body": b"x" * 11}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": [(b"content-length", b"11")],
    }
    await app(scope, receive, send)
    assert (sent[0]["status"], read) == (413, [])


@pytest.mark.parametrize("path", ["/", "/parsed"])
async def test_a_chunked_body_is_413_with_the_byte_that_passes_the_limit(app: FastAPI, path: str) -> None:
    answer = await ask(app, "POST", path, content=in_parts(b"[1,2,3", b",4,5,6]"))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert "10 bytes" in answer.json()["detail"]


def messages(*given: Message) -> "Receiver":
    return Receiver(list(given))


class Receiver:
    def __init__(self, given: list[Message]) -> None:
        self.given = given

    async def __call__(self) -> Message:
        return self.given.pop(0)


async def test_chunks_come_as_they_arrive() -> None:
    receive = messages(
        {"type": "http.request", "body": b"ab", "more_body": True}, {"type": "http.request", "body": b"c"}
    )
    assert [chunk async for chunk in chunks(receive, 10)] == [b"ab", b"c"]


async def test_a_sender_that_leaves_half_way_is_not_a_whole_body() -> None:
    receive = messages({"type": "http.request", "body": b"ab", "more_body": True}, {"type": "http.disconnect"})
    with pytest.raises(ClientGone):
        await read_whole(receive, 10)


async def test_the_whole_body_is_read_up_to_the_limit() -> None:
    with pytest.raises(Problem):
        await read_whole(messages({"type": "http.request", "body": b"x" * 11}), 10)
