"""The register of rules: each has its module and its words, and an installed package may add one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from roomproof.contract.clause import Part
from roomproof.contract.read import read_contract
from roomproof.errors import ContractError, UsageError
from roomproof.judge import rules as package
from roomproof.judge.judge import Judge
from roomproof.judge.options import require_options
from roomproof.judge.register import require_rules, row_of, rule_of, rules
from roomproof.judge.rule import Circumstances, Rule

MODULES = {path.stem for path in Path(package.__file__).parent.glob("*.py")} - {"__init__"}
LOUD = """\
from roomproof.judge.evidence import kept, broken
from roomproof.judge.rule import Rule

def name_is_loud(seen):
    \"\"\"Looks whether a name is in capitals.\"\"\"
    for clause in RULE.clauses(seen.operation):
        name = seen.response.room["name"]
        if name.isupper():
            yield kept(clause)
        else:
            yield broken(clause, "the name is quiet", expected=name.upper(), received=name)

RULE = Rule("name-is-loud", name_is_loud)
"""
Install = Callable[[str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Put a package with a module on the path that offers `RULE` of it as the rule `name-is-loud`."""
    number = len(list(tmp_path.parent.glob("*")))

    def installed(source: str) -> None:
        module = f"loud_{abs(hash((source, number)))}"
        (tmp_path / f"{module}.py").write_text(source, encoding="utf-8")
        information = tmp_path / "loud-1.0.dist-info"
        information.mkdir()
        about = "Metadata-Version: 2.1\nName: loud\nVersion: 1.0\n"
        (information / "METADATA").write_text(about, encoding="utf-8")
        offer = f"[roomproof.rules]\nname-is-loud = {module}:RULE\n"
        (information / "entry_points.txt").write_text(offer, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        rules.cache_clear()

    yield installed
    monkeypatch.undo()
    rules.cache_clear()


def with_line(raw: Any, **line: Any) -> Any:
    """The miniature's contract with one more line of behaviour for updates."""
    update = raw["paths"]["/rooms/{room_id}"]["patch"]
    update["x-behaviours"].append({"path": "name", "demands": "names are loud", **line})
    return raw


def test_each_module_is_a_rule_and_each_rule_of_behaviour_has_the_name_of_its_module() -> None:
    assert len(rules()) == len(MODULES)
    named = {name.replace("-", "_") for part, name in rules() if part is Part.BEHAVIOUR}
    assert named <= MODULES


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: f"{rule.part}-{rule.name}")
def test_each_rule_says_how_it_is_tested_and_one_of_behaviour_has_a_row(rule: Rule) -> None:
    assert rule.tested.endswith(".")
    assert len(rule.tested.split()) > 5
    assert "\n" not in rule.tested
    assert rule.part is not Part.BEHAVIOUR or rule.row


def test_each_rule_says_one_thing_of_a_clause_that_was_not_exercised(mini: Any) -> None:
    for clause in mini.clauses.values():
        for recordings, stopped in ((True, ""), (False, ""), (False, "too late")):
            why = rule_of(clause).unexercised(Circumstances(mini, clause, recordings, stopped))
            assert why == why.strip()
            assert not why.endswith(".")


def test_a_rule_of_an_installed_package_is_known_and_draws_its_conclusions(
    install: Install, mini_raw: Any, talk_about: Any, broken: Any
) -> None:
    install(LOUD)
    talk = talk_about(with_line(mini_raw, rule="name-is-loud"))
    clause = talk.contract.clauses["mini.update-room.behaviour.name.name-is-loud"]
    assert rule_of(clause).tested == "Looks whether a name is in capitals."
    assert row_of(clause) == "name-is-loud"
    told = broken(talk.patch({"name": "first"}, {"name": "first"}))
    assert "behaviour.name.name-is-loud" in told
    assert "behaviour.name.name-is-loud" not in broken(talk.patch({"name": "LOUD"}, {"name": "LOUD"}))


def test_without_the_package_its_rule_is_not_known(mini_raw: Any) -> None:
    contract = read_contract(with_line(mini_raw, rule="name-is-loud"))
    with pytest.raises(ContractError, match="no check knows the rule 'name-is-loud'"):
        Judge(contract)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("import no_such_module", "(ModuleNotFoundError: No module named 'no_such_module')"),
        ("RULE = 1 / 0", "cannot be imported (ZeroDivisionError: division by zero)"),
        ("def broken(:", "cannot be imported (SyntaxError"),
        ("OTHER = 1", "cannot be imported (AttributeError"),
        ("RULE = 'loud'", "it is no roomproof.judge.rule.Rule of that name"),
        (LOUD.replace('"name-is-loud"', '"other"'), "it is no roomproof.judge.rule.Rule of that name"),
    ],
)
def test_a_broken_package_costs_one_sentence_that_names_it(install: Install, source: str, says: str) -> None:
    install(source)
    with pytest.raises(UsageError) as caught:
        rules()
    told = str(caught.value)
    assert told.startswith("the rule 'name-is-loud' of the package loud, entry point roomproof.rules: ")
    assert says in told
    assert "\n" not in told


def test_a_package_cannot_take_the_place_of_a_rule(install: Install) -> None:
    install(LOUD)
    code = rules()[Part.BEHAVIOUR, "name-is-loud"].conclude.__code__
    (offer,) = Path(code.co_filename).parent.glob("*.dist-info")
    module = offer.parent / "again.py"
    module.write_text(LOUD.replace('"name-is-loud"', '"echo"'), encoding="utf-8")
    (offer / "entry_points.txt").write_text("[roomproof.rules]\necho = again:RULE\n", encoding="utf-8")
    rules.cache_clear()
    with pytest.raises(UsageError, match="there is a rule of that name already"):
        rules()


def test_an_option_that_no_rule_has_is_rejected_also_where_it_is_called_like_the_carrier(mini: Any) -> None:
    clause = next(clause for clause in mini.clauses.values() if clause.rule == "echo")
    require_options(None, clause)
    with pytest.raises(ContractError):
        require_options(None, replace(clause, options={**clause.options, "in": "header"}))


def test_a_contract_without_a_file_is_rejected_without_a_line(mini_raw: Any) -> None:
    contract = read_contract(with_line(mini_raw, path="code", rule="unique", **{"with": {"eahc": "x"}}))
    with pytest.raises(ContractError) as caught:
        require_rules(contract)
    assert "did you mean 'each'?" in str(caught.value)
    assert "line" not in str(caught.value)
