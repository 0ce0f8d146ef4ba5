"""Fields of responses that no document mentions, and those that documents promise and no response has."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roomproof.interaction import Credentials
from roomproof.judge.response_fields import ResponseFields, ResponsePlace


def unknown(fields: ResponseFields) -> dict[tuple[str, ...], tuple[int, tuple[str, ...]]]:
    return {one.place.path: (one.times, one.types) for one in fields.undocumented}


def missed(fields: ResponseFields) -> dict[tuple[str, ...], int]:
    return {one.place.path: one.times for one in fields.never_seen}


def open_answer(raw: Any, **fields: Any) -> Any:
    """Return the miniature's contract, the room of its responses with some fields more."""
    raw["components"]["schemas"]["Room"]["properties"].update(fields)
    return raw


def test_a_field_that_no_document_mentions_is_told_with_its_times_and_types(
    talk_about: Any, mini_raw: Any
) -> None:
    talk = talk_about(open_answer(mini_raw))
    talk.patch({"size": 3}, {"seats": 4})
    talk.patch({"size": 3}, {"seats": None})
    assert unknown(talk.judge.fields)["room", "seats"] == (2, ("integer", "null"))
    assert ("room", "id") not in unknown(talk.judge.fields)


def test_the_items_of_a_list_and_the_values_of_a_map_are_looked_into(talk_about: Any, mini_raw: Any) -> None:
    named = {"type": "object", "properties": {"name": {"type": "string"}}}
    talk = talk_about(
        open_answer(
            mini_raw,
            doors={"type": "array", "items": named},
            people={"type": "object", "additionalProperties": named},
        )
    )
    talk.patch({"size": 3}, {"doors": [{"name": "a", "lock": True}], "people": {"p1": {"age": 3}}})
    found = unknown(talk.judge.fields)
    assert found["room", "doors", "[]", "lock"] == (1, ("boolean",))
    assert [way for way in found if "people" in way] == [("room", "people", "{}", "age")]
    assert ("room", "people", "{}", "name") in missed(talk.judge.fields)


def test_a_field_of_any_branch_is_documented(talk_about: Any, mini_raw: Any) -> None:
    branches = [{"properties": {"left": {"type": "string"}}}, {"properties": {"right": {"type": "string"}}}]
    talk = talk_about(open_answer(mini_raw, either={"type": "object", "anyOf": branches}))
    talk.patch({"size": 3}, {"either": {"right": "r", "middle": "m"}})
    assert [way[-1] for way in unknown(talk.judge.fields) if "either" in way] == ["middle"]
    assert ("room", "either", "left") in missed(talk.judge.fields)


def test_what_documents_promise_is_missed_where_its_object_was_seen(talk_about: Any, mini_raw: Any) -> None:
    size = {"type": "integer"}
    talk = talk_about(
        open_answer(
            mini_raw,
            wide=size,
            rumour={**size, "x-level": "observed"},
            inner={"type": "object", "properties": {"deep": size}},
        )
    )
    talk.patch({"size": 3}, {})
    talk.patch({"size": 3}, {})
    found = missed(talk.judge.fields)
    assert found["room", "wide"] == 2
    # Nobody promises what only providers show; and of an object that never came nothing is missed.
    assert ("room", "rumour") not in found
    assert ("room", "inner", "deep") not in found
    talk.patch({"size": 3}, {"wide": 1})
    assert ("room", "wide") not in missed(talk.judge.fields)


def test_a_field_that_the_run_itself_has_sent_is_no_field_of_the_provider(
    talk_about: Any, mini_raw: Any
) -> None:
    talk = talk_about(open_answer(mini_raw))
    talk.patch({"size": 3, "invented": 1}, {"invented": 1, "other": 2})
    assert [way[-1] for way in unknown(talk.judge.fields) if way[-1] in ("invented", "other")] == ["other"]


def test_a_field_that_somebody_elses_client_has_sent_is_one(talk_about: Any, mini_raw: Any) -> None:
    talk = talk_about(open_answer(mini_raw))
    talk.patch({"size": 3, "invented": 1}, {"invented": 1}, credentials=Credentials.UNKNOWN)
    assert ("room", "invented") in unknown(talk.judge.fields)


RESPONSES = st.lists(
    st.dictionaries(st.sampled_from(("wide", "seats", "doors")), st.integers(0, 1)), max_size=6
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(responses=RESPONSES, cut=st.integers(0, 6))
def test_collections_merge_in_any_order_into_what_one_would_hold(
    talk_about: Any, mini_raw: Any, responses: list[dict[str, int]], cut: int
) -> None:
    raw = open_answer(mini_raw, wide={"type": "integer"})

    def collected(some: list[dict[str, int]]) -> ResponseFields:
        talk = talk_about(raw)
        for response in some:
            talk.patch({"size": 3}, response)
        return talk.judge.fields

    whole = collected(responses)
    for first, second in ((responses[:cut], responses[cut:]), (responses[cut:], responses[:cut])):
        fields = collected(first)
        fields.merge(collected(second))
        assert (fields.undocumented, fields.never_seen) == (whole.undocumented, whole.never_seen)


def test_of_endless_names_the_first_are_kept_with_whole_counts(talk_about: Any, mini_raw: Any) -> None:
    talk = talk_about(open_answer(mini_raw))
    for start in range(0, 5_000, 1_000):
        talk.patch({"size": 3}, {"a": 1, **{f"n{number:05}": 1 for number in range(start, start + 1_000)}})
    found = talk.judge.fields.undocumented
    assert len(found) == 2_000
    assert found[0].place == ResponsePlace("update-room", "200", ("room", "a"))
    assert found[0].times == 5


def test_a_response_to_wrong_credentials_shows_nothing(talk_about: Any, mini_raw: Any) -> None:
    talk = talk_about(open_answer(mini_raw))
    talk.patch({"size": 3}, {"seats": 4}, credentials=Credentials.WRONG)
    assert unknown(talk.judge.fields) == {}
