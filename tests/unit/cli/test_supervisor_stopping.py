"""Ctrl-C ends everything within 10 seconds, whatever hangs and whoever still reads."""

from pathlib import Path

from services.cli.box.kafka import KafkaBox
from services.cli.box.postgres import PostgresBox
from services.cli.supervisor.lasting_output import LastingOutput
from services.cli.system import SERVICE_GRACE_S
from shared.kafka.faust_consumer import LONGEST_END_S
from tests.fixtures.quiet_output import QuietOutput


def test_if_every_process_has_to_be_killed_it_takes_less_than_ten_seconds() -> None:
    nowhere = Path("/nowhere")
    stages = (KafkaBox(nowhere, (), 1, 2).broker(), PostgresBox(nowhere, 1, nowhere).server())
    assert SERVICE_GRACE_S + sum(spec.grace_s for spec in stages) <= 9


def test_a_classifier_whose_broker_is_away_leaves_by_itself_before_it_is_killed() -> None:
    assert LONGEST_END_S <= SERVICE_GRACE_S - 0.5


class Unheard(QuietOutput):
    def say(self, event: str, level: str = "info", **fields: object) -> None:  # noqa: ARG002
        raise BrokenPipeError


def test_who_is_no_longer_heard_asks_to_stop_once_and_goes_on() -> None:
    lost: list[bool] = []
    output = LastingOutput(Unheard(), lost=lambda: lost.append(True))
    output.say("stopping")
    output.say("stopped")
    assert lost == [True]
