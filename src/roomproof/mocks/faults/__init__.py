"""Faulty providers: the mocks with one fault each, so that anybody can see what a verification catches."""

from __future__ import annotations

from roomproof.mocks.faults.fault import Fault, Kind
from roomproof.mocks.faults.register import faults_of, find_fault, with_fault

__all__ = ["Fault", "Kind", "faults_of", "find_fault", "with_fault"]
