"""Objects where a schema says no more than that they are objects: shapes in which programs lose something.

Neither nulls nor arrays in arrays nor odd names are among them: stores differ in what they make of these, and
no document settles it.
"""

from __future__ import annotations

from roomproof_strategies.sample import Json

FREE_FORM: tuple[tuple[dict[str, Json], str], ...] = (
    ({}, "no field"),
    ({"text": "a text", "number": 7, "flag": True}, "fields of several types"),
    ({"text": "", "number": 0, "flag": False}, "an empty text, zero and false"),
    ({"text": "7", "flag": "true", "nothing": "null"}, "texts that look like other types"),
    ({"half": 0.5, "negative": -1, "whole": 4_294_967_296}, "a fraction, a negative and a large number"),
    ({"minute": 60, "hour": 3600, "day": 86_400, "word": 65_536}, "round numbers"),
    ({"ratio": 2.71828, "price": 19.99}, "fractions of several digits"),
    ({"one": {"two": {"three": {"four": "deep"}}}}, "objects three deep"),
    ({"one": {"two": {"three": [1, 2, {"four": ["five"]}]}}}, "arrays and objects in turn"),
    ({"list": [1, 2, 3]}, "an array of numbers"),
    ({"list": ["b", "a", "b"]}, "an array of texts, one of them twice"),
    ({"list": [{"name": "a", "on": True}, {"name": "b", "on": False}]}, "an array of objects"),
    ({"list": [1, "two", True, 0.5, {"three": 3}]}, "an array of several types"),
    ({"object": {}, "list": [], "objects": [{}]}, "empty objects and arrays"),
    ({"object": {"text": "", "number": 0, "flag": False}}, "an empty text, zero and false inside"),
    ({"camelCase": 1, "snake_case": 2, "kebab-case": 3, "UPPER": 4}, "names of several fashions"),
    ({"text": "Zürich, 日本, \U0001f600"}, "a text beyond ASCII"),
    ({f"key{number}": number for number in range(40)}, "forty fields"),
)
