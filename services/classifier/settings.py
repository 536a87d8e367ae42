from typing import Annotated

from pydantic import Field

from shared.settings import ServiceSettings


class ClassifierSettings(ServiceSettings):
    port: Annotated[int, Field(ge=1, le=65_535)] = 8011
