"""The typed client of both APIs: what the command line uses, and what an integrator may."""

from shared.client.client import Accepted, Client, EventResult
from shared.client.connection import Connection, NotConnected
from shared.client.errors import Problem

__all__ = ["Accepted", "Client", "Connection", "EventResult", "NotConnected", "Problem"]
