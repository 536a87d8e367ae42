"""What Prometheus alerts of, as it goes: asked every second, kept as intervals."""

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

LOOK_EVERY_S = 1.0


@dataclass(slots=True)
class Alerts:
    """Names: `NotReady ingest`, of an alert that is about a job; `NotReady`, of whatever it is about."""

    _fired: dict[str, list[tuple[float, float | None]]] = field(default_factory=dict)
    _pending: frozenset[str] = frozenset()

    def saw(self, at: float, firing: Collection[str], pending: Collection[str] = ()) -> None:
        self._pending = frozenset(pending)
        for name in firing:
            intervals = self._fired.setdefault(name, [])
            if not intervals or intervals[-1][1] is not None:
                intervals.append((at, None))
        for name, intervals in self._fired.items():
            if intervals[-1][1] is None and name not in firing:
                intervals[-1] = intervals[-1][0], at

    def fired(self, name: str, since: float) -> float | None:
        """When it first fired after this moment."""
        return next((began for began, _ in self._fired.get(name, []) if began >= since), None)

    def resolved(self, name: str, since: float) -> float | None:
        """When it had resolved that fired at this moment; none while it fires on."""
        fired = (until for began, until in self._fired.get(name, []) if began <= since and not (until or since) < since)
        return next(fired, since)

    def quiet(self, names: Collection[str]) -> bool:
        """None of them fires, or is about to: it would be of an earlier cause."""
        firing = {name for name, intervals in self._fired.items() if intervals[-1][1] is None}
        return not (firing | self._pending).intersection(names)

    def fired_between(self, since: float, until: float) -> dict[str, float]:
        """Every alert that began then, with its first moment."""
        found = {name: self.fired(name, since) for name in self._fired}
        return {name: at for name, at in found.items() if at is not None and at < until}


def names_in(alerts: Iterable[Mapping[str, object]], state: str = "firing") -> set[str]:
    """Of those in this state, as Prometheus lists them (`/api/v1/alerts`) or Alertmanager tells them: each with the job
    that it is about, and whatever it is about. The watchdog is no news."""
    full = {_name(alert["labels"]) for alert in alerts if _state(alert) == state} - {"Watchdog"}
    return full | {name.partition(" ")[0] for name in full}


def _state(alert: Mapping[str, object]) -> object:
    return alert["state"] if "state" in alert else alert["status"]


def _name(labels: object) -> str:
    assert isinstance(labels, dict)
    return " ".join(filter(None, (labels["alertname"], labels.get("job"))))


async def follow(url: str, alerts: Alerts) -> None:
    """Until cancelled."""
    async with aiohttp.ClientSession() as session:
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):  # it is busy: it will say the next time
                async with session.get(f"{url}/api/v1/alerts") as answer:
                    found = (await answer.json())["data"]["alerts"]
                alerts.saw(time.monotonic(), names_in(found), names_in(found, "pending"))
            await asyncio.sleep(LOOK_EVERY_S)
