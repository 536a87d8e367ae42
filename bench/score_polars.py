"""The same rule as one would first write it with polars: a frame of exposures, a frame of what each buys from where, a
ban that comes into force on one material of one country. The law of the score is that of shared/domain/risk/formula.py,
without what this world does not have: news, listings, licence cases and stock reports."""

import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from services.scorer.state import State
from shared.domain.risk.formula import HORIZONS, NEAR
from shared.domain.risk.leadtime import END_USE_CLASSES, HORIZON, REGIMES, Waits
from shared.domain.risk.policy import (
    BARRIERS,
    HALF_WAY,
    STOCK_UNCERTAINTY,
    SUBSTITUTION_COUNTS,
    TRANSIT_DAYS,
    Regime,
)


@dataclass(frozen=True)
class Frames:
    exposures: pl.DataFrame
    bought: pl.DataFrame
    curves: pl.DataFrame

    @classmethod
    def of(cls, state: State) -> "Frames":
        exposures, pool = state.portfolio.exposures.arrays(), state.portfolio.pool.arrays()
        owners, structure = exposures["customer"], state.structure
        structure.follow()
        made = pl.DataFrame(
            {
                "row": range(len(owners)),
                "material": exposures["material"],
                "base": structure.base[exposures["material"]],
                "kept": structure.kept[exposures["material"]],
                "end_use": state.world.contexts.end_use_class[state.portfolio.customers.context[owners]],
                "cover": exposures["usual_cover"],
                "substitutability": exposures["substitutability"],
            }
        )
        bought = pl.DataFrame(
            {
                "row": made["row"].to_numpy().repeat(exposures["count"]),
                "origin": pool["origin"],
                "share": pool["share"],
                "instability": structure.instability[pool["origin"]],
            }
        )
        days = pl.DataFrame({"wait": range(HORIZON + 1)})
        assumed = Waits().curves[: END_USE_CLASSES * REGIMES]
        curves = pl.concat(
            days.with_columns(curve=pl.lit(number), late=pl.Series(curve)) for number, curve in enumerate(assumed)
        )
        return cls(made, bought, curves)

    def read_again_s(self, place: Path) -> float:
        """Seconds from the file to frames."""
        for name, frame in (("exposures", self.exposures), ("bought", self.bought)):
            frame.write_parquet(place / f"{name}.parquet")
        begun = time.perf_counter()
        for name in ("exposures", "bought"):
            pl.read_parquet(place / f"{name}.parquet")
        return time.perf_counter() - begun

    def under_a_ban(self, material: int, origin: int) -> pl.DataFrame:
        """Rows and scores of who buys there."""
        barrier = BARRIERS["ban"]
        hit = (pl.col("material") == material) & (pl.col("row").is_in(self._buyers(origin)))
        rows = self.exposures.filter(hit).with_columns(
            wait=(pl.col("cover") - TRANSIT_DAYS).floor().clip(0, HORIZON).cast(pl.Int64),
            half=0.5 * (1 - SUBSTITUTION_COUNTS * pl.col("substitutability")),
        )
        barred = pl.col("origin") == origin
        lines = self.bought.join(rows.select("row", "wait", "end_use"), on="row").with_columns(
            trade=pl.when(barred).then(barrier.trade).otherwise(1.0),
            curve=pl.when(barred).then(int(barrier.regime)).otherwise(int(Regime.FREE)) + REGIMES * pl.col("end_use"),
        )
        supply = (
            lines.join(self.curves, on=["curve", "wait"])
            .with_columns(weight=pl.col("share") ** 2 * pl.col("instability"))
            .group_by("row")
            .agg(
                bought=(pl.col("weight") * pl.col("trade")).sum(),
                late=(pl.col("share") * pl.col("late")).sum(),
                unknown=1 - pl.col("share").sum(),
            )
        )
        unhindered = self.curves.filter(pl.col("curve") % REGIMES == int(Regime.FREE))
        free = unhindered.with_columns(end_use=pl.col("curve") // REGIMES).rename({"late": "free"})
        return (
            rows.join(supply, on="row")
            .join(free.select("end_use", "wait", "free"), on=["end_use", "wait"])
            .with_columns(sourcing=self._sourcing(), late=pl.col("late") + pl.col("unknown") * pl.col("free"))
            .with_columns(structural=pl.col("sourcing") / (pl.col("sourcing") + HALF_WAY))
            .select("row", score=(100 * pl.col("structural") * self._stock()).round(2))
            .sort("score", descending=True)
        )

    def _buyers(self, origin: int) -> pl.Series:
        return self.bought.filter(pl.col("origin") == origin)["row"]

    @staticmethod
    def _sourcing() -> pl.Expr:
        unplaced = pl.col("unknown") ** 2 * pl.col("base")
        return pl.col("half") * (pl.col("base") + pl.col("bought") * pl.col("kept") + unplaced)

    @staticmethod
    def _stock() -> pl.Expr:
        lasting = [days / pl.col("cover").clip(1e-9, None) for days in HORIZONS]
        used_up = [((each - 1 + STOCK_UNCERTAINTY) / (2 * STOCK_UNCERTAINTY)).clip(0, 1) for each in lasting]
        weighed = [near * chance for near, chance in zip(NEAR, used_up, strict=True)]
        return 0.5 + 0.5 * pl.col("late") * pl.sum_horizontal(weighed)
