"""What the OpenAPI document says of bodies that the routes read themselves."""

from typing import Annotated, Any

from fastapi import FastAPI
from pydantic import BaseModel, Field, TypeAdapter
from pydantic.json_schema import models_json_schema

from services.ingest.answer import Status
from services.ingest.body import MOST_IN_AN_ARRAY
from services.ingest.body_forms import FORMS, Form
from shared.contracts.events import AnyEvent, News
from shared.contracts.signals import Dropped, Signal
from shared.http.problems import FieldErrorBody, problem_responses

Schema = dict[str, Any]
REF = "#/components/schemas/{model}"


class ResultBody(BaseModel):
    id: Annotated[
        str | None,
        Field(
            description="The sender's own, as it was given. Where it gave none: of an event that was taken, the one "
            "derived from its content; else null."
        ),
    ]
    event_id: Annotated[
        str | None,
        Field(
            description="By which routes and traces know the event. Of a rejected one it is there where its kind, the "
            "name of its source and the id that the sender gave are as they must be: what is mended and sent again "
            "under the same id has it; else null."
        ),
    ]
    status: Status
    errors: list[FieldErrorBody] = []


class AcceptedBody(BaseModel):
    accepted: int
    duplicates: int
    rejected: int
    results: list[ResultBody]


class Classified(BaseModel):
    signals: list[Signal]
    dropped: list[Dropped]
    classifier: str


def _ref(model: str) -> Schema:
    return {"$ref": REF.format(model=model)}


CLASSIFY: Schema = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("News")}}},
    "responses": {
        "200": {"description": "What it reads", "content": {"application/json": {"schema": _ref("Classified")}}}
    },
}


def describe(app: FastAPI) -> None:
    """Adds `POST /v1/events`, which FastAPI does not serve, and the models behind it."""
    made = app.openapi  # FastAPI's own, of the routes that it serves

    def openapi() -> Schema:
        if app.openapi_schema is None:
            document = made()
            document["paths"]["/v1/events"] = {"post": _post_events()}
            document.setdefault("components", {}).setdefault("schemas", {}).update(_schemas())
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's documentation has it


def _post_events() -> Schema:
    problems = problem_responses(401, 403, 408, 413, 415, 422, 429, 503)
    return {
        "summary": "Post events",
        "description": "One event, an array, a line each, or in CloudEvents 1.0 (structured, batched, or binary with "
        "`ce-` headers). One bad event rejects that event alone. 202 comes only after the broker has the others. "
        "Results stand in the order of the events; where nothing is valid, the 422 carries them too.",
        "operationId": "post_events",
        "security": [{"HTTPBearer": []}],
        "requestBody": {"required": True, "content": {media: {"schema": _body(form)} for media, form in FORMS.items()}},
        "responses": {
            "202": {
                "description": "What became of each, in the order in which they were sent",
                "content": {"application/json": {"schema": _ref("AcceptedBody")}},
            },
            **{str(status): response for status, response in problems.items()},
        },
    }


def _body(form: Form) -> Schema:
    event = _ref("Event")
    envelope = {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            **{name: {"type": "string", "minLength": 1} for name in ("id", "source", "type")},
            "data": event,
        },
    }
    match form:
        case Form.NDJSON:
            return event
        case Form.CLOUDEVENT:
            return envelope
        case Form.CLOUDEVENTS:
            return {"type": "array", "items": envelope, "maxItems": MOST_IN_AN_ARRAY}
        case _:
            return {"oneOf": [event, {"type": "array", "items": event, "minItems": 1, "maxItems": MOST_IN_AN_ARRAY}]}


def _schemas() -> Schema:
    event = TypeAdapter(AnyEvent).json_schema(ref_template=REF)
    models: list[type[BaseModel]] = [AcceptedBody, Classified, News]
    _, answers = models_json_schema([(model, "validation") for model in models], ref_template=REF)
    return {**answers["$defs"], **event.pop("$defs"), "Event": event}
