"""One module a layout of pages: everything about it stands in its `READER`."""
