"""Companies in a sentence, by a light pattern: capitalised words that end in a legal form, and the like in Chinese,
Japanese and Korean. What has no legal form is left to a better reader."""

import re

_WORD = r"[A-ZÀ-Þ][\w&.’'-]{0,30}"
_FORM = (
    r"(?:Inc|Corp|Corporation|Co\.,? Ltd|Co|Ltd|Limited|LLC|LP|plc|PLC|GmbH|AG|SE|KG|SA|S\.A\.|SAS|SpA|NV|N\.V\.|BV|"
    r"B\.V\.|AB|ASA|Oy|Pty|Sdn|Bhd|JSC|OJSC|Tbk|Holdings|Group|SARL|SPRL)"
)
_LATIN = re.compile(rf"(?<![\w&.’'-]){_WORD}(?:\s(?:{_WORD}|of|and|&|de|du|des)){{0,5}}?\s{_FORM}(?!\w)\.?")
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,18}?(?:股份有限公司|有限责任公司|有限公司|公司|集团)")
_KANJI = r"[\u30a0-\u30ff\u4e00-\u9fffA-Za-z・ー]{2,20}"
_JAPANESE = re.compile(rf"株式会社{_KANJI}|{_KANJI}株式会社")
_KOREAN = re.compile(r"(?:㈜|\(주\))\s?[\uac00-\ud7a3A-Za-z]{2,20}|[\uac00-\ud7a3A-Za-z]{2,20}(?:㈜|\(주\)|주식회사)")
# Where a Chinese name cannot have begun: what a run of characters drags along in front of it.
_LEAD = re.compile(r"^.*(?:将|把|对|向|由|等|和|与|及|的|企业|美国|日本|，|、|：)")
_NO_NAME = ("The ", "Our ", "This ", "Country ", "Your ")
MOST = 20


def find(text: str) -> tuple[str, ...]:
    """As written, each once, in order."""
    names = [match.group() for match in _LATIN.finditer(text) if not match.group().startswith(_NO_NAME)]
    names += [name for match in _CHINESE.finditer(text) if len(name := _LEAD.sub("", match.group())) > 5]
    names += [match.group() for pattern in (_JAPANESE, _KOREAN) for match in pattern.finditer(text)]
    return tuple(dict.fromkeys(name for name in names if len(name) > 3))[:MOST]
