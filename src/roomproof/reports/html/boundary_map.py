"""The boundary map: for each limited field the documented range, and what the provider did with each value
that was tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import copysign, log1p

from roomproof.report.provider import BoundaryReport, TriedReport
from roomproof.reports.html.columns import Column

Number = int | float
_WIDE = 5_000
"""A range that spans more is drawn on a logarithmic scale."""
_LEFT, _RIGHT = 18.0, 82.0
"""Where on a strip, in per cent, a documented range begins and ends that has both ends."""
_EDGE = 2.0


@dataclass(frozen=True)
class Range:
    """A range of values; an end that is None is open, one in `exclusive` is not in it."""

    low: Number | None
    high: Number | None
    exclusive: tuple[bool, bool] = (False, False)

    def side(self, value: Number) -> int:
        """Return -1 for a value below the range, 1 for one above, 0 for one in it."""
        if self.low is not None and (value < self.low or (self.exclusive[0] and value == self.low)):
            return -1
        return (
            1
            if self.high is not None and (value > self.high or (self.exclusive[1] and value == self.high))
            else 0
        )

    def __str__(self) -> str:
        """Return it as words: `2 to 50`, `at most 50`, `more than 0`."""
        low, high = (None if end is None else number(end) for end in (self.low, self.high))
        if low is not None and high is not None and not any(self.exclusive):
            return f"{low} to {high}"
        words = [f"{'more than' if self.exclusive[0] else 'at least'} {low}"] if low is not None else []
        words += [f"{'less than' if self.exclusive[1] else 'at most'} {high}"] if high is not None else []
        return " and ".join(words)


@dataclass(frozen=True)
class ValueMark:
    """A tried value on a strip: where in per cent, how it was answered (`accepted`, `rejected`, `unclear`),
    as what (see `_kind`).
    """

    at: str
    value: str
    reply: str
    kind: str
    why: str


@dataclass(frozen=True)
class Label:
    """A number beside a strip; `anchor` is the end of it that stands at the place."""

    at: str
    text: str
    anchor: str
    kind: str = "as"


@dataclass(frozen=True)
class Strip:
    """One limited field of one provider. `band` and `inner` are start and width, in per cent, of the
    documented and the observed range.
    """

    provider: str
    operation: str
    field: str
    what: str
    documented: str
    found: str
    state: str
    clauses: tuple[str, ...]
    band: tuple[str, str] | None
    inner: tuple[str, str] | None
    marks: tuple[ValueMark, ...]
    above: tuple[Label, ...]
    below: tuple[Label, ...]
    left_out: int


def strips(columns: Sequence[Column]) -> tuple[Strip, ...]:
    """Return the boundary map of each provider's last run; fields whose limits nobody kept come first."""
    last = (column for column in columns if column.is_last)
    found = [_strip(node, column.provider) for column in last for node in column.node.boundaries or ()]
    return tuple(sorted(found, key=lambda strip: ("against", "known", "as", "untried").index(strip.state)))


