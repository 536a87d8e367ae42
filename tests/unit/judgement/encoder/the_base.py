"""The base model, where this machine has it."""

from functools import cache

import pytest

from shared.domain.judgement.encoder import base as bases
from shared.domain.judgement.encoder.base import Base, NoBase
from shared.domain.judgement.encoder.tokens import Tokens


@cache
def base() -> Base:
    try:
        return Base(bases.find())
    except NoBase as error:
        pytest.skip(str(error))


@cache
def tokens() -> Tokens:
    return Tokens(base())
