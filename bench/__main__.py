"""Runs every benchmark in a process of its own and prints one table.

`python -m bench [NAME …]` runs those named. A benchmark is a module of this package with
`figures() -> Iterator[Figure]`; it says which real or generated town it measures, and yields each
figure as soon as it is known. Absolute times belong to the machine of the run; the ratio to the
reference beside them is what compares between runs.
"""

from __future__ import annotations

import os
import pkgutil
import platform
import subprocess
import sys
import tempfile
import time

import bench

TIME_LIMIT_S = 1_200


def names() -> list[str]:
    """Every benchmark there is, in order of its name."""
    found = (module.name for module in pkgutil.iter_modules(bench.__path__) if not module.ispkg)
    return sorted(name for name in found if name not in ("__main__", "figure"))


def main() -> int:
    """Run what was asked for; leave with 1 when a benchmark failed."""
    wanted = sys.argv[1:] or names()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    print(f"{'figure':<58} {'measured':>14} {'asked':>12}  reference of the same run", flush=True)
    failed = []
    for name in wanted:
        began = time.monotonic()
        print(f"-- {name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="hereabouts-bench-") as home:
            environment = {**os.environ, "HEREABOUTS_HOME": home}
            done = subprocess.run(
                [sys.executable, "-m", "bench.figure", name],
                env=environment,
                timeout=TIME_LIMIT_S,
                check=False,
            )
        if done.returncode:
            failed.append(name)
        print(f"   ({time.monotonic() - began:.0f} s)", flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
