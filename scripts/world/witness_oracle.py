"""Runs worlds of witnesses: each with every record, then without single ones, and asks who read what was dropped."""

import json
import pathlib
import shutil
import tempfile
from collections import Counter

from .scene import Scene
from .witness_checks import WitnessChecker

LOSSES = 3


class Outcome:
    """What came of one world."""

    def __init__(self, title):
        self.title, self.runs, self.claims, self.provable, self.found, self.false = title, 0, Counter(), Counter(), Counter(), []

    def take(self, what, checker):
        self.runs += 1
        self.claims += checker.claims
        self.provable += checker.provable
        self.found += checker.found
        self.false += [f"[{what}] {line}" for line in checker.false]


def judge(seed, tool, keep, schema_errors, author):
    folder = tempfile.mkdtemp(prefix=f"pushtrail-witnesses-{seed}-")
    try:
        scene = Scene(seed, folder, author)
        outcome = Outcome(scene.title)
        for lost, unread in [((), ()), *scene.losses(LOSSES)]:
            what = f"without {', '.join([*lost, *unread])}" if lost or unread else "every record"
            checked = check(scene, tool, lost, unread, what, outcome, schema_errors)
            if checked is not None and not lost and not unread:
                ask(scene, tool, checked, outcome)
        return outcome
    finally:
        if keep:
            target = pathlib.Path(keep, str(seed))
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(folder, target, symlinks=True)
        shutil.rmtree(folder, ignore_errors=True)


def check(scene, tool, lost, unread, what, outcome, schema_errors):
    view = scene.see(lost, unread)
    result = scene.report(tool)
    if result.returncode not in (0, 1, 3):
        outcome.runs += 1
        if not (result.returncode == 2 and not view.logged and "no record" in result.stderr):
            outcome.false.append(f"[{what}] exit code {result.returncode}: {result.stderr.strip()[:300]}")
        return None
    document = json.loads(result.stdout)
    checker = WitnessChecker(view, document, result.returncode)
    run(checker, checker.run)
    checker.false += schema_errors(document)
    outcome.take(what, checker)
    return checker


def run(checker, act):
    try:
        act()
    except (KeyError, StopIteration, TypeError, ValueError) as error:
        # A field that must be there is not, or names what never was: the report is wrong, not only unread.
        checker.false.append(f"unreadable claim: {error!r}")


def ask(scene, tool, checked, outcome):
    """`git pushtrail exposure COMMIT`, with everybody and without the reads of one principal."""
    names = [read.actor["name"] for read in checked.view.reads]
    for place, commit in enumerate(checked.exposed_commits()):
        for excluded in [None, max(set(names), key=lambda name: (names.count(name), name))] if names and place == 0 else [None]:
            words = ["--exclude-principal", excluded] if excluded else []
            result = scene.run(tool, "exposure", commit, "--format", "json", *words)
            what = f"exposure {commit[:12]}{f' without {excluded}' if excluded else ''}"
            checker = WitnessChecker(checked.view, checked.report, checked.status)
            if result.returncode not in (0, 1, 3):
                checker.false.append(f"exit code {result.returncode}: {result.stderr.strip()[:300]}")
            else:
                run(checker, lambda: checker.exposure(commit, json.loads(result.stdout), excluded))
            outcome.take(what, checker)


def print_figures(outcomes, seconds):
    claims, provable, found = Counter(), Counter(), Counter()
    for outcome in outcomes:
        claims += outcome.claims
        provable += outcome.provable
        found += outcome.found
    false = [line for outcome in outcomes for line in outcome.false]
    must = {kind for kind in provable if "need not" not in kind}
    all_provable, all_found = sum(provable[kind] for kind in must), sum(found[kind] for kind in must)
    print(f"{len(outcomes)} worlds of witnesses, {sum(outcome.runs for outcome in outcomes)} reports and answers, "
          f"{sum(claims.values())} claims, {len(false) - all_provable + all_found} false; {all_found} found of {all_provable} "
          f"provable; {seconds:.0f} s")
    for kind, number in sorted(claims.items()):
        print(f"  {number:7} {kind}")
    print("found of provable:")
    for kind, number in sorted(provable.items()):
        print(f"  {found[kind]:7} of {number:5} {kind}")
