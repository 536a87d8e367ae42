"""`python3 deploy/bootstrap` makes `.venv` what requirements.lock says. Standard library only, and this file in words
that an old Python understands too: it looks for one that is new enough."""

import os
import shutil
import subprocess
import sys

NEEDED = (3, 11)
CANDIDATES = ("python3.14", "python3.13", "python3.12", "python3.11")


def main():  # type: () -> int
    if sys.version_info < NEEDED:
        for found in filter(None, map(shutil.which, CANDIDATES)):
            # a version manager puts names on the PATH that stand for nothing
            if subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:  # noqa: S603
                os.execv(found, [found] + sys.argv)  # noqa: S606, RUF005  # the same script, under a newer Python
        sys.stderr.write(
            "chokepoint: Python %d.%d or later is needed; this is %s (%s) and no newer one is on the PATH. "  # noqa: UP031
            "Install one, or name it: make PYTHON=/path/to/python3.12 run\n"
            % (NEEDED[0], NEEDED[1], sys.version.split()[0], sys.executable)
        )
        return 2
    from install import install  # noqa: PLC0415  # an old Python could not read it

    return install()


if __name__ == "__main__":
    sys.exit(main())
