"""What a document says, statement by statement: `read(text, name)` gives the statements of a saved page."""

from roomproof.derive.statements.openapi import as_openapi
from roomproof.derive.statements.read import read
from roomproof.derive.statements.statement import StatedDocument, Statement

__all__ = ["StatedDocument", "Statement", "as_openapi", "read"]
