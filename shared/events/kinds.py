from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from shared.contracts.events import AnyEvent, Event

MODELS: Mapping[str, type[Event]] = MappingProxyType(
    {get_args(model.model_fields["kind"].annotation)[0]: model for model in get_args(get_args(AnyEvent)[0])}
)
KINDS = tuple(MODELS)
