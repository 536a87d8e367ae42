from pathlib import Path
from typing import Annotated

from pydantic import Field

from shared.settings import Port, ServiceSettings


class ScorerSettings(ServiceSettings):
    port: Port = 8012
    data_dir: Path = Path(".data")
    snapshot_every_s: Annotated[float, Field(gt=0)] = 120
    """Between two snapshots of a partition: the log since then is folded again at a restart."""
