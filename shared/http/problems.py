"""Errors over HTTP (RFC 9457): every answer of ours that is no success is `application/problem+json`
`{type, title, status, detail, errors: [{loc, message}]}`, and what else a route adds.

`loc` is a dotted path from the root of what was sent: `query.limit`, `path.id`, `header.authorization`,
`body.exposures.0.material`. Our own, as the libraries for it cover the envelope (a dozen lines) and leave `errors`,
which is most of what stands here, to each of their users."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypedDict, cast

import orjson
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from shared.errors import ChokepointError
from shared.http.wording import in_words

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.exceptions import RequestValidationError

PROBLEM_JSON = "application/problem+json"


class FieldError(TypedDict):
    loc: str
    message: str


class Problem(ChokepointError, HTTPException):
    """Raise it anywhere in an app by `app_of`, or behind `speak_problems`; `members` are further fields of the body."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        HTTPException.__init__(self, status, detail, dict(headers or {}))
        self.errors = list(errors)
        self.members = dict(members or {})

    def response(self) -> Response:
        body = {
            "type": "about:blank",
            "title": _phrase(self.status_code),
            "status": self.status_code,
            "detail": self.detail,
            "errors": self.errors,
            **self.members,
        }
        return Response(orjson.dumps(body), self.status_code, self.headers, PROBLEM_JSON)


def _phrase(status: int) -> str:
    return _RENAMED.get(status) or HTTPStatus(status).phrase


_RENAMED = {413: "Content Too Large", 422: "Unprocessable Content"}
"""By RFC 9110; Python before 3.13 has the older names."""


def unavailable(detail: str, retry_after_s: int = 1, **members: object) -> Problem:
    return Problem(503, detail, headers={"Retry-After": str(retry_after_s)}, members=members)


def unexpected(request_id: str) -> Problem:
    detail = "an error of ours, not of the request: it is logged under this request_id, and trying again may work"
    return Problem(500, detail, members={"request_id": request_id})


def speak_problems(app: "FastAPI") -> None:
    """For what people ask; every error becomes a problem. Call it once the app's middleware stands: the last resort is
    in front of it."""
    from fastapi.exceptions import RequestValidationError  # noqa: PLC0415 who has no FastAPI app does not pay for it

    from shared.http.unexpected import AnswerUnexpected  # noqa: PLC0415 it answers problems itself

    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_middleware(AnswerUnexpected)


def app_of(routes: Sequence[BaseRoute]) -> Starlette:
    """For what services ask each other; every error becomes a problem."""
    return Starlette(routes=routes, exception_handlers={HTTPException: _http})


async def _http(_: Request, error: Exception) -> Response:
    if isinstance(error, Problem):
        return error.response()
    plain = cast("HTTPException", error)
    return Problem(plain.status_code, str(plain.detail), headers=plain.headers).response()


async def _validation(_: Request, error: Exception) -> Response:
    return invalid(field_errors(cast("RequestValidationError", error).errors())).response()


def invalid(errors: Sequence[FieldError], **members: object) -> Problem:
    told = "one field is not as it must be" if len(errors) == 1 else f"{len(errors)} fields are not as they must be"
    return Problem(422, f"{told}: see errors", errors=errors, members=members)


def dotted(*steps: object) -> str:
    return ".".join(str(step) for step in steps)


def field_errors(errors: Iterable[Mapping[str, Any]], *prefix: object) -> list[FieldError]:
    """Pydantic's errors (`ValidationError.errors()`) in our words; what was sent is never repeated. What is wrong
    with a list because of what is wrong within it is told once, there."""
    all_errors = list(errors)
    within = {error["loc"][:depth] for error in all_errors for depth in range(len(error["loc"]))}
    return [_invalid_json(error) or _told(error, prefix) for error in all_errors if error["loc"] not in within]


def _told(error: Mapping[str, Any], prefix: tuple[object, ...]) -> FieldError:
    return {"loc": dotted(*prefix, *error["loc"]), "message": in_words(error)}


def _invalid_json(error: Mapping[str, Any]) -> FieldError | None:
    """FastAPI puts the position where the field's name would be."""
    match error:
        case {"type": "json_invalid", "loc": ("body", int(at)), "ctx": {"error": reason}}:
            return {"loc": "body", "message": f"invalid JSON at character {at}: {reason}"}
    return None


class FieldErrorBody(BaseModel):
    loc: str
    message: str


class ProblemBody(BaseModel):
    """For the OpenAPI document."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldErrorBody]


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What FastAPI's `responses=` takes."""
    schema = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schema = {**schema, "properties": {**schema["properties"], "errors": _ERRORS_SCHEMA}}
    schema.pop("$defs", None)
    return {
        status: {"description": _phrase(status), "content": {PROBLEM_JSON: {"schema": schema}}} for status in statuses
    }


_ERRORS_SCHEMA = {"type": "array", "items": FieldErrorBody.model_json_schema()}
