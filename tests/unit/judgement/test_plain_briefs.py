"""A plain news brief says one thing; this is what is read from it."""

import pytest

from shared.contracts.signals import Direction, SignalType
from tests.unit.judgement.texts import read

BRIEFS: list[tuple[str, str, SignalType, Direction, str | None, tuple[str, ...]]] = [
    (
        "China grants first export licences for terbium to European magnet makers",
        "The commerce ministry has approved a batch of applications for terbium oxide, two exporters said on Monday.",
        "licence_granted",
        "easing",
        "CN",
        ("terbium",),
    ),
    (
        "Beijing rejects Japanese firm's application to import dysprosium",
        "China's commerce ministry turned down an export licence for 12 tonnes of dysprosium metal, the buyer said.",
        "licence_denied",
        "tightening",
        "CN",
        ("dysprosium",),
    ),
    (
        "Germanium licences still pending after three months",
        "European buyers say their applications to China's commerce ministry have been unanswered since December.",
        "licence_delayed",
        "tightening",
        "CN",
        ("germanium",),
    ),
    (
        "China simplifies licence procedure for rare earth magnets",
        "Exporters may apply for a general licence valid for one year under the new procedure.",
        "licence_regime_change",
        "easing",
        "CN",
        ("ndfeb_magnets",),
    ),
    (
        "China adds 12 US companies to unreliable entity list",
        "The commerce ministry said on Tuesday that the 12 companies were placed on the list with immediate effect.",
        "blacklist_added",
        "tightening",
        "CN",
        (),
    ),
    (
        "China removes six US firms from export control list",
        "Six American companies were deleted from the list, the commerce ministry announced.",
        "blacklist_removed",
        "easing",
        "CN",
        (),
    ),
    (
        "China suspends blacklisting of 16 US companies for 90 days",
        "The measures of the unreliable entity list are suspended until 12 August.",
        "blacklist_suspended",
        "easing",
        "CN",
        (),
    ),
    (
        "China imposes export controls on gallium and germanium",
        "From 1 August exporters must obtain a licence for gallium and germanium products, the ministry announced.",
        "control_imposed",
        "tightening",
        "CN",
        ("gallium", "germanium"),
    ),
    (
        "China expands rare earth export controls to five more elements",
        "Holmium, erbium, thulium, europium and ytterbium were added to the control list on Thursday.",
        "control_expanded",
        "tightening",
        "CN",
        ("rare_earths", "holmium", "erbium", "thulium", "europium", "ytterbium"),
    ),
    (
        "China suspends October rare earth export controls for one year",
        "The commerce ministry said the controls announced on 9 October are suspended until 10 November 2026.",
        "control_suspended",
        "easing",
        "CN",
        ("rare_earths",),
    ),
    (
        "China lifts ban on antimony exports to the United States",
        "The ban was abolished with immediate effect, the ministry said.",
        "control_lifted",
        "easing",
        "CN",
        ("antimony",),
    ),
    (
        "China bans export of rare earth processing technology",
        "The ministry prohibited the export of technology for rare earth extraction and separation.",
        "technology_ban",
        "tightening",
        "CN",
        ("rare_earths",),
    ),
    (
        "Shenzhen customs seize 160 tonnes of smuggled antimony",
        "Police arrested 27 people in a crackdown on smuggling of antimony ingots.",
        "enforcement_crackdown",
        "tightening",
        "CN",
        ("antimony",),
    ),
    (
        "DR Congo halts cobalt exports for four months",
        "The regulator stopped all exports of cobalt with effect from 22 February.",
        "export_halt",
        "tightening",
        "CD",
        ("cobalt",),
    ),
    (
        "Congo sets cobalt export quota of 96,600 tonnes for 2026",
        "The regulator ARECOMS announced annual quotas for cobalt exporters.",
        "quota_change",
        "tightening",
        "CD",
        ("cobalt",),
    ),
    (
        "Flood stops production at Myanmar tin mine",
        "Output at the Man Maw tin mine was halted after flooding on Sunday.",
        "supply_disruption",
        "tightening",
        None,
        ("tin",),
    ),
    (
        "Lynas starts dysprosium production in Malaysia",
        "The company said its new plant produced first dysprosium oxide on Friday.",
        "capacity_addition",
        "easing",
        None,
        ("dysprosium",),
    ),
    (
        "Tungsten price jumps to record high",
        "Ammonium paratungstate rose 12 percent this week to $640 per mtu in Rotterdam.",
        "price_move",
        "tightening",
        None,
        ("tungsten",),
    ),
]


@pytest.mark.parametrize(("title", "body", "kind", "direction", "issuer", "materials"), BRIEFS)
def test_a_brief_in_english(
    title: str, body: str, kind: SignalType, direction: Direction, issuer: str | None, materials: tuple[str, ...]
) -> None:
    signal = read(title, body)
    assert (signal.type, signal.asserted) == (kind, "asserted")
    assert (signal.direction, signal.issuer) == (direction, issuer)
    assert set(signal.materials) == set(materials)


def test_talks_that_name_no_measure_are_a_diplomatic_signal() -> None:
    body = (
        "Trade commissioner and Chinese commerce minister discussed rare earth controls and agreed to set up a group."
    )
    signal = read("EU and China hold talks on rare earth exports", body)
    assert (signal.type, signal.asserted, signal.direction) == ("diplomatic_signal", "asserted", "easing")


@pytest.mark.parametrize(
    ("title", "body", "kind", "issuer", "targets"),
    [
        (
            "中国商务部批准首批稀土出口许可",
            "商务部发言人表示，已依法批准一定数量的镝、铽出口许可申请。",
            "licence_granted",
            "CN",
            (),
        ),
        (
            "商务部将12家美国企业列入不可靠实体清单",
            "商务部公告，即日起将12家美国企业列入清单。",
            "blacklist_added",
            "CN",
            ("US",),
        ),
        (
            "中国、レアアースの対日輸出を許可",
            "中国商務省は日本企業向けのジスプロシウムの輸出申請を許可した。",
            "licence_granted",
            "CN",
            ("JP",),
        ),
        (
            "중국, 갈륨 수출 허가 신청 거부",
            "중국 상무부가 한국 기업의 갈륨 수출 허가 신청을 반려했다.",
            "licence_denied",
            "CN",
            ("KR",),
        ),
        (
            "China verhängt Exportkontrollen für Gallium und Germanium",
            "Ab dem 1. August brauchen Exporteure eine Genehmigung, teilte das Handelsministerium mit.",
            "control_imposed",
            "CN",
            (),
        ),
        (
            "La Chine suspend pour un an ses restrictions sur les terres rares",
            "Le ministère du Commerce a suspendu les contrôles annoncés le 9 octobre jusqu'au 10 novembre 2026.",
            "control_suspended",
            "CN",
            (),
        ),
        (
            "China prohíbe exportar tecnología de tierras raras",
            "El ministerio prohibió la exportación de tecnología de extracción de tierras raras.",
            "technology_ban",
            "CN",
            (),
        ),
        (
            "China breidt exportcontroles uit met vijf zeldzame aardmetalen",
            "Holmium en erbium zijn toegevoegd aan de controlelijst, meldt het ministerie.",
            "control_expanded",
            "CN",
            (),
        ),
    ],
)
def test_a_brief_in_another_language(
    title: str, body: str, kind: SignalType, issuer: str, targets: tuple[str, ...]
) -> None:
    signal = read(title, body)
    assert (signal.type, signal.asserted, signal.issuer, signal.targets) == (kind, "asserted", issuer, targets)
