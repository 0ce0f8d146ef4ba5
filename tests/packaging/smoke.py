"""Build sdist and wheel, install the wheel into an empty environment, and run the command from another
folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command, show it, and return what it printed; an exit code other than 0 ends the smoke test."""
    words = [str(word) for word in command]
    print("$", *words, flush=True)
    # A path to modules would let the checkout response in place of the wheel.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}exit code {done.returncode}")
    return done.stdout


def main() -> None:
    """Do it all in a temporary folder. `build` makes the wheel from the sdist, so an incomplete sdist
    shows.
    """
    with tempfile.TemporaryDirectory(prefix="roomproof-smoke-") as name:
        folder = Path(name)
        run(sys.executable, "-m", "build", "--outdir", folder / "dist", ROOT, cwd=folder)
        (wheel,) = (folder / "dist").glob("*.whl")
        (sdist,) = (folder / "dist").glob("*.tar.gz")
        print(
            f"{sdist.name} {sdist.stat().st_size} bytes, {wheel.name} {wheel.stat().st_size} bytes",
            flush=True,
        )

        venv.create(folder / "venv", with_pip=True)
        scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        run(scripts / "python", "-m", "pip", "install", "--quiet", wheel, cwd=folder)
        elsewhere = folder / "elsewhere"
        elsewhere.mkdir()

        print(run(scripts / "roomproof", "--version", cwd=elsewhere), end="")
        clauses = json.loads(run(scripts / "roomproof", "clauses", "--json", cwd=elsewhere))
        print(
            f"{len(clauses)} clauses of {len({clause['id'].split('.')[0] for clause in clauses})} providers"
        )
        verified = run(
            scripts / "roomproof",
            "verify",
            "telnyx",
            "--max-examples",
            "5",
            "--html",
            "report.html",
            cwd=elsewhere,
        )
        print(verified.splitlines()[0], *verified.splitlines()[-2:], sep="\n")
        if "</html>" not in (elsewhere / "report.html").read_text(encoding="utf-8"):
            sys.exit("roomproof verify --html wrote no page: the wheel lacks its template")
        run(scripts / "roomproof", "init", "mine", cwd=elsewhere)
        if not (elsewhere / "mine" / "openapi.yaml").is_file():
            sys.exit("roomproof init wrote no contract: the wheel lacks its templates")


if __name__ == "__main__":
    main()
