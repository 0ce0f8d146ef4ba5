"""Faults of the Azure mock."""

from __future__ import annotations

from roomproof.mocks.faults.azure import answers, requests, rooms
from roomproof.mocks.faults.azure.interface import API
from roomproof.mocks.faults.fault import Fault

__all__ = ["API", "FAULTS"]

FAULTS: tuple[Fault, ...] = requests.FAULTS + answers.FAULTS + rooms.FAULTS
