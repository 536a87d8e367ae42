"""The same message in the shape that an endpoint asked for: what is signed and sent is these bytes."""

from dataclasses import dataclass

from services.dispatcher.formats.cloudevents import cloud_event
from services.dispatcher.formats.notice import read_notice
from services.dispatcher.formats.slack import slack_message
from services.dispatcher.formats.teams import teams_message
from services.dispatcher.letters import Letter
from shared.contracts.endpoints import Format

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Formatted:
    body: bytes
    content_type: str = JSON


def formatted(letter: Letter, form: Format, public_url: str | None) -> Formatted:
    """`public_url`: where people reach control, for links; without it there are none to the alert."""
    match form:
        case "standard":
            return Formatted(letter.body)
        case "cloudevents":
            return Formatted(cloud_event(letter, public_url), "application/cloudevents+json")
        case "slack":
            return Formatted(slack_message(read_notice(letter, public_url)))
        case "teams":
            return Formatted(teams_message(read_notice(letter, public_url)))
