"""What a command's exit code means; the same for every command."""

from enum import IntEnum


class Exit(IntEnum):
    DONE = 0
    NOT_SO = 1
    WRONG_CALL = 2
    UNAVAILABLE = 3


MEANINGS = {
    Exit.DONE: "done, and all is well",
    Exit.NOT_SO: "tried, and it did not come true: an event rejected, a webhook missing or not verified, "
    "a service that does not start, a set-up with a fault",
    Exit.WRONG_CALL: "called or set up wrongly: the message says what and how",
    Exit.UNAVAILABLE: "the system, the broker or the database does not answer: the same call may work later",
}
EPILOG = "\n\n".join(["Exit codes:", *(f"{code.value}  {meaning}" for code, meaning in MEANINGS.items())])