def number(value: Number) -> str:
    """Return a number as people read it: `2,147,483,647`, `1e+30`, `0.5`."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return f"{int(value):,}" if abs(value) < 10**15 else f"{value:.3g}"
    return f"{value:,.10g}" if abs(value) < 1e15 else f"{value:.3g}"


def _strip(node: BoundaryReport, provider: str) -> Strip:
    tried = node.tried
    documented, observed = _range(node.documented), _range(node.observed)
    usual = _range({**node.documented, **node.observed}) if observed else None
    judged = documented or observed or Range(None, None)
    scale = _Scale(judged, usual or judged, [item.value for item in tried])
    kinds = [_kind(item, documented, usual) for item in tried]
    marks = tuple(_mark(item, kind, scale) for item, kind in zip(tried, kinds, strict=True))
    state = next((kind for kind in ("against", "known") if kind in kinds), "as" if tried else "untried")
    told = f"documented {documented}" if documented else "not documented"
    return Strip(
        provider,
        node.operation,
        node.field,
        node.what,
        told + (f"; real providers: {observed}" if observed else ""),
        _sentence(tried),
        state,
        node.clauses or (),
        scale.band(judged),
        scale.band(usual) if documented and usual else None,
        marks,
        tuple(_ends(judged, scale)),
        tuple(_telling(tried, dict(zip((item.value for item in tried), kinds, strict=True)), judged, scale)),
        node.left_out,
    )


def _range(ends: Mapping[str, Number]) -> Range | None:
    if not ends:
        return None
    exclusive = "exclusive_minimum" in ends, "exclusive_maximum" in ends
    return Range(
        ends.get("minimum", ends.get("exclusive_minimum")),
        ends.get("maximum", ends.get("exclusive_maximum")),
        exclusive,
    )


def _is_against(item: TriedReport, judged: Range) -> bool:
    if item.accepted is None:
        return True
    return bool(item.accepted) != (judged.side(item.value) == 0)


def _kind(item: TriedReport, documented: Range | None, usual: Range | None) -> str:
    """Return whether a response is `as` documented, `against` it, or `known`: as real providers do it, or
    against nothing but them.
    """
    if documented is None:
        return "known" if usual and _is_against(item, usual) else "as"
    if not _is_against(item, documented):
        return "as"
    return "known" if usual and not _is_against(item, usual) else "against"


def _mark(item: TriedReport, kind: str, scale: _Scale) -> ValueMark:
    reply = {True: "accepted", False: "refused", None: "unclear"}[item.accepted]
    return ValueMark(scale.at(item.value), number(item.value), reply, kind, item.why)


def _sentence(tried: Sequence[TriedReport]) -> str:
    """Return what was found out in one sentence: `accepts 2 to 64, refuses 65 and more`."""
    if not tried:
        return "not tried"
    accepted = [item.value for item in tried if item.accepted]
    rejected = [item.value for item in tried if item.accepted is False]
    unclear = [item.value for item in tried if item.accepted is None]
    parts = []
    if accepted:
        low, high = min(accepted), max(accepted)
        parts.append(f"accepts {number(low)}" + (f" to {number(high)}" if high != low else ""))
        below, above = (
            [value for value in rejected if value < low],
            [value for value in rejected if value > high],
        )
        parts += [f"rejects {number(max(below))} and less"] if below else []
        parts += [f"rejects {number(min(above))} and more"] if above else []
        between = [value for value in rejected if low < value < high]
        parts += [f"rejects {_few(between)} in between"] if between else []
    elif rejected:
        parts.append(f"rejects all that was tried, {number(min(rejected))} to {number(max(rejected))}")
    if unclear:
        parts.append(f"no clear response at {_few(unclear)}")
    return ", ".join(parts)


def _few(values: Sequence[Number], most: int = 4) -> str:
    return ", ".join(map(number, values[:most])) + (
        f" and {len(values) - most} more" if len(values) > most else ""
    )


class _Scale:
    """Places values on a strip: the range in the middle, what lies beyond at its sides, logarithmically."""

    def __init__(self, judged: Range, usual: Range, values: Sequence[Number]) -> None:
        low = judged.low if judged.low is not None else usual.low
        high = judged.high if judged.high is not None else usual.high
        self._low: Number = min(values, default=0) if low is None else low
        self._high: Number = max(*values, self._low + 1) if high is None else high
        self._wide = self._high - self._low > _WIDE
        self._left = _LEFT if any(value < self._low for value in values) else _EDGE
        self._right = _RIGHT if any(value > self._high for value in values) else 100 - _EDGE
        self._far = max(4 * (self._high - self._low), 100)

    def _inside(self, value: Number) -> float:
        return copysign(log1p(abs(value)), value) if self._wide else float(value)

    def _place(self, value: Number) -> float:
        if value < self._low:
            return self._left - (self._left - _EDGE) * self._beyond(self._low - value)
        if value > self._high:
            return self._right + (100 - _EDGE - self._right) * self._beyond(value - self._high)
        low, high = self._inside(self._low), self._inside(self._high)
        return self._left + (self._right - self._left) * (
            (self._inside(value) - low) / (high - low) if high > low else 0.5
        )

    def _beyond(self, distance: Number) -> float:
        """Return how far out a value beyond the range is drawn, from 0 to 1; the nearest one is to be told
        from the end.
        """
        return 0.12 + 0.88 * log1p(min(distance, self._far)) / log1p(self._far)

    def at(self, value: Number) -> str:
        """Return where a value stands, in per cent."""
        return f"{self._place(value):.1f}%"

    def label(self, value: Number, text: str, kind: str) -> Label:
        """Return a label of a value that goes against the range, on the side on which there is room."""
        place = self._place(value)
        return Label(
            self.at(value),
            text,
            "start" if place < _LEFT + 12 else "end" if place > _RIGHT - 12 else "middle",
            kind,
        )

    def band(self, judged: Range | None) -> tuple[str, str] | None:
        """Return start and width of a range, in per cent; an open end reaches the strip's."""
        if judged is None:
            return None
        start = self._place(judged.low) if judged.low is not None else min(self._left, _EDGE)
        end = self._place(judged.high) if judged.high is not None else 100.0
        return f"{start:.1f}%", f"{max(end - start, 0.5):.1f}%"


def _ends(judged: Range, scale: _Scale) -> Iterator[Label]:
    if judged.low is not None:
        yield Label(scale.at(judged.low), number(judged.low), "start")
    if judged.high is not None:
        yield Label(scale.at(judged.high), number(judged.high), "end")


def _telling(
    tried: Sequence[TriedReport],
    kinds: Mapping[Number, str],
    judged: Range,
    scale: _Scale,
) -> Iterator[Label]:
    """Yield the values that a person looks for: the outermost that is accepted beyond an end, and the
    innermost rejected inside.
    """
    for side, pick in ((-1, min), (1, max)):
        beyond = [item.value for item in tried if item.accepted and judged.side(item.value) == side]
        if beyond:
            yield scale.label(pick(beyond), f"{number(pick(beyond))} accepted", kinds[pick(beyond)])
    inside = [item.value for item in tried if item.accepted is False and judged.side(item.value) == 0]
    if inside:
        yield scale.label(inside[0], f"{_few(inside, 1)} refused", kinds[inside[0]])
    unclear = [item.value for item in tried if item.accepted is None]
    if unclear:
        yield scale.label(unclear[0], f"{number(unclear[0])} unclear", kinds[unclear[0]])
