"""That a field, a parameter or a body is there, has to be there, or is gone."""

from __future__ import annotations

from roomproof.derive.drift.change import Change, ChangePlace, ChangeSide, Impact


def removed(place: ChangePlace, renamed: str) -> Change:
    """Return that a field is gone, or is perhaps called otherwise now."""
    impact = Impact.SENDERS if place.side is ChangeSide.REQUEST else Impact.READERS
    hint = f"; perhaps it is called {renamed} now" if renamed else ""
    return Change(place, "removed", impact, f"the field is gone{hint}", True, None)


def turned_one_way(place: ChangePlace) -> Change:
    """Return that a field is no longer sent, or no longer answered."""
    if place.side is ChangeSide.REQUEST:
        text = "the field is read-only now: it is not to be sent any more"
        return Change(place, "became-read-only", Impact.SENDERS, text, True, None)
    text = "the field is write-only now: no response shows it"
    return Change(place, "became-write-only", Impact.READERS, text, True, None)


def added(place: ChangePlace, *, required: bool) -> Change:
    """Return that a field is new."""
    is_demanded = required and place.side is ChangeSide.REQUEST
    impact = Impact.SENDERS if is_demanded else Impact.HARMLESS
    text = "the field is new, and must be sent" if is_demanded else "the field is new"
    return Change(place, "added", impact, text, None, True)


def needed(place: ChangePlace, now: bool, what: str) -> Change:
    """Return that a field, a parameter or a body must be there now, or need not be there any more."""
    kind = "became-required" if now else "became-optional"
    if place.side is ChangeSide.REQUEST:
        text = f"{what} must be sent now" if now else f"{what} need not be sent any more"
        return Change(place, kind, Impact.SENDERS if now else Impact.HARMLESS, text, not now, now)
    text = f"{what} is always there now" if now else f"{what} may be missing now"
    return Change(place, kind, Impact.HARMLESS if now else Impact.READERS, text, not now, now)
