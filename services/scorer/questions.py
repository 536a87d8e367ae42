"""What control asks this copy over HTTP: answered for the customers whose partitions it has. Nothing is stored.

A twin is made while nothing else moves; what is then done to it is done beside the loop, which goes on."""

import asyncio
from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.scorer.fold import LedgerFold
from services.scorer.handler import ScorerHandler
from services.scorer.what_if import moves, told, twin_for
from shared.contracts.base import to_json
from shared.contracts.questions import MovesOfPart, Past, WhatIf, worst_first
from shared.http.body import read_model

LARGEST_BODY: Final = 16 * 1024 * 1024


def question_routes(handler: ScorerHandler) -> list[Route]:
    async def what_if(request: Request) -> Response:
        asked = await read_model(request, WhatIf, LARGEST_BODY)
        partitions = tuple(sorted(handler.folds))
        twins = [twin_for(fold.state, asked) for fold in _folds(handler)]
        found = await asyncio.to_thread(lambda: [move for state in twins for move in moves(state, asked)])
        moved = worst_first(found)
        return _json(MovesOfPart(items=moved.items, more=moved.more, partitions=partitions))

    async def past(request: Request) -> Response:
        return _json(await asyncio.to_thread(told, await read_model(request, Past, LARGEST_BODY)))

    return [Route("/what-if", what_if, methods=["POST"]), Route("/past", past, methods=["POST"])]


def _folds(handler: ScorerHandler) -> Iterable[LedgerFold]:
    return (fold for fold in handler.folds.values() if isinstance(fold, LedgerFold))


def _json(answer: BaseModel) -> Response:
    return Response(to_json(answer), media_type="application/json")
