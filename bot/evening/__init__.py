"""The recorded evening: outlets of our own invention tell the story to the real poller, faster than life."""

from bot.evening.scenario import Scenario, ScenarioError, load_scenario
from bot.evening.server import EveningServer, EveningSource

__all__ = ["EveningServer", "EveningSource", "Scenario", "ScenarioError", "load_scenario"]
