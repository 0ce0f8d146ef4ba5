"""Faults of the Telnyx mock."""

from __future__ import annotations

from roomproof.mocks.faults.fault import Fault, of_operation
from roomproof.mocks.faults.telnyx import answers, requests, rooms
from roomproof.mocks.faults.telnyx.interface import API

__all__ = ["API", "FAULTS"]

FAULTS: tuple[Fault, ...] = of_operation("update-room", requests.FAULTS + answers.FAULTS + rooms.FAULTS)
