"""Asks the process on a port of this host whether it is ready, for whatever watches a container: exit code 0, or 1 and
why not. `python -m shared.http.healthcheck 8000`"""

import sys
from http.client import HTTPConnection, HTTPException

WITHIN_S = 3.0


def why_not(port: int) -> str | None:
    connection = HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        said = answer.read(4_096).decode(errors="replace").strip()
    except (OSError, HTTPException) as error:
        return f"no answer on port {port} ({type(error).__name__})"
    finally:
        connection.close()
    return None if answer.status == 200 else said or f"status {answer.status}"


if __name__ == "__main__":
    sys.exit(why_not(int(sys.argv[1])))
