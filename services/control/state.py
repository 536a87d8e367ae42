"""What the routes of one process share."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncEngine

from services.control.relay import Relay
from services.control.settings import ControlSettings
from shared.clock import Clock


@dataclass(frozen=True, slots=True)
class Control:
    settings: ControlSettings
    engine: AsyncEngine
    clock: Clock
    relay: Relay


async def control_of(request: Request) -> Control:
    control: Control = request.app.state.control
    return control


InControl = Annotated[Control, Depends(control_of)]
