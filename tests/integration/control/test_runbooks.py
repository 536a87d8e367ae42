"""What the runbooks ask of PostgreSQL is answered by the schemas that there are."""

import re
from pathlib import Path

import asyncpg

from tests.integration.control.process import Running

PLACE = Path(__file__).parents[3] / "deploy/runbooks"


async def test_every_question_to_the_database_has_an_answer(control: Running) -> None:
    url = control.environment["CHOKEPOINT_DATABASE_URL"].replace("+asyncpg", "")
    asked = {
        " ".join(question.split()): path.name
        for path in PLACE.glob("*.md")
        for question in re.findall(r"`(?:sql\s+)?(SELECT [^`…]+)`", path.read_text())
        if "PID" not in question
    }
    assert len(asked) > 2
    connection = await asyncpg.connect(url)
    try:
        answers = {question: await connection.fetch(question) for question in asked}
    finally:
        await connection.close()
    [publishing] = [answer for question, answer in answers.items() if "advisory" in question]
    assert len(publishing) == 1, "control's one copy, which publishes"
