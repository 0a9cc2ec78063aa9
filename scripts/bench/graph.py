"""`scripts/benchmark graph`: what a large history with many pushes costs, beside git's own walk over the same history."""

import pathlib
import random
import shutil
import subprocess
import tempfile
import time

from . import check, timing
from .history import Shape, git, make

CORRELATION = ("graph", "judgement")


def add_arguments(parser):
    parser.add_argument("--sizes", default="60000,300000,1000000", help="commits of each history")
    parser.add_argument("--pushes", type=int, default=50_000)
    parser.add_argument("--branches", type=int, default=500, help="branches alive at a time")
    parser.add_argument("--forced", type=float, default=0.02, help="the part of the pushes that is forced")
    parser.add_argument("--tags", type=int, default=0, help="tags that are pushed, a thousand at a time")
    parser.add_argument("--wide", type=int, default=0, help="branches that one push makes, and one deletes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sample", type=int, default=2000, help="updates that --check asks git about")
    parser.add_argument("--script-sample", type=int, default=100, help="pushes that the script is timed on")
    parser.add_argument("--check", action="store_true", help="hold the report against git's own answers instead")


def run(arguments, binary, folder):
    """Returns what was measured, for --json; with --check, what differed."""
    results = []
    for size in (int(text) for text in arguments.sizes.split(",")):
        shape = Shape(size, arguments.pushes, arguments.branches, arguments.forced, arguments.seed, arguments.tags,
                      arguments.wide)
        world = make(shape, folder / shape.name)
        variants = {"none": world / "clone", "commit-graph": with_graph(world)}
        if arguments.check:
            oracle = check.Oracle(variants["commit-graph"])
            for name, clone in variants.items():
                found = check.run(binary, world, clone, arguments.sample, oracle)
                results.append({"size": size, "variant": name} | found)
            continue
        for name, clone in variants.items():
            results.append(measure(binary, world, clone, name, arguments))
            show(results[-1])
    if any(result.get("differences") for result in results):
        raise SystemExit(1)
    return results


def with_graph(world):
    """The same clone with the commit-graph that git writes by default; its packs are the same files."""
    clone = world / "clone-with-graph"
    if not clone.exists():
        partial = world / "clone-in-making"
        shutil.rmtree(partial, ignore_errors=True)
        subprocess.run(["cp", "-al", world / "clone", partial], check=True)
        git(partial, "commit-graph", "write", "--reachable", stderr=subprocess.DEVNULL)
        partial.rename(clone)
    return clone


def report_command(binary, world, now, listing="count", evidence=None):
    return [str(binary), "report", "--format", "json", "--commits", listing, "--now", now,
            *(evidence or ["--trail", str(world / "trail")])]


def phases(names):
    return lambda run: sum(phase["wall"] for phase in run.phases if phase["phase"] in names)


def processor(names):
    return lambda run: sum(phase["cpu"] for phase in run.phases if phase["phase"] in names)


def measure(binary, world, clone, variant, arguments):
    truth = check.Truth(world)
    command = report_command(binary, world, truth.now)
    runs = timing.in_turn(
        arguments.rounds,
        git=lambda: timing.run(["git", "rev-list", "--all", "--count"], clone),
        ours=lambda: timing.run(command, clone, expected=(0, 1, 3), keep=False))
    ours, peer = runs["ours"], runs["git"]
    pushes = len(truth.pushes)
    correlation = phases(CORRELATION)
    stored = measure_stored(binary, world, clone, arguments, truth.now)
    script = time_script(clone, truth, arguments.script_sample)
    anonymous = max(phase["anonymous"] for run in ours for phase in run.phases)
    result = {
        "variant": variant, "commits": truth.commits, "pushes": pushes, "rounds": arguments.rounds,
        "git": {"wall": timing.median(peer, lambda run: run.wall), "cpu": timing.median(peer, lambda run: run.cpu),
                "peak": timing.median(peer, lambda run: run.peak)},
        "phases": {phase["phase"]: {
            "wall": timing.median(ours, phases([phase["phase"]])), "cpu": timing.median(ours, processor([phase["phase"]]))}
            for phase in ours[0].phases},
        "whole": {"wall": timing.median(ours, lambda run: run.wall), "cpu": timing.median(ours, lambda run: run.cpu),
                  "peak": timing.median(ours, lambda run: run.peak), "anonymous": anonymous},
        "stored": stored,
        "correlation": {
            "wall": timing.median(ours, correlation), "toGit": timing.ratio(ours, peer, correlation, lambda run: run.wall),
            "cpuToGit": timing.ratio(ours, peer, processor(CORRELATION), lambda run: run.cpu),
            "microsecondsPerPush": timing.median(ours, phases(["judgement"])) / pushes * 1e6},
        "script": {"millisecondsPerPush": script * 1e3, "scaled": script * pushes,
                   "timesSlower": script * pushes / timing.median(ours, correlation)},
        "bytesBeyondBudget": anonymous - 150 * truth.commits - 2048 * pushes,
    }
    return result


