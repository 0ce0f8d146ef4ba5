"""A server that tries to get into the page: whatever it says is shown letter by letter, and nothing of it is
ever run.
"""

from __future__ import annotations

import copy
import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

Json = Any
OURS = frozenset(("verdict", "level", "report_version", "roomproof", "started", "at", "what", "operation"))
"""Fields whose texts no server can reach; ids of clauses are ours, too, and have to keep their form."""


class Caller:
    """A server on this machine that counts who calls."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                calls.append(self.path)
                self.send_error(404)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    found = Caller()
    thread = threading.Thread(target=found.server.serve_forever)
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()


def attacks(origin: str) -> list[str]:
    """Return texts that would do something in a page that does not escape them."""
    return [
        "<script>window.pwned='script'</script>",
        f"<script src={origin}/src></script>",
        f'"><img src={origin}/img onerror="window.pwned=\'attribute\'">',
        f"'><img src=x onerror='window.pwned=1'><svg onload=window.pwned=2><image href={origin}/image />",
        "</script><script>window.pwned='end of script'</script>",
        "</style><script>window.pwned='end of style'</script>",
        "</pre></code></dd></dl></details></section></main><script>window.pwned='end of everything'</script>",
        "</title><script>window.pwned='title'</script>",
        "javascript:window.pwned='url'",
        '#" onclick="window.pwned=\'click\'" autofocus onfocus="window.pwned=\'focus\'" tabindex=1 x="',
        "{{ 7 * 191 }}{% for x in [1] %}{{ x.__class__.__mro__ }}{% endfor %}{# #}",
        f"<iframe src={origin}/frame></iframe><iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
        f"<meta http-equiv=refresh content='0;url={origin}/refresh'><base href={origin}/base/>",
        (
            f"<link rel=stylesheet href={origin}/style><style>@import "
            f"'{origin}/import';body{{display:none}}</style>"
        ),
        (
            f"<form action={origin}/form><input autofocus onfocus=window.pwned=3></form><object "
            f"data={origin}/object></object>"
        ),
        "<!-- <![CDATA[ ]]> --> &lt;script&gt; &amp; &#60;b&#62; &quot;",
        "\x00\x08\x1b[31m \u202etxet\u202c \u2028 \ufeff \ud800 end",
    ]


def shown_as(text: str) -> str:
    """Return a text as the page shows it: what nobody would see is told by its escape."""
    return "".join(
        letter if letter.isprintable() or letter == "\n" else ascii(letter)[1:-1] for letter in text
    )


def poisoned(report: Json, attack: str) -> Json:
    """Return a report with an attack in every text that a server can reach, names of fields included."""
    bad = copy.deepcopy(report)
    for node in bad["providers"]:
        for clause in node["clauses"]:
            clause["demands"] = attack
            clause["source"] = dict.fromkeys(clause["source"], attack)
            if "why" in clause:
                clause["why"] = attack
        numbers = {"clauses": 1, "exercised": 1}
        node["documents"] = [dict.fromkeys(("title", "url", "version", "retrieved"), attack) | numbers]
        field = dict.fromkeys(("operation", "status", "field"), attack) | {"times": 1}
        node["undocumented"] = node["never_seen"] = [{**field, "types": [attack]}]
        node["findings"] = [_bad_finding(finding, attack) for finding in node["findings"]]
        for boundary in node["boundaries"]:
            boundary["field"] = attack
            for item in boundary["tried"]:
                item["why"] = attack
        node.update(target=attack, stopped=attack, contract_version=attack, cassette=attack)
        node["recorded"] = {"from": attack, "to": attack + "2"}
        node["rejudged"] = [{"clause": attack, "before": attack, "now": attack}]
        node["stale_deviations"] = [{"clause": attack, "why": attack, "expires": attack}]
    bad["unmatched"] = {"count": 1, "requests": {attack: 1}}
    bad["baseline"] = {"path": attack, "new": [attack], "known": [attack], "healed": [attack]}
    return bad


def _bad_finding(finding: Json, attack: str) -> Json:
    kept = {name: finding[name] for name in ("clause", "verdict", "level", "operation") if name in finding}
    return {**_bad({**finding, "reproduce": "x", "source_url": "x"}, attack), **kept}


def _bad(value: Json, attack: str, name: str = "") -> Json:
    if isinstance(value, str):
        return value if name in OURS else attack
    if isinstance(value, list):
        return [_bad(item, attack) for item in value]
    if isinstance(value, dict):
        changed = {key: _bad(item, attack, key) for key, item in value.items()}
        return {**changed, attack: attack} if name in ("body", "headers", "query", "data") else changed
    return value


def texts(value: Json) -> Iterator[str]:
    """Yield every text of a report, names of fields included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def test_the_poison_reaches_every_finding(wrong: Json) -> None:
    before, after = (
        list(texts(wrong["providers"][0]["findings"])),
        list(texts(poisoned(wrong, "POISON")["providers"][0]["findings"])),
    )
    assert after.count("POISON") > len(before) / 3
    for finding in poisoned(wrong, "POISON")["providers"][0]["findings"]:
        assert {
            finding[name] for name in ("summary", "expected", "received", "curl", "reason", "reproduce")
        } == {"POISON"}
        assert (
            finding["response"]["body"].keys() >= {"POISON"}
            if isinstance(finding["response"]["body"], dict)
            else True
        )


