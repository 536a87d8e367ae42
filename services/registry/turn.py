"""What one record does: what fell due before it and what it says, told as one numbered change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.registry.clocks import Due
from services.registry.facts import New, NewAct, NewFigure, NewText, NewWord
from services.registry.outputs import in_brief
from shared.contracts.changes import Change, Tick, Transition
from shared.contracts.events import Price, Source, TradeFlow
from shared.contracts.licences import Observation
from shared.contracts.measures import Measure
from shared.contracts.reviews import Retold
from shared.contracts.signals import Signal
from shared.kafka.record import Stamp

_CAUSES = {
    "measure_change": "act",
    "list_change": "list",
    "judgement": "judgement",
    "override": "override",
    "review": "review",
    "price": "price",
    "trade_flow": "trade_flow",
    "observation": "observation",
    "tick": "tick",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """Of what a record says, clocks apart."""

    transitions: tuple[Transition, ...] = ()
    moved: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = ()
    told: tuple[Signal, ...] = ()
    retold: tuple[Retold, ...] = ()
    price: Price | None = None
    flow: TradeFlow | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    kind: str
    new: New
    stamp: Stamp
    catching_up_to: datetime | None
    due: Due
    effect: Effect

    @property
    def moved(self) -> list[str]:
        """Measures that are not as they were, each once."""
        return list(dict.fromkeys([*self.due.moved, *self.effect.moved]))

    @property
    def says_more(self) -> bool:
        """There is something to tell, whether measures moved or not."""
        told = self.effect.told or self.effect.retold or self.effect.price or self.effect.flow or self.due.strata
        return bool(told) or isinstance(self.new, Tick)

    def change(self, number: int, measures: Iterable[Measure]) -> Change:
        source, title = _about(self.new)
        return Change(
            number=number,
            record_id=self.stamp.event_id,
            cause=_CAUSES[self.kind],
            at=self.stamp.accepted_at,
            quiet=self.stamp.quiet,
            catching_up_to=self.catching_up_to,
            step_to=self.new.step_to if isinstance(self.new, Tick) else None,
            source=source,
            title=title,
            transitions=(*self.due.transitions, *self.effect.transitions),
            steps=self.due.steps,
            measures=tuple(map(in_brief, measures)),
            signals=self.effect.told,
            retold=self.effect.retold,
            price=self.effect.price,
            trade_flow=self.effect.flow,
            strata=self.due.strata,
        )


def _about(new: New) -> tuple[Source | None, str | None]:
    match new:
        case NewAct():
            return new.source, new.act.title
        case NewText(judgement):
            said_by = judgement.source
            return Source.model_construct(name=said_by.name, type=said_by.type, url=judgement.url), judgement.title
        case NewFigure(price=price, flow=flow):
            figure = price or flow
            return figure.source if figure else None, None
        case NewWord(review):
            return None, review.reason
        case Observation() | Tick():
            return None, None
