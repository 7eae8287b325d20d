"""Times keyslip on any repository and, when it is on the PATH, Kingfisher beside it: in turn, as ratios.

    python benchmarks/compare.py REPOSITORY [--runs 5]

Machines are noisy and drift: the runs alternate, and the figure to quote is the median of the ratios of neighbouring
runs. The first run of each warms the file cache and has its memory sampled, which slows it, so its time does not count.
Peak memory is the largest proportional set size (a page shared by n processes counts as one n-th) of the whole
process tree, sampled from /proc; elsewhere it is left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

SAMPLES_A_SECOND = 10


@dataclass(frozen=True)
class Run:
    """One finished run: wall-clock and processor seconds, and peak memory in MiB (0 where it cannot be told)."""

    wall: float
    cpu: float
    memory: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    repository = str(options.repository.resolve())
    keyslip = [sys.executable, "-m", "keyslip", "scan", repository, "--fail-on", "none", "-q"]
    contests = {
        "with attribution, against its default": (keyslip, []),
        "without attribution, against its --turbo": ([*keyslip, "--no-attribution"], ["--turbo"]),
    }
    kingfisher = shutil.which("kingfisher")
    for name, (ours, extra) in contests.items():
        theirs = kingfisher and [kingfisher, "scan", repository, "--no-validate", "--no-update-check", *extra]
        contest(name, ours, theirs or None, options.runs)


def contest(name: str, ours: list[str], theirs: list[str] | None, runs: int) -> None:
    """Runs both in turn and prints medians; the first run of each only warms the file cache."""
    mine, other = [], []
    for number in range(runs + 1):
        mine.append(run([*ours, "-f", "json"], sampled=number == 0))
        if theirs:
            other.append(run([*theirs, "--format", "json"], sampled=number == 0))
    print(name)
    show("keyslip", mine)
    if theirs:
        show("kingfisher", other)
        ratios = [b.wall / a.wall for a, b in zip(mine[1:], other[1:], strict=True)]
        print(f"  keyslip is {statistics.median(ratios):.2f} times as fast ({min(ratios):.2f} to {max(ratios):.2f})")


def show(name: str, runs: list[Run]) -> None:
    """Medians of the timed runs; the memory of the first, which was sampled and not timed."""
    wall, cpu = (statistics.median(getattr(each, field) for each in runs[1:]) for field in ("wall", "cpu"))
    print(f"  {name:<11} {wall:7.2f} s wall  {cpu:7.2f} s processor  {runs[0].memory:6.0f} MiB")


def run(command: list[str], sampled: bool) -> Run:
    """Runs a command to its end, its output into an unnamed file."""
    with tempfile.TemporaryFile() as output:
        before = os.times()
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        peak = Peak(process.pid) if sampled else None
        process.wait()
        wall = time.perf_counter() - started
        after = os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return Run(wall, cpu, peak.stop() / 1024 if peak else 0.0)


class Peak:
    """Samples the memory of a process and all below it, in KiB."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._stop.set()
        self._thread.join()
        return self._peak

    def _sample(self) -> None:
        while not self._stop.wait(1 / SAMPLES_A_SECOND):
            self._peak = max(self._peak, sum(map(proportional_set, tree(self._pid))))


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    found, pending = [], [pid]
    while pending:
        each = pending.pop()
        found.append(each)
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                pending += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def proportional_set(pid: int) -> int:
    """KiB that a process is charged with; 0 when it has gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    main()
