"""Explanations of a draw (抽取说明): who is left after which rule, what lacks, what would help, how equal."""

from scheduler.draw.explain.case import DrawCase, Shortage
from scheduler.draw.explain.chances import Chances, chances_of
from scheduler.draw.explain.explanation import Explanation, explain
from scheduler.draw.explain.funnel import Funnel, Stage, funnels, thin, thin_slots
from scheduler.draw.explain.relax import Relaxation, Step
from scheduler.draw.explain.steps import Kind

__all__ = [
    "Chances",
    "DrawCase",
    "Explanation",
    "Funnel",
    "Kind",
    "Relaxation",
    "Shortage",
    "Stage",
    "Step",
    "chances_of",
    "explain",
    "funnels",
    "thin",
    "thin_slots",
]
