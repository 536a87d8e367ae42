from importlib.metadata import PackageNotFoundError, version


def _read() -> str:
    try:
        return version("chokepoint")
    except PackageNotFoundError:
        return "unreleased"


VERSION = _read()
