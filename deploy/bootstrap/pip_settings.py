"""uv does not read what a machine has told pip about its index, proxy and certificates: this hands it over."""

import ast
import subprocess
from collections.abc import Mapping
from pathlib import Path

SECTIONS = ("global", "install", ":env:")
"""As pip ranks them, the last one wins."""
ENVIRONMENT_OF_UV = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "proxy": ("ALL_PROXY", " "),
}
SAME_MEANING = {"SSL_CERT_FILE": ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")}


def read_pip_settings(python: str) -> dict[str, str]:
    """What `pip config list` says, files and `PIP_*` together."""
    command = [python, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return parse(listed.stdout)


def parse(listed: str) -> dict[str, str]:
    ranked: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if section in ranked:
            ranked[section][key] = str(ast.literal_eval(value))
    return {key: value for section in SECTIONS for key, value in ranked[section].items()}


def for_uv(environment: Mapping[str, str], pip: Mapping[str, str]) -> dict[str, str]:
    """The variables to add; what the user has set for uv itself stands."""
    added = {}
    for key, (variable, separator) in ENVIRONMENT_OF_UV.items():
        values = [value for value in pip.get(key, "").split() if key != "find-links" or _is_there(value)]
        if values and variable not in environment:
            added[variable] = separator.join(values)
    for variable, others in SAME_MEANING.items():
        other = next((environment[name] for name in others if environment.get(name)), None)
        if other and variable not in environment and variable not in added:
            added[variable] = other
    return added


def _is_there(link: str) -> bool:
    return "://" in link or Path(link).exists()
