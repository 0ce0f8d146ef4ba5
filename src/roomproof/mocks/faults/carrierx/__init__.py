"""Faults of the CarrierX mock."""

from __future__ import annotations

from roomproof.mocks.faults.carrierx import answers, requests, rooms
from roomproof.mocks.faults.carrierx.interface import API
from roomproof.mocks.faults.fault import Fault

__all__ = ["API", "FAULTS"]

FAULTS: tuple[Fault, ...] = requests.FAULTS + answers.FAULTS + rooms.FAULTS
