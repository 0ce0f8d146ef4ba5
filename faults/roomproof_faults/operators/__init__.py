"""The operators: a module for each sort of demand, a function for each way to break one."""

from __future__ import annotations

# To import a module is what puts its operators to their rules.
from roomproof_faults.operators import (  # noqa: F401
    admission,
    bodies,
    crashes,
    identity,
    life_cycle,
    listed,
    memory,
    repeats,
    responses,
    values,
)
from roomproof_faults.operators.operator import Breaches, Demand, faults_of, operator

__all__ = ["Breaches", "Demand", "faults_of", "operator"]
