"""Draft a contract from a vendor's specification."""
