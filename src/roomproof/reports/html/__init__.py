"""The report as one HTML page: no network, no framework, nothing that a server said is ever markup."""

from roomproof.reports.html.page import html

__all__ = ["html"]
