"""Units in which minerals are quoted: a closed list, under the spellings that people use."""

from collections.abc import Mapping
from types import MappingProxyType

UNITS = ("g", "kg", "t", "lb", "ozt", "mtu")
"""Gram, kilogram, metric tonne, pound, troy ounce, metric tonne unit (10 kg of contained oxide: tungsten)."""

_SPELLINGS = {
    "g": ("gram", "grams", "gramme", "grammes"),
    "kg": ("kgs", "kilo", "kilogram", "kilograms", "kilogramme", "kilogrammes"),
    "t": ("mt", "tonne", "tonnes", "metric ton", "metric tons", "metric tonne", "metric tonnes"),
    "lb": ("lbs", "pound", "pounds"),
    "ozt": ("oz t", "toz", "troy oz", "troy ounce", "troy ounces"),
    "mtu": ("metric tonne unit", "metric ton unit"),
}
UNIT_OF: Mapping[str, str] = MappingProxyType(
    {spelling: unit for unit in UNITS for spelling in (unit, *_SPELLINGS[unit])}
)
