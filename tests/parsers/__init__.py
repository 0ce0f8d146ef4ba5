"""Whatever a parser is given, it gives a value or one of the typed errors: never a traceback, never a
hang.
"""
