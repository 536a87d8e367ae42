from typing import Annotated

from pydantic import AliasChoices, Field

from shared.secrets import SecretSettings
from shared.settings import DatabaseSettings, EgressSettings, Port, ServiceSettings


class DispatcherSettings(ServiceSettings, DatabaseSettings, SecretSettings, EgressSettings):
    port: Port = 8013
    public_url: Annotated[
        str | None,
        Field(
            pattern="^https?://.+",
            validation_alias=AliasChoices("CHOKEPOINT_PUBLIC_URL", "CHOKEPOINT_CONTROL_URL"),
        ),
    ] = None
    """Where people reach control: links in Slack and Teams lead there. Without it there are none."""
    attempt_within_s: Annotated[float, Field(ge=1, le=15)] = 15
    """For an attempt in all, from the question where the receiver is to the end of its answer's head."""
    keep_deliveries_days: Annotated[int, Field(ge=7, le=3_650)] = 90
    """How long a delivery that ended can be looked up, retried and replayed."""
