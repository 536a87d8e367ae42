"""One life: of a measure, or of an entity on a list. Acts and its own clocks move it; whoever walks through time calls
`begin`, `act` and `run` in due order."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from shared.contracts.measures import Act, MeasureState
from shared.domain.measures.acts import counts_from
from shared.domain.measures.calendar import after

Alarm = Literal["suspension_ends", "takes_effect", "lapses"]


@dataclass(slots=True)
class Life:
    zone: ZoneInfo
    begun: Act | None = None
    """The act that made it, or made it anew."""
    start: datetime | None = None
    """From when it is to be in force; none while nobody knows."""
    started: bool = False
    until: date | None = None
    suspension: Act | None = None
    suspended_until: date | None = None
    ended: Literal["lapsed", "lifted"] | None = None
    removed: bool = False
    """The entity was taken off the list, not ended with the list as a whole."""
    expired: date | None = None
    """A suspension ran out on that day, and nothing has confirmed the return since."""

    @property
    def state(self) -> MeasureState:
        if self.ended:
            return self.ended
        if self.suspension:
            return "suspended"
        return "in_force" if self.started else "announced"

    @property
    def confirmed(self) -> bool:
        return not (self.expired and self.state == "in_force")

    def begin(self, act: Act) -> bool:
        """At its announcement the act that makes the measure, or makes it anew, is known with its dates."""
        makes = act.action in ("imposed", "added")
        if self.begun and not (self.ended and makes):
            return False
        self.begun = act
        self.start, self.started = counts_from(act, self.zone), False
        self.until = act.until if makes else None
        self.ended, self.removed = None, False
        self._resume()
        if act.action in ("lifted", "removed"):  # all that is known of it is its end
            self._end("lifted")
        return True

    def next_alarm(self) -> tuple[datetime, Alarm] | None:
        if self.ended or self.begun is None:
            return None
        due: list[tuple[datetime, Alarm]] = []
        if self.suspension and self.suspended_until:
            due.append((after(self.suspended_until, self.zone), "suspension_ends"))
        if self.start and not self.started:
            due.append((self.start, "takes_effect"))
        if self.until:
            due.append((after(self.until, self.zone), "lapses"))
        return min(due, key=lambda alarm: (alarm[0], _FIRST.index(alarm[1])), default=None)

    def run(self, alarm: Alarm) -> Act | None:
        """Lets a clock move it; the act that had set this day as its beginning, if it is one."""
        if alarm == "suspension_ends":
            last_day = self.suspended_until
            self._resume()
            self.expired = last_day
        elif alarm == "takes_effect":
            self.started = True
            return self.begun
        else:
            self._end("lapsed")
        return None

    def act(self, act: Act, at: datetime) -> None:
        if act.action == "override":
            self._override(act, at)
        elif act.action == "extended":
            self._extend(act, at)
        elif act.action == "reinstated":
            self._reinstate(act, at)
        elif act.action in ("lifted", "removed"):
            self._end("lifted")
            self.removed = act.action == "removed"
        elif act.action == "suspended":
            self._suspend(act)
        elif self.ended == "lifted" or (self.ended and not self._renewed(act, at)):
            self.begin(act)
        else:
            self._change(act, at)

    def _suspend(self, act: Act) -> None:
        if not self.ended:
            self.suspension, self.suspended_until, self.expired = act, act.until, None

    def _change(self, act: Act, at: datetime) -> None:
        if self.expired and act.announced_on > self.expired:
            self.expired = None
        if act.action in ("imposed", "added") and act is not self.begun:
            self.start = min(self.start or at, at)
            if self.suspension and self.suspension.announced_on < act.announced_on:
                self._resume()
        self.until = act.until or self.until

    def _extend(self, act: Act, at: datetime) -> None:
        # A suspension that ran out leaves an endless measure nothing else to prolong.
        only_the_suspension = self.expired and not self.ended and self.until is None
        if self.suspension or only_the_suspension:
            self.suspension, self.suspended_until = self.suspension or act, act.until
        elif not self.ended or self._renewed(act, at):
            self.until = act.until
        self.expired = None

    def _renewed(self, act: Act, at: datetime) -> bool:
        """What had lapsed lives on where a later act gives it a day still to come."""
        if self.ended != "lapsed" or act.until is None or after(act.until, self.zone) <= at:
            return False
        self.ended, self.started = None, True
        return True

    def _reinstate(self, act: Act, at: datetime) -> None:
        self._resume()
        if self.ended:
            self.ended, self.start, self.started, self.until = None, at, True, None
        self.until = act.until or self.until

    def _override(self, act: Act, at: datetime) -> None:
        if act.state in ("lapsed", "lifted"):
            self._end(act.state)
            self.until = act.until or self.until
            return
        self._resume()
        own_until = None if act.state == "suspended" else act.until
        if own_until or self.ended:
            self.until = own_until
        self.ended = None
        if act.state == "suspended":
            self.suspension, self.suspended_until = act, act.until
        if act.state == "announced":
            self.start, self.started = self.start if self.start and self.start > at else None, False
        elif act.state == "in_force":
            self.start, self.started = at, True

    def _resume(self) -> None:
        self.suspension, self.suspended_until, self.expired = None, None, None

    def _end(self, how: Literal["lapsed", "lifted"]) -> None:
        self._resume()
        self.ended, self.removed = how, False


_FIRST: tuple[Alarm, ...] = ("suspension_ends", "takes_effect", "lapses")
