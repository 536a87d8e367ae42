"""What control asks a scorer over HTTP, and what it is answered. Nothing of it is stored."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from shared.contracts.alerts import Body, Message
from shared.contracts.base import Wire
from shared.contracts.changes import Change
from shared.contracts.customers import CustomerProfile
from shared.contracts.events import Inventory, LicenceApplication, LicenceDecision, Shipment
from shared.contracts.risk import Stockout

MOST_MOVES = 500
MOST_TOLD = 500

LedgerRecord = Annotated[
    Change | LicenceApplication | LicenceDecision | Shipment | Inventory, Field(discriminator="kind")
]


class WhatIf(Wire):
    """What would this record do? A change's number means nothing here."""

    record: LedgerRecord
    customer_ids: tuple[str, ...] | None = None
    """Each exposure of these, moved or not; absent: what moves, whoever it is."""


class Move(Wire):
    """One exposure's score before and after, and its stock-out."""

    customer_id: str
    material: str
    before: float
    after: float
    stockout_before: Stockout
    stockout_after: Stockout


class Moves(Wire):
    items: tuple[Move, ...]
    """Worst first: by how much the score rises, then by where it ends; at most `MOST_MOVES`."""
    more: int = 0


class MovesOfPart(Moves):
    """A scorer's own: of the customers that stand in these partitions."""

    partitions: tuple[int, ...]


def worst_first(found: Sequence[Move], more: int = 0) -> Moves:
    ranked = sorted(found, key=lambda move: (move.before - move.after, -move.after, move.customer_id, move.material))
    return Moves(items=tuple(ranked[:MOST_MOVES]), more=more + max(0, len(ranked) - MOST_MOVES))


class Past(Wire):
    """What would this customer have been told? `changes` in the order of their `at`; the first is the world as it
    stood, and tells nothing."""

    customer_id: str
    profile: CustomerProfile
    changes: tuple[Change, ...]


class Told(Wire):
    items: tuple[Message, ...]


class Backtest(Wire):
    items: tuple[Body, ...]
    """In their order; at most `MOST_TOLD`."""
    count: int
    """Of all that would have been sent."""
