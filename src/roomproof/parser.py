"""What the parser of the command line does beside what typer's does: nothing is empty, nobody works nowhere,
no reader is no fail.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from roomproof.errors import UsageError

ParserError: Any = typer.BadParameter.__mro__[typer.BadParameter.__mro__.index(Exception) - 1]
"""What the parser raises for words it does not understand; typer keeps its base class in another place in
each release.
"""


class Commands(TyperGroup):
    """The commands of the program."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; that nobody reads what it prints is told without the error's number, which typer
        would make an exit 1: a fail.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise BrokenPipeError from None


class Command(TyperCommand):
    """A command of which no option and no argument may be empty: what an unset variable leaves behind asks
    for nothing.

    Looked for before a text becomes a path or a number: an empty path would be the working folder.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the words of a command line. Raises UsageError that names the first option or argument that is
        given but empty.
        """
        if not ctx.resilient_parsing:
            given, _, _ = self.make_parser(ctx).parse_args(args=list(args))
            parameters: list[Any] = self.params
            for parameter in parameters:
                if _is_empty(given.get(parameter.name)):
                    raise UsageError(_emptiness(parameter))
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Raises UsageError where the folder is gone in which all that it reads and writes
        would be.
        """
        try:
            Path.cwd()
        except OSError as error:
            raise UsageError(
                f"the working folder cannot be used ({error.strerror}); change to one that is there"
            ) from error
        return super().invoke(ctx)


def _emptiness(parameter: Any) -> str:
    """Return what is to be done about an option or argument that is given but empty."""
    if parameter.param_type_name == "option":
        name = max(parameter.opts, key=len)
        rule = f"{name} is given but empty: write {name} {parameter.metavar}, or leave it out"
    else:
        rule = f"{parameter.metavar.strip('[].')} is given but empty: give it a value"
    return f"{rule}; a variable of the shell or of CI may be unset"


def _is_empty(given: object) -> bool:
    """Whether something on the command line, or one of several values of an option or argument, is nothing
    but white space.
    """
    values = given if isinstance(given, list | tuple) else [given]
    return any(isinstance(value, str) and not value.strip() for value in values)
