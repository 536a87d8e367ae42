"""What was accepted against what came out of it: pure, so that it can be shown to see what is lost."""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from services.cli.testing import Hook
from tests.chaos.load import Posted


@dataclass(frozen=True, slots=True)
class Message:
    """A webhook, as far as the account needs it. `ref`: the event that it is the outcome of, where it is one's."""

    webhook_id: str
    customer_id: str
    sequence: int
    ref: str | None


@dataclass(frozen=True, slots=True)
class Account:
    accepted: int
    outcomes: int
    """Of those accepted: told to everybody whom they concern, or, where they are news, read."""
    lost: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    """Told to one customer under two ids, or two messages under one number."""
    gaps: tuple[str, ...] = ()
    """Numbers of a customer's sequence that never came."""
    again: int = 0
    """Webhooks that came more than once under their id: a receiver drops those."""

    @property
    def balanced(self) -> bool:
        return self.accepted == self.outcomes and not (self.lost or self.twice or self.gaps)


def message_of(hook: Hook, named: "re.Pattern[str]") -> Message:
    body = json.loads(hook.body)
    data = body["data"]
    opened_by = data["evidence"][0]["text"] if body["type"] == "alert.opened" else ""
    found = named.search(opened_by)
    return Message(hook.webhook_id, data["customer_id"], data["sequence"], found[0] if found else None)


def account(accepted: Sequence[Posted], messages: Sequence[Message], read: Collection[str]) -> Account:
    """`read`: ids of the news that were read."""
    told: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for message in messages:
        if message.ref:
            told[message.customer_id, message.ref].add(message.webhook_id)
    lost = [posted.ref for posted in accepted if not _has_outcome(posted, told, read)]
    return Account(
        accepted=len(accepted),
        outcomes=len(accepted) - len(lost),
        lost=tuple(lost),
        twice=(*_under_two_ids(told), *_two_under_one_number(messages)),
        gaps=tuple(_gaps(messages)),
        again=_came_again(messages, {posted.ref for posted in accepted}),
    )


def _has_outcome(posted: Posted, told: dict[tuple[str, str], set[str]], read: Collection[str]) -> bool:
    if not posted.told:
        return posted.event_id in read
    return all((customer, posted.ref) in told for customer in posted.told)


def _came_again(messages: Iterable[Message], refs: Collection[str]) -> int:
    came = [message.webhook_id for message in messages if message.ref in refs]
    return len(came) - len(set(came))


def _under_two_ids(told: dict[tuple[str, str], set[str]]) -> Iterable[str]:
    return (f"{customer} {ref}" for (customer, ref), ids in told.items() if len(ids) > 1)


def _two_under_one_number(messages: Iterable[Message]) -> Iterable[str]:
    numbered: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for message in messages:
        numbered[message.customer_id, message.sequence].add(message.webhook_id)
    return (f"{customer} number {number}" for (customer, number), ids in numbered.items() if len(ids) > 1)


def _gaps(messages: Iterable[Message]) -> Iterable[str]:
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for message in messages:
        numbers[message.customer_id].add(message.sequence)
    for customer, came in numbers.items():
        yield from (f"{customer} number {number}" for number in range(1, max(came)) if number not in came)
