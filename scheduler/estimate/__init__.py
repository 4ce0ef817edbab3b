"""How long an evaluation takes (预计时长), with its uncertainty."""

from scheduler.estimate.assumption import Forecast, forecast

__all__ = ["Forecast", "forecast"]
