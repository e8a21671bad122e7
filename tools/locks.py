"""Keeps the locked requirements in step with pyproject.toml, with hashes and without addresses.

Run plain, it checks; with --write it works them out anew.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "build": ["--group", "build"],
    "run": ["pyproject.toml"],
    "dev": ["pyproject.toml", "--group", "dev"],
}
ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links")


def write(name: str) -> None:
    """Resolve one lock for every supported Python."""
    subprocess.run(
        [
            sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal",
            "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url",
            "--no-emit-find-links", "--no-annotate", "--no-header", *LOCKS[name],
            "-o", f"requirements/{name}.txt",
        ],
        cwd=ROOT,
        check=True,
    )  # fmt: skip


def _names(requirements: list[str]) -> set[str]:
    found = (re.match(r"[A-Za-z0-9._-]+", line) for line in requirements)
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in found if match}


def problems() -> list[str]:
    """What is wrong with the locks: an address, or a dependency that none of them pins."""
    found = [
        f"requirements/{name}.txt names an address"
        for name in LOCKS
        if ADDRESS.search((ROOT / "requirements" / f"{name}.txt").read_text())
    ]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    wanted = {
        "build": _names(groups["build"]),
        "run": _names(project["project"]["dependencies"]),
        "dev": _names([line for line in groups["dev"] if isinstance(line, str)]),
    }
    for name, names in wanted.items():
        pinned = _names((ROOT / "requirements" / f"{name}.txt").read_text().splitlines())
        found += [f"requirements/{name}.txt does not pin {one}" for one in sorted(names - pinned)]
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    found += [
        f"package-lock.json: {key} has an address"
        for key, one in packages.items()
        if "resolved" in one
    ]
    return found


def main() -> int:
    """Write the locks when asked, then check them."""
    if "--write" in sys.argv:
        for name in LOCKS:
            write(name)
    found = problems()
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
