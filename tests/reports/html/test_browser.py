"""The page in a real browser: what a person sees, clicks, types, prints, and reads without scripts or in the
dark.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from roomproof.reports.html.page import SIGNS
from roomproof.verdict import Verdict

LIMIT = "telnyx.update-room.request.max_participants.maximum"
CALM = "azure.create-room.request.participants.type"
CONTRAST = """
function channel(value) {
  value /= 255;
  return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
}
function light(color) {
  return 0.2126 * channel(color[0]) + 0.7152 * channel(color[1]) + 0.0722 * channel(color[2]);
}
function parts(text) {
  var found = text.match(/[\\d.]+/g).map(Number);
  return found.length > 3 ? found : found.concat(1);
}
function behind(element) {
  for (; element; element = element.parentElement) {
    var color = parts(getComputedStyle(element).backgroundColor);
    if (color[3] === 1) { return color; }
    if (color[3] > 0) { throw new Error("a background that shines through"); }
  }
  throw new Error("nothing behind");
}
document.querySelectorAll("details").forEach(function (part) { part.open = true; });
var seen = {}, bad = [];
var walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  var element = walker.currentNode.parentElement;
  var unseen = "script, style, title, desc, .vh, .skip, [hidden]";
  if (!walker.currentNode.data.trim() || element.closest(unseen)) { continue; }
  var style = getComputedStyle(element);
  var front = parts(element.namespaceURI.endsWith("svg") ? style.fill : style.color);
  var back = behind(element);
  var key = front + "/" + back + "/" + style.fontSize + style.fontWeight;
  if (seen[key]) { continue; }
  seen[key] = true;
  var one = light(front), two = light(back);
  var ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
  if (ratio < 4.5 || front[3] < 1) { bad.push([element.outerHTML.slice(0, 80), ratio.toFixed(2)]); }
}
return {combinations: Object.keys(seen).length, bad: bad};
"""


def shown(browser: Any, selector: str) -> list[str]:
    """Return the texts of what is on the page and not hidden by a filter, whether it is opened or not."""
    script = (
        "return Array.from(document.querySelectorAll(arguments[0])).filter(e => "
        "!e.closest('[hidden]')).map(e => e.textContent.trim())"
    )
    found: list[str] = browser.run(script, selector)
    return found


def clauses(browser: Any) -> list[str]:
    """Return the verdicts of the rows of clauses that are not hidden."""
    found: list[str] = browser.run(
        "return Array.from(document.querySelectorAll('.clause')).filter(e => "
        "!e.closest('[hidden]')).map(e => e.dataset.v)"
    )
    return found


def is_in_view(browser: Any, element: Any) -> bool:
    script = (
        "var r = arguments[0].getBoundingClientRect(); return r.height > 0 && r.bottom > 0 && "
        "r.top < innerHeight"
    )
    return bool(browser.until(lambda: browser.run(script, element)))


def test_the_top_says_whether_to_release_and_what_to_look_at_first(browser: Any, page: Path) -> None:
    browser.open(page)
    assert browser.one("h1").text.startswith("Do not release: ")
    assert browser.one("h1").text.endswith(" clauses fail at telnyx")
    words = {
        card.find_element("css selector", "h3").text: card.find_element("css selector", ".word").text
        for card in browser.all(".card")
    }
    assert words["telnyx"] == "breaks its contract"
    assert words["carrierx"] == "keeps its contract"
    assert browser.all("#next li")[0].text.startswith(LIMIT)
    assert is_in_view(browser, browser.all("#next li")[0])
    assert browser.driver.get_log("browser") == []


def test_a_click_on_the_first_thing_to_do_shows_its_finding(browser: Any, page: Path) -> None:
    browser.open(page)
    browser.all("#next a")[0].click()
    finding = browser.run("return document.getElementById(arguments[0])", LIMIT)
    assert is_in_view(browser, finding)
    assert {mark.text for mark in finding.find_elements("css selector", "mark")} == {
        '"max_participants": 51',
        "status 200",
    }
    assert "--data-binary '{\"max_participants\":51}'" in finding.text
    assert "Telnyx: Update a room, Body, max_participants" in finding.text


def test_a_sequence_is_shown_as_numbered_steps(browser: Any, page: Path) -> None:
    browser.open(page, "#telnyx.update-room.behaviour.enable_recording.unchanged")
    steps = shown(browser, "[id$='enable_recording.unchanged'] .steps > li > details > summary")
    assert len(steps) > 1
    assert [step.partition(":")[0] for step in steps] == [
        f"Step {number}" for number in range(1, len(steps) + 1)
    ]


@pytest.mark.parametrize("verdict", ["fail", "unexercised", "pass"])
def test_the_filter_by_verdict(verdict: str, browser: Any, page: Path) -> None:
    browser.open(page)
    everything = len(clauses(browser))
    for box in browser.all("#filters [name=v]"):
        if box.get_attribute("value") != verdict:
            box.find_element("xpath", "..").click()
    left = clauses(browser)
    assert 0 < len(left) < everything
    assert all(verdict in words.split() for words in left)
    browser.one("#filters [type=reset]").click()
    assert browser.until(lambda: len(clauses(browser)) == everything)


def test_the_filters_by_level_provider_and_text(browser: Any, page: Path) -> None:
    browser.open(page)
    total = browser.one("#filters output").text
    browser.one("#filters [name=p] option:nth-child(2)").click()
    assert browser.until(lambda: shown(browser, ".heads [data-c]") == ["telnyx"])
    assert set(shown(browser, ".finding summary code")) == set(
        shown(browser, ".finding[data-p=telnyx] summary code")
    )
    browser.one("#filters [name=t]").send_keys("max_participants maximum")
    assert browser.until(lambda: shown(browser, ".finding summary code") == [LIMIT])
    assert set(shown(browser, ".field > summary code")) == {"max_participants", "data.max_participants"}
    (level,) = [option for option in browser.all("#filters [name=l] option") if option.text == "sample"]
    level.click()
    assert shown(browser, ".finding summary code") == []
    assert [line.is_displayed() for line in browser.all(".nothing")] == [True]
    assert browser.one("#filters output").text != total
    assert "clauses" in total


@pytest.mark.parametrize("clause", [LIMIT, CALM])
def test_a_deep_link_opens_and_shows_its_clause(clause: str, browser: Any, page: Path) -> None:
    browser.open(page, f"#{clause}")
    target = browser.run("return document.getElementById(arguments[0])", clause)
    assert is_in_view(browser, target)
    assert browser.run("return document.activeElement === arguments[0]", target)


def test_a_deep_link_shows_its_clause_through_filters(browser: Any, page: Path) -> None:
    browser.open(page)
    browser.one("#filters [name=t]").send_keys("no clause has this text")
    assert browser.until(lambda: clauses(browser) == [])
    browser.run("location.hash = arguments[0]", CALM)
    assert browser.until(lambda: len(clauses(browser)) > 500)
    assert is_in_view(browser, browser.run("return document.getElementById(arguments[0])", CALM))


def test_every_clause_of_the_reports_has_exactly_one_anchor(
    browser: Any, page: Path, right: Any, wrong: Any
) -> None:
    browser.open(page)
    nodes = [*wrong["providers"], *(node for node in right["providers"] if node["provider"] != "telnyx")]
    ids = [clause["id"] for node in nodes for clause in node["clauses"]]
    counts = browser.run(
        "return arguments[0].map(id => document.querySelectorAll('[id=\"' + id + '\"]').length)", ids
    )
    assert set(counts) == {1}
    dead = (
        "return Array.from(document.links).filter(a => a.rel != 'external noreferrer' && "
        "!document.getElementById(decodeURIComponent(a.hash.slice(1)))).length"
    )
    assert browser.run(dead) == 0


def test_it_can_be_used_with_a_keyboard_alone(browser: Any, page: Path) -> None:
    browser.open(page)
    keys = ActionChains(browser.driver)
    keys.send_keys(Keys.TAB).perform()
    assert browser.run("return document.activeElement.textContent") == "Skip to the verdicts"
    assert browser.run("return getComputedStyle(document.activeElement).clipPath") == "none"
    keys.send_keys(Keys.ENTER).perform()
    seen = []
    for _ in range(60):
        keys.send_keys(Keys.TAB).perform()
        seen.append(
            browser.run(
                "var a = document.activeElement; return [a.tagName, a.name || a.className || '', "
                "getComputedStyle(a).outlineStyle]"
            )
        )
        if seen[-1][0] == "SUMMARY":
            break
    assert {"A", "INPUT", "SELECT", "BUTTON", "SUMMARY"} <= {tag for tag, _, _ in seen}
    # The boxes of chips are drawn by their labels, which get the outline in their place.
    assert [name for tag, name, outline in seen if outline == "none" and (tag, name) != ("INPUT", "v")] == []
    summary = browser.driver.switch_to.active_element
    was_open = browser.run("return arguments[0].parentElement.open", summary)
    keys.send_keys(Keys.ENTER).perform()
    assert browser.until(
        lambda: browser.run("return arguments[0].parentElement.open", summary) is not was_open
    )


def test_who_goes_on_before_the_browser_tells_of_the_new_address_is_not_pulled_back(
    browser: Any, page: Path
) -> None:
    browser.open(page, "#main")
    assert browser.run("return document.activeElement.id") == "main"
    ActionChains(browser.driver).send_keys(Keys.TAB).perform()
    reached = browser.driver.switch_to.active_element
    assert reached.tag_name == "a"
    browser.run("dispatchEvent(new HashChangeEvent('hashchange'))")
    assert browser.driver.switch_to.active_element == reached


def test_a_screen_reader_finds_its_way(browser: Any, page: Path) -> None:
    browser.open(page)
    assert browser.run("return document.documentElement.lang") == "en"
    levels = browser.run(
        "return Array.from(document.querySelectorAll('h1, h2, h3, h4, h5')).map(h => Number(h.tagName[1]))"
    )
    assert levels.count(1) == 1
    unnamed = browser.run(
        "return Array.from(document.querySelectorAll('a, button, summary, input, select')).filter("
        "e => !(e.textContent.trim() || (e.labels && e.labels[0] && e.labels[0].textContent.trim()))).length"
    )
    assert unnamed == 0
    # No verdict is told by colour alone: the word stands in each cell.
    cells = browser.run(
        "return Array.from(document.querySelectorAll('.matrix .c')).map(c => [c.className, c.textContent])"
    )
    assert all(text.endswith(name.split()[1]) for name, text in cells)
    assert browser.run(
        "return Array.from(document.querySelectorAll('svg.map')).every(s => "
        "s.getAttribute('aria-label').length > 20)"
    )


@pytest.mark.parametrize("which", ["page", "trend"])
def test_on_a_phone_the_page_does_not_scroll_sideways(
    which: str, browser: Any, request: pytest.FixtureRequest
) -> None:
    browser.size(390, 844)
    browser.open(request.getfixturevalue(which))
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert browser.run("return document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_has_enough_contrast(dark: bool, browser: Any, page: Path) -> None:
    browser.media(dark=dark)
    browser.open(page)
    background = browser.run("return getComputedStyle(document.documentElement).backgroundColor")
    assert (background == "rgb(255, 255, 255)") is not dark
    found = browser.run(CONTRAST)
    assert found["bad"] == []
    assert found["combinations"] > 20


def test_on_paper_the_verdicts_and_the_fails_are_there_and_the_controls_are_not(
    browser: Any, page: Path
) -> None:
    browser.open(page)
    browser.media(dark=True, kind="print")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert not browser.one("#filters").is_displayed()
    assert (
        browser.run("return getComputedStyle(document.documentElement).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    assert browser.run("return Array.from(document.querySelectorAll('.finding.fail')).every(f => f.open)")
    pdf = browser.driver.execute_cdp_cmd("Page.printToPDF", {})
    assert len(pdf["data"]) > 20_000


def test_without_scripts_everything_can_be_read(browser: Any, page: Path) -> None:
    browser.without_scripts()
    browser.open(page, f"#{LIMIT}")
    assert not browser.one("#filters").is_displayed()
    assert browser.one("h1").is_displayed()
    closed = next(part for part in browser.all(".field") if part.get_attribute("open") is None)
    closed.find_element("css selector", "summary").click()
    assert closed.find_element("css selector", ".clause").is_displayed()


def test_limits_that_are_not_kept_are_seen_at_a_glance(browser: Any, page: Path) -> None:
    browser.open(page)
    first = browser.all(".strip")[0]
    assert "max_participants" in first.text
    assert "documented 2 to 50: accepts 2 to 64" in first.text
    labels = [label.text for label in first.find_elements("css selector", "text.against")]
    assert labels == ["64 accepted"]
    places = browser.run(
        "var s = arguments[0].querySelector('svg'), band = s.querySelector('.band').getBoundingClientRect();"
        "return Array.from(s.querySelectorAll('.accepted.against')).every(m => "
        "m.getBoundingClientRect().left > band.right - 6)",
        first,
    )
    assert places


def test_several_runs_show_what_broke(browser: Any, trend: Path) -> None:
    browser.open(trend)
    assert [head.text for head in browser.all(".heads [data-c]")] == ["telnyx\nrun 1", "telnyx\nrun 2"]
    broke = browser.all(".turned")[0]
    assert broke.text.splitlines()[0].endswith("broke")
    assert f"{LIMIT} pass → fail" in broke.text
    assert [
        len(cell.find_elements("css selector", ".v.fail")) for cell in browser.all(".trend tbody td")
    ] == [0, 1]


def test_first_paint_does_not_wait_for_two_thousand_clauses(browser: Any, written: Any, right: Any) -> None:
    telnyx = right["providers"][3]
    many = [
        {**telnyx, "provider": name, "clauses": [
            {**telnyx["clauses"][0],
            "id": f"{name}.update-room.request.field{number}.maximum"} for number in range(500)
        ]}
        for name in ("one", "two", "three", "four")
    ]  # fmt: skip
    browser.open(written({**right, "providers": many}))
    assert browser.one("#filters output").text == "2000 clauses"
    # Rows that are closed or far away cost nothing: the browser skips them.
    skipped = browser.run(
        "return Array.from(document.querySelectorAll('.clause')).filter(c => c.checkVisibility()).length"
    )
    assert skipped == 0


def test_each_arrow_of_a_life_has_its_sign_and_leads_to_its_operation(browser: Any, page: Path) -> None:
    browser.open(page)
    arrows = browser.all(".life .arrow")
    assert len(arrows) > 5
    for arrow in arrows:
        verdict = arrow.get_attribute("class").split()[1]
        assert SIGNS[Verdict(verdict)] in arrow.text
        assert verdict in arrow.get_attribute("aria-label")
    assert browser.run(
        "return Array.from(document.querySelectorAll('.life a')).every("
        "a => document.getElementById(a.getAttribute('href').slice(1)).closest('.group'))"
    )
    wrong = next(arrow for arrow in arrows if "fail" in arrow.get_attribute("class"))
    wrong.click()
    target = browser.one(f"[id='{browser.run('return location.hash')[1:]}']")
    assert target.is_displayed()
    assert browser.until(
        lambda: 0 <= browser.run("return arguments[0].getBoundingClientRect().top", target) < 900
    )
