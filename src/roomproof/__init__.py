"""roomproof: contract testing for meeting-room APIs."""

__version__ = "0.1.0"
