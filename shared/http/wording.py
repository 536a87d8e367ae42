"""What is wrong with a field, in our words: the libraries' are for programmers, and may repeat what was sent."""

import re
from collections.abc import Callable, Mapping
from typing import Any


def in_words(error: Mapping[str, Any]) -> str:
    kind, told = error["type"], error.get("ctx", {})
    if kind in _FIXED:
        return _FIXED[kind]
    if kind in _FROM_CONTEXT:
        return _FROM_CONTEXT[kind](told)
    text = str(error["msg"])
    if kind.startswith("datetime") or kind == "timezone_aware":
        return "must be an RFC 3339 time with its offset, such as 2025-04-04T09:00:00+08:00"
    if kind.startswith("date"):
        return "must be a day, YYYY-MM-DD"
    return _ASIDE.sub("", _SHOULD.sub("must ", text))


_SHOULD = re.compile(r"^[A-Z][a-z]+ should ")
_ASIDE = re.compile(r"^(Value error|Assertion failed), | after validation, not \d+$")
_FIXED = {
    "missing": "required",
    "extra_forbidden": "unknown field",
    "model_attributes_type": "must be an object",
    "float_parsing": "must be a number, with a point before decimals and nothing between thousands",
}
PATTERNS_IN_WORDS = {
    r"^[A-Za-z0-9._-]{1,128}$": "1 to 128 letters, digits, dots, underscores and hyphens",
    r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,128}$": "1 to 128 printable characters",
    r"^[A-Z]{2}$": "an ISO 3166-1 alpha-2 code, or EU",
    r"^([A-Z]{2}|\*)$": "an ISO 3166-1 alpha-2 code, EU, or * for every destination",
    r"^[A-Z]{3}$": "an ISO 4217 code",
    r"^https?://[^\s\x00-\x1f]{1,2000}$": "an http or https address of at most 2,000 characters",
    r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$": "a BCP 47 language tag, such as en or zh-Hant",
    r"^\d{4}(-(0[1-9]|1[0-2]))?$": "a year (2025) or a month (2025-04)",
}
_FROM_CONTEXT: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "literal_error": lambda told: f"must be one of {told['expected']}",
    "union_tag_not_found": lambda told: f"required: {told['discriminator']}",
    "union_tag_invalid": lambda told: f"must be one of {told['expected_tags']}",
    "json_invalid": lambda told: f"invalid JSON: {told['error']}",
    "string_pattern_mismatch": lambda told: (
        f"must be {PATTERNS_IN_WORDS.get(told['pattern'], 'like ' + told['pattern'])}"
    ),
}
