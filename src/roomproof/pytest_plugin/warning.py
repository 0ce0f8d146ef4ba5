"""The warning of this plugin: `-W error::roomproof.pytest_plugin.RoomproofWarning` makes a failure of it."""


class RoomproofWarning(UserWarning):
    """A clause is broken, but of a lower level, or in a way that harms nobody; or by the client."""
