"""The few operations of the score beyond + - x /, for one row in plain floats and for many in arrays. Both are IEEE
double precision, rounded alike: the same row gives the same digits either way (a law of the tests)."""

import math
from typing import Protocol, TypeVar

import numpy as np

from shared.domain.risk.columns import Floats

Number = TypeVar("Number", float, Floats)


class Arithmetic(Protocol[Number]):
    def within(self, value: Number, least: float, most: float) -> Number: ...
    def at_most(self, value: Number, most: float) -> Number: ...
    def at_least(self, value: Number, least: float) -> Number: ...
    def larger(self, one: Number, other: Number) -> Number: ...
    def root(self, value: Number) -> Number: ...
    def rounded(self, value: Number, scale: float) -> Number:
        """To 1/scale, half to even."""


class One:
    def within(self, value: float, least: float, most: float) -> float:
        return min(max(value, least), most)

    def at_most(self, value: float, most: float) -> float:
        return min(value, most)

    def at_least(self, value: float, least: float) -> float:
        return max(value, least)

    def larger(self, one: float, other: float) -> float:
        return max(one, other)

    def root(self, value: float) -> float:
        return math.sqrt(value)

    def rounded(self, value: float, scale: float) -> float:
        return round(value * scale) / scale


class Many:
    def within(self, value: Floats, least: float, most: float) -> Floats:
        return np.minimum(np.maximum(value, least), most)

    def at_most(self, value: Floats, most: float) -> Floats:
        return np.minimum(value, most)

    def at_least(self, value: Floats, least: float) -> Floats:
        return np.maximum(value, least)

    def larger(self, one: Floats, other: Floats) -> Floats:
        return np.maximum(one, other)

    def root(self, value: Floats) -> Floats:
        return np.sqrt(value)

    def rounded(self, value: Floats, scale: float) -> Floats:
        return np.rint(value * scale) / scale


ONE: Arithmetic[float] = One()
MANY: Arithmetic[Floats] = Many()
