"""Whether a claim, if it is as said, makes it harder or easier for buyers outside the issuer to be supplied."""

from typing import Final

from shared.contracts.signals import Asserted, Direction, SignalType

EASING: Final = frozenset[SignalType](
    [
        "licence_granted",
        "blacklist_removed",
        "blacklist_suspended",
        "control_suspended",
        "control_lifted",
        "capacity_addition",
    ]
)
BOTH_WAYS: Final = frozenset[SignalType](
    ["licence_regime_change", "quota_change", "tariff_change", "diplomatic_signal", "price_move"]
)


def of(kind: SignalType, asserted: Asserted, eases: float) -> Direction:
    """`eases`: probability, of use for types that go both ways.

    A rumour moves nothing yet. An easing denied leaves things tight; a tightening denied leaves them as they are."""
    if asserted == "speculated":
        return "neutral"
    if kind in BOTH_WAYS:
        return "neutral" if asserted == "denied" else "easing" if eases >= 0.5 else "tightening"
    if asserted == "denied":
        return "tightening" if kind in EASING and kind != "capacity_addition" else "neutral"
    return "easing" if kind in EASING else "tightening"
