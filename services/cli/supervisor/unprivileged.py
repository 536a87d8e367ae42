"""PostgreSQL refuses to run as root. Started by root (containers, CI) it runs as `nobody`, who owns the data folder and
keeps the one capability that lets it reach files below folders that are closed to others; no folder is opened, no user
is made."""

import ctypes
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2

PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 4
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True, slots=True)
class User:
    uid: int
    gid: int
    capability: int | None
    """Kept across the change of user: reading (or, where that is not to be had, any access) below closed folders."""


def unprivileged_user() -> User | None:
    """None: we are not root, there is nothing to drop."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return User(nobody.pw_uid, nobody.pw_gid, _capability_to_reach_files())


def become(user: User, libc: ctypes.CDLL) -> None:
    """Runs in the child between fork and exec."""
    if user.capability is not None:
        # the change of user takes no capability away, neither now nor for the moment of an access(2)
        libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setresgid(user.gid, user.gid, user.gid)
    os.setresuid(user.uid, user.uid, user.uid)
    if user.capability is not None:
        _keep_only(user.capability, libc)


def _keep_only(capability: int, libc: ctypes.CDLL) -> None:
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    bit = 1 << capability
    # effective, permitted, inheritable; once for capabilities 0-31, once for 32-63
    sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    libc.capset(header, sets)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)


def _capability_to_reach_files() -> int | None:
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    held = int(next(line for line in status.splitlines() if line.startswith("CapEff:")).split()[1], 16)
    return next((cap for cap in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if held >> cap & 1), None)
