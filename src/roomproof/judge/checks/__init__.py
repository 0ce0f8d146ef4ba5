"""The checks; to import this package is what registers them."""

from __future__ import annotations

from roomproof.judge.check import checks_of, require_checks
from roomproof.judge.checks import acceptance, agreement, answers, creation, listing, memory, reading

__all__ = ["acceptance", "agreement", "answers", "checks_of", "creation", "listing", "memory", "reading", "require_checks"]
