"""Hypothesis strategies and plain enumerations for request bodies: valid, boundary and invalid, over any
schema.
"""

from __future__ import annotations

from roomproof.contract.keywords import SizeKind
from roomproof_strategies.boundary import boundary, plain
from roomproof_strategies.invalid import invalid, mutations
from roomproof_strategies.malformed import malformed
from roomproof_strategies.sample import Json, Sample, Schema, Setting, Special
from roomproof_strategies.sizes import Scale, scales
from roomproof_strategies.valid import valid

__all__ = [
    "Json",
    "Sample",
    "Scale",
    "Schema",
    "Setting",
    "SizeKind",
    "Special",
    "boundary",
    "invalid",
    "malformed",
    "mutations",
    "plain",
    "scales",
    "valid",
]