def measure_stored(binary, world, clone, arguments, now):
    """The report from a ledger into which the trail was imported, beside git's walk, in turns of their own."""
    with tempfile.TemporaryDirectory(dir=world) as folder:
        ledger = ["--ledger", f"{folder}/ledger"]
        timing.run([str(binary), "import", str(world / "trail"), *ledger], clone, keep=False)
        command = report_command(binary, world, now, evidence=ledger)
        runs = timing.in_turn(
            arguments.rounds,
            git=lambda: timing.run(["git", "rev-list", "--all", "--count"], clone),
            ours=lambda: timing.run(command, clone, expected=(0, 1, 3), keep=False))
    ours, peer = runs["ours"], runs["git"]
    return {"wall": timing.median(ours, lambda run: run.wall), "cpu": timing.median(ours, lambda run: run.cpu),
            "peak": timing.median(ours, lambda run: run.peak), "trail": timing.median(ours, phases(["trail"])),
            "toGit": timing.ratio(ours, peer, lambda run: run.wall),
            "cpuToGit": timing.ratio(ours, peer, lambda run: run.cpu)}


def time_script(clone, truth, sample):
    """What one would write: three commands a push. Seconds a push."""
    pairs = [(before, after) for _, updates in truth.pushes for _, before, after in updates if before and after]
    chosen = random.Random(7).sample(pairs, min(sample, len(pairs)))
    start = time.monotonic()
    for before, after in chosen:
        for command in (["merge-base", "--is-ancestor", before, after], ["rev-list", "--count", f"{before}..{after}"],
                        ["rev-list", "--count", f"{after}..{before}"]):
            subprocess.run(["git", *command], cwd=clone, env=timing.environment(), stdout=subprocess.DEVNULL, check=False)
    return (time.monotonic() - start) / max(1, len(chosen))


def show(result):
    print(f"\n{result['commits']} commits, {result['pushes']} pushes, commit-graph: "
          f"{'as git writes it' if result['variant'] != 'none' else 'none'}; medians of {result['rounds']} runs in turn")
    whole, peer = result["whole"], result["git"]

    def row(name, value, peak=""):
        return [name, f"{value['wall']:.3f}", f"{value['cpu']:.3f}", peak, f"{value['wall'] / peer['wall']:.2f}",
                f"{value['cpu'] / peer['cpu']:.2f}"]

    rows = [row("git rev-list --all --count", peer, f"{int(peer['peak']) >> 20}")]
    rows += [row(f"  {name}", value) for name, value in result["phases"].items()]
    rows.append(row("git pushtrail report, whole", whole, f"{int(whole['peak']) >> 20}"))
    stored = result["stored"]
    rows.append(["report from the imported ledger, whole", f"{stored['wall']:.3f}", f"{stored['cpu']:.3f}",
                 f"{int(stored['peak']) >> 20}", f"{stored['toGit']:.2f}", f"{stored['cpuToGit']:.2f}"])
    timing.table(["", "wall s", "cpu s", "peak MiB", "x git", "x git cpu"], rows)
    correlation, script = result["correlation"], result["script"]
    print(f"graph and judgement: {correlation['toGit']:.2f} x git, {correlation['cpuToGit']:.2f} x its processor time; "
          f"{correlation['microsecondsPerPush']:.1f} us a push judged")
    print(f"the script: {script['millisecondsPerPush']:.1f} ms a push, {script['scaled']:.0f} s in all: "
          f"{script['timesSlower']:.0f} times slower")
    beyond = result["bytesBeyondBudget"] / 2**20
    print(f"own memory: {int(whole['anonymous']) >> 20} MiB, {abs(beyond):.0f} MiB {'above' if beyond > 0 else 'below'} "
          "150 bytes a commit + 2 KiB a push")
