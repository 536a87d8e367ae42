"""The services that own the answers: scorers know the exposures, a classifier reads texts."""

import asyncio
from typing import TypeVar

import aiohttp
from pydantic import BaseModel, ValidationError

from services.control.copies import copies_of
from shared.contracts.base import Wire, to_json
from shared.contracts.events import News
from shared.contracts.questions import Moves, MovesOfPart, Past, Told, WhatIf, worst_first
from shared.contracts.signals import Signal
from shared.http.problems import unavailable

ANSWERS_WITHIN = aiohttp.ClientTimeout(total=30)
Answer = TypeVar("Answer", bound=BaseModel)


class _Read(Wire):
    signals: tuple[Signal, ...]


async def ask_scorers(urls: tuple[str, ...], asked: WhatIf, partitions: int) -> Moves:
    """Every copy behind every URL: each has customers of its own.

    :raises Problem: 503, where a part of the customers is no copy's, or two copies': it is just being taken over.
    """
    copies = {copy for behind in await asyncio.gather(*map(copies_of, urls)) for copy in behind}
    parts = await asyncio.gather(*(_ask(f"{copy}/what-if", asked, MovesOfPart) for copy in copies))
    answered = sorted(number for part in parts for number in part.partitions)
    if answered != list(range(partitions)):
        raise unavailable(
            f"scorers answered for partitions {answered} of {partitions}: CHOKEPOINT_SCORER_URL does not lead to every "
            "copy, or one is just taking over from another",
            5,
        )
    return worst_first([move for part in parts for move in part.items], sum(part.more for part in parts))


async def ask_a_scorer(urls: tuple[str, ...], past: Past) -> Told:
    """Any copy: the question brings all that it is about."""
    return await _ask(f"{urls[0]}/past", past, Told)


async def ask_classifier(url: str, news: News) -> tuple[Signal, ...]:
    return (await _ask(f"{url}/classify", news, _Read)).signals


async def _ask(url: str, question: BaseModel, model: type[Answer]) -> Answer:
    """:raises Problem: 503, where no usable answer comes."""
    headers = {"content-type": "application/json"}
    try:
        async with (
            aiohttp.ClientSession(timeout=ANSWERS_WITHIN) as session,
            session.post(url, data=to_json(question), headers=headers) as answer,
        ):
            if answer.status != 200:
                raise unavailable(f"{url} answered {answer.status}: its log says why", 5)
            return model.model_validate_json(await answer.read())
    except (TimeoutError, aiohttp.ClientError, ValidationError) as error:
        raise unavailable(f"no answer from {url}: {type(error).__name__}", 5) from None