def test_nothing_that_a_server_says_is_run_and_all_of_it_is_shown(
    browser: Any, written: Callable[..., Path], wrong: Json, caller: Caller
) -> None:
    every = attacks(caller.origin)
    page = written(poisoned(wrong, "\n".join(every)))
    browser.open(page)
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    for link in browser.all("a")[:40]:
        browser.run("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", link)

    assert browser.run("return window.pwned === undefined")
    assert browser.run("return location.protocol") == "file:"
    assert browser.run("return performance.getEntriesByType('resource').length") == 0
    assert caller.calls == []
    # Were there anything to run, the policy would stop it, and say so here: there is nothing.
    assert browser.driver.get_log("browser") == []
    assert browser.run("return document.scripts.length") == 1
    assert browser.all("img, iframe, object, embed, base, link, style + style, form form, image") == []
    handlers = (
        "return Array.from(document.querySelectorAll('*')).filter(e => "
        "Array.from(e.attributes).some(a => /^on/i.test(a.name))).length"
    )
    assert browser.run(handlers) == 0
    assert browser.run(
        "return Array.from(document.querySelectorAll('[href]')).every(e => "
        "e.getAttribute('href').startsWith('#'))"
    )
    seen = browser.run("return document.body.textContent")
    assert [text for text in every if shown_as(text) not in seen] == []


@pytest.mark.parametrize("number", range(17))
def test_each_attack_alone_is_shown_letter_by_letter(
    number: int, browser: Any, written: Callable[..., Path], wrong: Json, caller: Caller
) -> None:
    attack = attacks(caller.origin)[number]
    few = copy.deepcopy(wrong)
    few["providers"][0]["findings"] = few["providers"][0]["findings"][:2]
    browser.open(written(poisoned(few, attack)))
    assert browser.run("return window.pwned === undefined")
    assert browser.run("return document.scripts.length") == 1
    assert browser.run("return Array.from(document.links).every(a => a.protocol != 'javascript:')")
    assert browser.run("return document.querySelector('.finding .say').textContent") == shown_as(attack)
    assert (caller.calls, browser.driver.get_log("browser")) == ([], [])


def test_the_policy_stops_what_would_get_in_all_the_same(
    browser: Any, page: Path, tmp_path: Path, caller: Caller
) -> None:
    hole = (
        f"<script>window.pwned=1</script><img src={caller.origin}/img "
        f"onerror=window.pwned=2><style>h1{{color:red}}</style>"
    )
    broken = tmp_path / "broken.html"
    broken.write_text(page.read_text(encoding="utf-8").replace("<main", hole + "<main"), encoding="utf-8")
    browser.open(broken)
    assert browser.run("return window.pwned === undefined")
    assert browser.run("return getComputedStyle(document.querySelector('h1')).color") != "rgb(255, 0, 0)"
    assert caller.calls == []
    assert "Content Security Policy" in json.dumps(browser.driver.get_log("browser"))


def test_a_page_is_one_file_that_names_no_other(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert len(text.encode()) < 100_000 + 650 * text.count('class="demand" id="')
    elsewhere = re.findall(r'<[^>]*\s(?:src|href|action|data|srcset|style)="(?!#)[^>]*>', text)
    to_documents = re.compile(r'<a rel="external noreferrer" href="https://[^"]*">')
    assert [tag for tag in elsewhere if not to_documents.fullmatch(tag)] == []
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy.startswith("default-src &#39;none&#39;")
    assert "unsafe" not in policy
