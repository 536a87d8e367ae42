"""Names of companies and institutes, made comparable: Skydio, Inc. = SKYDIO INC.

Exact after normalising, never fuzzy: Mitsubishi Heavy Industries is not Mitsubishi Heavy Industries Aero Engines, and
only one of them is listed.
"""

import re
import unicodedata
from functools import lru_cache

# What may close a name in its legal form, without dots and in lower case; several may follow each other (Co., Ltd.).
_LATIN_FORMS = (
    "inc incorporated corp corporation co company ltd limited llc llp lp plc partnership "  # English
    "gmbh mbh ag kg kgaa ohg ug se ev "  # German
    "sa sas sarl snc spa srl sapa slu sl scarl sca "  # French, Italian, Spanish
    "bv nv cv vof "  # Dutch
    "ab as asa aps oy oyj "  # Nordic
    "sro spol kft zrt nyrt spzoo doo dd uab sia ou ead ood eood "  # Central and Eastern Europe, the Baltic
    "ooo oao zao pao ao jsc ojsc pjsc cjsc "  # Russian and neighbours
    "kk gk kabushiki kaisha "  # Japanese
    "pty pte pvt sdn bhd tbk"  # Australia, Singapore, India, Malaysia, Indonesia
)
_FORMS = frozenset(_LATIN_FORMS.split())
_LEADING = frozenset(["the", "pt", "uab", "ooo", "oao", "zao", "pao", "jsc"])
_CHINESE_FORMS = "股份有限公司|有限责任公司|有限責任公司|有限公司"
_CJK_FORMS = re.compile(_CHINESE_FORMS + r"|株式会社|有限会社|合同会社|주식회사|유한회사|\([株有주]\)")

_DOTTED = re.compile(r"\b\w(?:\s?\.\s?\w)+\b\.?")
_SPLIT_FORMS = re.compile(r"\b(?:a/s|sp\.? z ?o\.?o\.?|s\.? r\.? ?o\.?(?=\W|$))")
_PUNCTUATION = re.compile(r"[^\w&+]+|_")
# Letters that Unicode does not take apart into a base letter and an accent.
_STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i"})


@lru_cache(maxsize=65_536)
def normalise(name: str) -> str:
    """A key, not a name to show: equal for every spelling of one entity; empty only without any letter or digit."""
    text = _CJK_FORMS.sub(" ", unicodedata.normalize("NFKC", name).casefold())
    text = _SPLIT_FORMS.sub(lambda form: " " + re.sub(r"\W", "", form.group()) + " ", text)
    text = _DOTTED.sub(lambda dotted: re.sub(r"[.\s]", "", dotted.group()) + " ", _without_accents(text))
    # newsrooms put Defense Systems into their own spelling
    words = _PUNCTUATION.sub(" ", text).replace("&", " and ").replace("defence", "defense").split()
    return "".join(_without_legal_form(words))


def same_entity(a: str, b: str) -> bool:
    return normalise(a) == normalise(b) != ""


def _without_legal_form(words: list[str]) -> list[str]:
    kept = words
    # "and" stands inside a legal form too: GmbH & Co. KG
    while len(kept) > 1 and (kept[-1] in _FORMS or kept[-1] == "and"):
        kept = kept[:-1]
    return kept[1:] if len(kept) > 1 and kept[0] in _LEADING else kept


def _without_accents(text: str) -> str:
    """Latin letters lose their accents; kana and Hangul, whose marks are letters, stay whole."""
    return "".join(map(_base_letter, text.translate(_STROKES)))


def _base_letter(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0]
    return base if base < "\u0370" else letter
