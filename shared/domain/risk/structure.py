"""The structural part of the score as arrays: by material the world's supply risk and what recycling leaves of it, by
country its instability."""

import numpy as np

from shared.catalog.governance import governance
from shared.catalog.structural import structural_risk
from shared.domain.risk.codes import Codes
from shared.domain.risk.columns import Floats


class Structure:
    """Follows the codes as they grow. `base` is sum(S² g) (1 - EoL-RIR) over the world's producers, `kept` is
    1 - EoL-RIR, `instability` is g."""

    def __init__(self, materials: Codes, origins: Codes) -> None:
        self._materials = materials
        self._origins = origins
        self.base: Floats = np.zeros(0)
        self.kept: Floats = np.zeros(0)
        self.instability: Floats = np.zeros(0)
        self.follow()

    def follow(self) -> None:
        for slug in self._materials.names[len(self.base) :]:
            found = structural_risk(slug)
            self.base = np.append(self.base, found.risk)
            self.kept = np.append(self.kept, 1 - (found.recycling or 0.0))
        for country in self._origins.names[len(self.instability) :]:
            self.instability = np.append(self.instability, governance(country).g if country else 0.0)
