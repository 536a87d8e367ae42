from typing import Annotated

from pydantic import Field

from shared.settings import ClockSettings, Port, ServiceSettings


class IngestSettings(ServiceSettings, ClockSettings):
    port: Port = 8000
    classifier_url: str = "http://127.0.0.1:8011"
    largest_body: Annotated[int, Field(ge=1_000)] = 16 * 1024 * 1024
    remembered_ids: Annotated[int, Field(ge=1_000)] = 1_000_000
    """Within so many newest ids a copy tells a duplicate."""
