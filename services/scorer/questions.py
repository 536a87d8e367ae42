"""What control asks this copy over HTTP: answered for the customers whose partitions it has. Nothing is stored.

A twin is made while nothing else moves; what is then done to it is done beside the loop, which goes on."""

import asyncio
from collections.abc import Iterable
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.scorer.fold import LedgerFold
from services.scorer.handler import ScorerHandler
from services.scorer.what_if import moves, told, twin_for
from shared.contracts.base import to_json
from shared.contracts.questions import MovesOfPart, Past, WhatIf, worst_first
from shared.http.body import read_whole, refuse_declared
from shared.http.problems import Problem, field_errors, invalid

LARGEST_BODY: Final = 16 * 1024 * 1024
Asked = TypeVar("Asked", bound=BaseModel)


def question_routes(handler: ScorerHandler) -> list[Route]:
    async def what_if(request: Request) -> Response:
        try:
            asked = await _read(request, WhatIf)
        except Problem as problem:
            return problem.response()
        partitions = tuple(sorted(handler.folds))
        twins = [twin_for(fold.state, asked) for fold in _folds(handler)]
        found = await asyncio.to_thread(lambda: [move for state in twins for move in moves(state, asked)])
        moved = worst_first(found)
        return _json(MovesOfPart(items=moved.items, more=moved.more, partitions=partitions))

    async def past(request: Request) -> Response:
        try:
            asked = await _read(request, Past)
        except Problem as problem:
            return problem.response()
        return _json(await asyncio.to_thread(told, asked))

    return [Route("/what-if", what_if, methods=["POST"]), Route("/past", past, methods=["POST"])]


def _folds(handler: ScorerHandler) -> Iterable[LedgerFold]:
    return (fold for fold in handler.folds.values() if isinstance(fold, LedgerFold))


async def _read(request: Request, model: type[Asked]) -> Asked:
    refuse_declared(request.headers, LARGEST_BODY)
    try:
        return model.model_validate_json(await read_whole(request.receive, LARGEST_BODY))
    except ValidationError as error:
        raise invalid(field_errors(error.errors(include_url=False), "body")) from None


def _json(answer: BaseModel) -> Response:
    return Response(to_json(answer), media_type="application/json")
