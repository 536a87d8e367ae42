from typing import Annotated

from pydantic import Field, SecretStr

from shared.secrets import SecretSettings
from shared.settings import ClockSettings, DatabaseSettings, EgressSettings, Port, ServiceSettings, Words


class ControlSettings(ServiceSettings, DatabaseSettings, ClockSettings, SecretSettings, EgressSettings):
    port: Port = 8001
    dev_key: SecretStr | None = None
    """Seeded as a key with every scope; without it, one that an earlier start seeded is withdrawn."""
    requests_per_minute: Annotated[int, Field(ge=1)] = 600
    """What keys made here may ask of each copy of ingest and of control."""
    secret_overlap_hours: Annotated[float, Field(ge=0, le=720)] = 24
    """How long a secret that was rotated away signs beside the new one, unless a rotation says otherwise."""
    ingest_url: str = "http://127.0.0.1:8000"
    """Every copy that answers to the name is asked whom it has heard."""
    registry_url: str = "http://127.0.0.1:8015"
    classifier_url: str = "http://127.0.0.1:8011"
    scorer_url: Words = ("http://127.0.0.1:8012",)
    """Of each copy: what a simulation asks, every one answers for its own customers."""
