"""What a child does between fork and exec: it ties its life to ours, and drops root where it is told to."""

import ctypes
import os
import sys
from collections.abc import Callable
from signal import Signals

from services.cli.supervisor.unprivileged import User, become

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def end_with_parent(signal: Signals) -> None:
    """We get `signal` when the process that started us is gone (Linux)."""
    if sys.platform == "linux":
        _LIBC.prctl(PR_SET_PDEATHSIG, int(signal), 0, 0, 0)


def guard(orphan_signal: Signals, user: User | None) -> Callable[[], None]:
    """Linux sends `orphan_signal` to the child when the thread that started it ends, however it ends. Start children
    from the main thread. (Elsewhere the next start sweeps what was left.)"""
    parent = os.getpid()

    def before_exec() -> None:
        if user is not None:
            become(user, _LIBC)
        if sys.platform == "linux":
            _LIBC.prctl(PR_SET_PDEATHSIG, int(orphan_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)  # we were orphaned before we could say so

    return before_exec
