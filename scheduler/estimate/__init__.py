"""How long an evaluation takes (预计时长), with its uncertainty: assumed, learned, and live."""

from scheduler.estimate.assumption import Forecast, forecast
from scheduler.estimate.calibration import Calibration, Stratum, calibrate
from scheduler.estimate.history import Model, Record, fit
from scheduler.estimate.live import Alarm, Finished, Watch, live_forecast, remaining, watch
from scheduler.estimate.remaining import Remaining

__all__ = [
    "Alarm",
    "Calibration",
    "Finished",
    "Forecast",
    "Model",
    "Record",
    "Remaining",
    "Stratum",
    "Watch",
    "calibrate",
    "fit",
    "forecast",
    "live_forecast",
    "remaining",
    "watch",
]
