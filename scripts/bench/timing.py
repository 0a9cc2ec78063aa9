"""Runs commands one after the other and measures each: wall clock, processor time of all its threads, peak memory."""

import json
import os
import statistics
import subprocess
import tempfile
import time


class Run:
    """One run of one command."""

    def __init__(self, wall, cpu, peak, phases, output, start=0):
        self.wall, self.cpu, self.peak, self.phases, self.output = wall, cpu, peak, phases, output
        self.start = start


def environment(**more):
    """Nothing of the user's own configuration."""
    return dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1", LC_ALL="C", TZ="UTC", **more)


def run(command, folder, expected=(0,), keep=True, stdin=None):
    """Runs it to its end. Lines of JSON on standard error are the phases that git-pushtrail tells of itself."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env=environment(PUSHTRAIL_TRACE="1"), stdin=stdin or subprocess.DEVNULL,
            stdout=output if keep else subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read().decode(errors="replace")
        if process.returncode not in expected:
            raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}\n{said[-2000:]}")
        output.seek(0)
        phases = [json.loads(line) for line in said.splitlines() if line.startswith('{"phase"')]
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, phases, output.read(), start)


def in_turn(rounds, **contenders):
    """Runs each contender once a round, one after the other, after a round that does not count: {name: [Run]}."""
    results = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, contender in contenders.items():
            result = contender()
            if number > 0:
                results[name].append(result)
    return results


def median(runs, value):
    return statistics.median(value(run) for run in runs)


def ratio(runs, others, value, other=None):
    """The median of the ratios of paired runs."""
    return statistics.median(value(one) / (other or value)(two) for one, two in zip(runs, others))


def table(head, rows):
    """Columns wide enough for what they hold; numbers to the right."""
    cells = [head] + [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        print("  ".join(cell.ljust(width) if column == 0 else cell.rjust(width)
                        for column, (cell, width) in enumerate(zip(row, widths))).rstrip())
