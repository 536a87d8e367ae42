"""The base model, where this machine has it, and the encoder as it is shipped."""

from functools import cache

import pytest

from shared.domain.judgement.encoder import base as bases
from shared.domain.judgement.encoder import model
from shared.domain.judgement.encoder.base import Base, NoBase
from shared.domain.judgement.encoder.reader import encoder_reader
from shared.domain.judgement.encoder.tokens import Tokens
from shared.domain.judgement.reader import Reader


@cache
def base() -> Base:
    try:
        return Base(bases.find())
    except NoBase as error:
        pytest.skip(str(error))


@cache
def tokens() -> Tokens:
    return Tokens(base())


@cache
def shipped() -> Reader:
    base()
    return encoder_reader(model.load())
