"""`chokepoint listen --json`: a line for each webhook, verified or not."""

import json

import pytest

from services.cli.answering import Manners
from services.cli.listen_view import People, Programs
from services.cli.receiver import Received

RECEIVED = Received("msg_1", {"type": "alert.opened", "data": {"sequence": 1}}, replay=False)
URL = "http://127.0.0.1:8080/"


def test_programs_read_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    view = Programs()
    view.begins(URL, "buyer", Manners())
    view.verified(RECEIVED)
    view.refused("msg_2")
    began, taken, refused = map(json.loads, capsys.readouterr().out.splitlines())
    assert began == {"listening": URL, "customer": "buyer"}
    assert (taken["webhook-id"], taken["verified"]) == ("msg_1", True)
    assert (refused["webhook-id"], refused["verified"]) == ("msg_2", False)


def test_people_are_told_how_it_misbehaves_and_what_it_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    view = People()
    view.begins(URL, None, Manners(fail=503, rate=0.1, slow_s=2, retry_after_s=5))
    view.refused("msg_2")
    said = capsys.readouterr()
    words = "answers 503 to 10% of the requests, asks for 5 s of patience, waits 2 s before each answer"
    assert words in " ".join(said.out.split())
    assert "refused msg_2" in said.err
