"""Renew the pictures in README: `python tests/reports/html/images.py`, with Chromium and chromedriver on the
machine.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE))

from browser import Browser, browser  # noqa: E402 - beside this file, which is no package
from serving import serving  # noqa: E402

from roomproof.api import verify  # noqa: E402
from roomproof.json_data import as_json  # noqa: E402
from roomproof.providers import find_fault, find_mock  # noqa: E402
from roomproof.report.document import Report, report_from  # noqa: E402
from roomproof.reports.html import html  # noqa: E402

FAULTS = {
    "telnyx": ("max-64", "recording-reset"),
    "azure": ("window-of-90-days",),
    "signalwire": ("members-0",),
    "carrierx": (),
}
SEQUENCE = "telnyx.update-room.behaviour.enable_recording.unchanged"


def page(path: Path) -> None:
    """Write a page about four providers, three of which are wrong."""
    told: Report | None = None
    providers: list[object] = []
    for provider, faults in FAULTS.items():
        mock = find_mock(provider)
        app = mock.build()
        for fault in faults:
            app = find_fault(provider, fault).around(app)
        with serving(app) as origin:
            # Strict, so that the picture has a finding of several steps: what an update leaves alone is the
            # word of a standard.
            told = verify(
                provider,
                base_url=origin + mock.prefix,
                room_id=mock.room_id,
                environment=mock.environment,
                strict=True,
            )
        providers += json.loads(as_json(told).replace(origin, "https://staging.example.com"))["providers"]
    whole = report_from({**json.loads(as_json(told)), "providers": providers})
    path.write_text(html([whole]), encoding="utf-8")


def picture(
    shown: Browser, name: str, selector: str, height: int, *, dark: bool = False, width: int = 1100
) -> None:
    """Write docs/images/NAME.png: so much of the page from an element on."""
    shown.media(dark=dark)
    shown.size(width, height)
    shown.run("document.getElementById('filters').style.position = 'static'")
    shown.run(
        "scrollTo(0, document.querySelector(arguments[0]).getBoundingClientRect().top + scrollY - 12)",
        selector,
    )
    path = ROOT / "docs" / "images" / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    shown.picture(path)
    print(path.relative_to(ROOT), path.stat().st_size, "bytes")


def main() -> None:
    """Write every picture."""
    with tempfile.TemporaryDirectory() as folder, browser() as shown:
        path = Path(folder) / "report.html"
        page(path)
        shown.plain()
        shown.open(path)
        picture(shown, "report", "body", 620)
        picture(shown, "boundaries", "#boundaries", 420, dark=True)
        shown.open(path, f"#{SEQUENCE}")
        picture(shown, "finding", f".finding:has([id='{SEQUENCE}'])", 640)


if __name__ == "__main__":
    main()
