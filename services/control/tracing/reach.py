"""Does what happened meet what this customer buys? By the rule that the scorers go by; and in words, where it does not.

A customer's own destination and end use are not said: whoever may read events need not know them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.control.customers.profile import materials_of
from shared.catalog import countries
from shared.catalog.materials import expand, materials
from shared.contracts.customers import CustomerProfile
from shared.contracts.measures import Measure
from shared.contracts.signals import Signal
from shared.domain.alerts.telling import on_materials
from shared.domain.risk.codes import Codes
from shared.domain.risk.columns import Rows
from shared.domain.risk.contexts import Contexts
from shared.domain.risk.portfolio import Portfolio
from shared.domain.risk.scope import rows_hearing, rows_under
from shared.domain.risk.shocks import Shock
from shared.domain.risk.world import World

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Reach:
    """The materials that it meets; `why_not` where there is none."""

    materials: tuple[str, ...]
    why_not: str = ""


class Buyer:
    """One customer as a scorer has it, alone in a world of its own."""

    def __init__(self, customer_id: str, profile: CustomerProfile) -> None:
        self._own = materials_of(profile)
        self._world = World(Codes(), Codes([""]), Contexts())
        self._portfolio = Portfolio(self._world)
        self._portfolio.put(customer_id, 1, profile)

    def meets_measure(self, measure: Measure) -> Reach:
        self._world.put_measure(measure)
        if met := self._met(rows_under(self._portfolio, self._world, measure)):
            return Reach(met)
        if measure.entities:
            named = _listed([entity.name for entity in measure.entities])
            return Reach((), f"it names companies ({named}), and none is the customer or a supplier in its profile")
        targeted = bool(self._world.told_contexts(measure).any())
        scope = _scope(measure.targets, measure.end_uses)
        return Reach((), self._why_not(measure.materials, measure.issuer, scope, targeted=targeted))

    def meets_signal(self, signal: Signal) -> Reach:
        scope = signal if signal.direction != "neutral" else signal.model_copy(update={"direction": "tightening"})
        shock = Shock.of(scope, signal.id, 0)
        if shock is None:
            return Reach((), "it names no material that the catalogue knows")
        if met := self._met(rows_hearing(self._portfolio, self._world, shock)):
            return Reach(met)
        targeted = bool(self._world.contexts.signal_weights(signal.targets, 0.0).any())
        return Reach((), self._why_not(signal.materials, signal.issuer, _scope(signal.targets, ()), targeted=targeted))

    def _met(self, rows: Rows) -> tuple[str, ...]:
        return tuple(self._portfolio.material(row) for row in rows.tolist())

    def _why_not(self, named: Sequence[str], issuer: str | None, scope: str, *, targeted: bool) -> str:
        bought = self._own & expand(slug for slug in named if slug in materials())
        if not bought:
            return f"the customer's profile has no exposure to {on_materials(named) or 'what it is about'}"
        if not targeted:
            return f"it is aimed at {scope}, and the customer's destination and end use lie outside"
        place = countries.name(issuer) if issuer and countries.is_country(issuer) else "there"
        return f"by the customer's profile no {on_materials(sorted(bought))} comes from {place}"


def _scope(targets: Iterable[str], end_uses: Iterable[str]) -> str:
    named = [countries.name(target) if countries.is_country(target) else "every destination" for target in targets]
    uses = ", ".join(use.replace("_", " ") for use in end_uses)
    return f"{_listed(named) or 'every destination'}{f' for {uses} use' if uses else ''}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
