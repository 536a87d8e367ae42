from typing import Annotated, Literal

from pydantic import Field

from shared.settings import ClockSettings, Port, ServiceSettings


class RegistrySettings(ServiceSettings, ClockSettings):
    port: Port = 8015
    seed: Literal["timeline", "none"] = "timeline"
    """`timeline`: the catalogue's acts enter `world` when the clock reaches them."""
    snapshot_every_s: Annotated[float, Field(gt=0)] = 120
