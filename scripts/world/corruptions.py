"""Shows that the checks can fail: right reports are made wrong on purpose, and each wrong must be caught.

A corruption changes one thing of a report that passed, and says whether it found anything to change; it is tried in one
world after another until it did. It is caught when the checks then find something false. One that was not caught, or
fewer than 25 that were, fail the self-test.
"""

import copy
import json
import shutil
import tempfile
from collections import Counter

from world.checks import Checker

SEEDS = range(1, 400)
WORLDS = 60  # right reports to corrupt; fewer when everything was caught before
ELSEWHERE = "0123456789abcdef0123456789abcdef01234567"


class Case:
    """A right report, and what is true of its world."""

    def __init__(self, truth, view, report, status):
        self.truth, self.view, self.report, self.status = truth, view, report, status

    def fresh(self):
        return Case(self.truth, self.view, copy.deepcopy(self.report), self.status)

    def updates(self):
        return [(push, update) for push in self.report["pushes"] for update in push["updates"]]

    def real(self, push, update):
        return self.truth.update(push["eventID"], update["ref"])

    def name(self, number):
        return None if number is None else self.truth.ids[number]

    def count_again(self):
        """The summary agrees with the corrupted report: it must be caught by what it says, not by a wrong sum."""
        summary, updates = self.report["summary"], [update for _, update in self.updates()]
        summary["pushes"], summary["updates"] = len(self.report["pushes"]), len(updates)
        summary["byTransition"] = dict(Counter(update["transition"] for update in updates))
        summary["byVerdict"] = dict(Counter(update["verdict"] for update in updates if "verdict" in update))
        summary["byRule"] = dict(Counter(finding["rule"] for finding in self.report["findings"]))


CORRUPTIONS = []


def corruption(function):
    CORRUPTIONS.append(function)
    return function


def first(case, wanted, change):
    """Changes the first update that is wanted."""
    for push, update in case.updates():
        if wanted(push, update):
            change(push, update)
            return True
    return False


def set_to(field, value):
    return lambda push, update: update.__setitem__(field, value)


def is_branch(update):
    return update["ref"].startswith("refs/heads/")


def accuse(case, push, update, transition):
    """Says a transition with the finding that belongs to it."""
    update["transition"] = transition
    update.pop("reason", None)
    update["proof"] = "graph"
    rule = "tag-moved" if update["ref"].startswith("refs/tags/") else "force-push"
    case.report["findings"].append({"rule": rule, "severity": "warning", "message": "made up", "ref": update["ref"],
                                    "eventID": push["eventID"], "commits": [], "evidence": []})


# Transitions


@corruption
def fast_forward_called_forced(case):
    return first(case, lambda _, update: update["transition"] == "fast-forward",
                 lambda push, update: accuse(case, push, update, "forced"))


@corruption
def created_called_forced(case):
    return first(case, lambda _, update: update["transition"] == "created",
                 lambda push, update: accuse(case, push, update, "forced"))


@corruption
def unchanged_called_forced(case):
    return first(case, lambda _, update: update["transition"] == "unchanged",
                 lambda push, update: accuse(case, push, update, "forced"))


@corruption
def unknown_called_forced(case):
    """An unknown that truly was no force push."""

    def wanted(push, update):
        real = case.real(push, update)
        old, new = case.name(real.old), case.name(real.new)
        return update["transition"] == "unknown" and is_branch(update) and not (
            real.landed and old and new and case.truth.lacks(old, update["ref"], new)) and not case.view.lost

    return first(case, wanted, lambda push, update: accuse(case, push, update, "forced"))


@corruption
def unknown_called_deleted(case):
    return first(case, lambda push, update: update["transition"] == "unknown" and not case.view.lost
                 and case.real(push, update).new is not None, set_to("transition", "deleted"))


@corruption
def fast_forward_called_deleted(case):
    return first(case, lambda _, update: update["transition"] == "fast-forward" and not case.view.lost,
                 set_to("transition", "deleted"))


@corruption
def forced_called_fast_forward(case):
    return first(case, lambda _, update: update["transition"] == "forced" and is_branch(update) and case.view.is_complete,
                 set_to("transition", "fast-forward"))


@corruption
def forced_called_unknown(case):
    """A report that knows less than can be proved."""

    def change(_, update):
        update["transition"], update["reason"] = "unknown", "incomplete-history"

    return first(case, lambda _, update: update["transition"] == "forced" and case.view.is_complete, change)


@corruption
def created_called_fast_forward(case):
    return first(case, lambda _, update: update["transition"] == "created" and case.view.is_complete,
                 set_to("transition", "fast-forward"))


@corruption
def transitions_swapped(case):
    if not case.view.is_complete:
        return False
    updates = [update for _, update in case.updates() if update["transition"] in ("fast-forward", "created")]
    one = next((update for update in updates if update["transition"] == "created"), None)
    other = next((update for update in updates if update["transition"] == "fast-forward"), None)
    if one is None or other is None:
        return False
    one["transition"], other["transition"] = other["transition"], one["transition"]
    return True


# Before, and landed


@corruption
def another_before(case):
    tips = [update["after"] for _, update in case.updates() if "after" in update]

    def change(_, update):
        update["before"]["tip"] = next(tip for tip in tips if tip != update["before"]["tip"])

    return first(case, lambda _, update: case.view.is_complete and update["before"].get("tip") is not None
                 and update["before"]["source"] == "ledger" and len(set(tips)) > 1, change)


@corruption
def another_told_before(case):
    def change(_, update):
        update["before"]["tip"] = update["after"]

    return first(case, lambda _, update: update["before"]["source"] == "event" and "tip" in update["before"]
                 and update.get("after") not in (None, update["before"]["tip"]), change)


@corruption
def refused_called_shown(case):
    def wanted(push, update):
        real = case.real(push, update)
        return real.new is not None and not real.landed and not case.truth.was_on(update["ref"], case.name(real.new))

    return first(case, wanted, set_to("landed", "shown"))


@corruption
def landed_called_refused(case):
    def change(_, update):
        update["landed"], update["transition"] = "no", "unchanged"
        update.pop("verdict", None)

    return first(case, lambda push, update: case.real(push, update).landed
                 and case.real(push, update).old != case.real(push, update).new, change)


# Tips and verdicts


@corruption
def tip_in_the_clone_called_absent(case):
    return first(case, lambda _, update: update["tip"] == "on-ref", set_to("tip", "absent"))


@corruption
def tip_absent_called_on_ref(case):
    return first(case, lambda _, update: update["tip"] == "absent", set_to("tip", "on-ref"))


@corruption
def tip_on_its_ref_called_unreachable(case):
    return first(case, lambda _, update: update["tip"] == "on-ref" and case.view.knows_final, set_to("tip", "unreachable"))


@corruption
def intact_called_missing(case):
    return first(case, lambda _, update: update.get("verdict") == "intact", set_to("verdict", "missing"))


@corruption
def overwritten_called_intact(case):
    return first(case, lambda _, update: update.get("verdict") == "overwritten" and case.view.knows_final,
                 set_to("verdict", "intact"))


@corruption
def intact_called_overwritten(case):
    def change(push, update):
        update["verdict"] = "overwritten"
        update["droppedBy"] = {"eventID": push["eventID"], "certainty": "exact"}

    return first(case, lambda push, update: update.get("verdict") == "intact" and "after" in update
                 and not case.view.lost and case.real(push, update).landed, change)


@corruption
def dropped_by_an_earlier_push(case):
    def change(push, update):
        update["droppedBy"]["eventID"] = push["eventID"]

    return first(case, lambda _, update: "droppedBy" in update and update["droppedBy"]["certainty"] == "exact"
                 and not case.view.lost, change)


@corruption
def dropped_by_a_later_push(case):
    pushes = [push["eventID"] for push in case.report["pushes"]]

    def wanted(_, update):
        said = update.get("droppedBy")
        return said and said["certainty"] == "exact" and not case.view.lost and pushes[-1] != said["eventID"]

    return first(case, wanted, lambda _, update: update["droppedBy"].__setitem__("eventID", pushes[-1]))


@corruption
def kept_elsewhere_called_lost(case):
    def change(push, update):
        update["verdict"], update["elsewhere"] = "overwritten", "none"
        update["droppedBy"] = {"eventID": push["eventID"], "certainty": "exact"}

    return first(case, lambda _, update: update.get("verdict") == "kept-elsewhere" and case.view.knows_final, change)


# What came and what went


@corruption
def exact_commit_moved_to_another_push(case):
    if case.view.lost:
        return False
    updates = [update for _, update in case.updates() if update.get("introduced", {}).get("commits")]
    if len(updates) < 2:
        return False
    updates[1]["introduced"]["commits"].append(updates[0]["introduced"]["commits"].pop())
    updates[0]["introduced"]["count"] -= 1
    updates[1]["introduced"]["count"] += 1
    return True


@corruption
def exact_commit_left_out(case):
    def change(_, update):
        update["introduced"]["commits"].pop()
        update["introduced"]["count"] -= 1

    return first(case, lambda push, update: case.view.is_complete and update.get("introduced", {}).get("commits")
                 and len(push["updates"]) == 1, change)


@corruption
def commit_introduced_twice(case):
    updates = [update for _, update in case.updates() if "introduced" in update]
    giver = next((update for update in updates if update["introduced"]["commits"]), None)
    taker = next((update for update in reversed(updates) if update is not giver), None)
    if giver is None or taker is None:
        return False
    taker["introduced"]["commits"].append(giver["introduced"]["commits"][0])
    taker["introduced"]["count"] += 1
    return True


@corruption
def at_or_before_called_exact(case):
    """A commit that truly was on the server before, said to be brought by this push."""

    def change(push, update):
        said = update["introduced"]
        wrong = next(commit for commit in said["atOrBeforeCommits"] if case.truth.first_seen[commit][1] != push["eventID"])
        said["atOrBeforeCommits"].remove(wrong)
        said["commits"].append(wrong)
        said["atOrBefore"] -= 1

    return first(case, lambda push, update: not case.view.lost and any(
        case.truth.first_seen[commit][1] != push["eventID"]
        for commit in update.get("introduced", {}).get("atOrBeforeCommits", [])), change)


@corruption
def introduced_count_off_by_one(case):
    return first(case, lambda _, update: "introduced" in update,
                 lambda _, update: update["introduced"].__setitem__("count", update["introduced"]["count"] + 1))


def forced_with_removed(_, update):
    return (update["transition"] == "forced" and is_branch(update) and "possible" not in update["before"]
            and update.get("removed", {}).get("commits"))


@corruption
def removed_commit_left_out(case):
    def change(_, update):
        update["removed"]["commits"].pop()
        update["removed"]["count"] -= 1

    return first(case, forced_with_removed, change)


@corruption
def removed_commit_made_another(case):
    def change(_, update):
        update["removed"]["commits"][0]["id"] = update["after"]

    return first(case, forced_with_removed, change)


@corruption
def removed_commit_that_never_was(case):
    def change(_, update):
        update["removed"]["commits"].append({"id": ELSEWHERE, "survival": "absent"})
        update["removed"]["count"] += 1

    return first(case, forced_with_removed, change)


def first_removed(case, survival, change, wanted=lambda: True):
    for _, update in case.updates():
        for commit in update.get("removed", {}).get("commits", []):
            if commit["survival"] == survival and wanted():
                change(commit)
                return True
    return False


@corruption
def surviving_commit_called_absent(case):
    return first_removed(case, "unreachable", lambda commit: commit.__setitem__("survival", "absent"))


@corruption
def unreachable_commit_called_reachable(case):
    def change(commit):
        commit["survival"], commit["refs"] = "reachable", ["refs/heads/main"]

    return first_removed(case, "unreachable", change, lambda: case.view.is_complete)


# Refs, findings, sums


@corruption
def reconciled_called_unlogged(case):
    if case.view.lost:
        return False
    for ref in case.report["refs"]:
        if ref["state"] == "reconciled":
            ref["state"] = "unlogged-update"
            return True
    return False


@corruption
def reconciled_at_another_tip(case):
    tips = {ref["seen"]["tip"] for ref in case.report["refs"] if ref.get("seen", {}).get("tip")}
    for ref in case.report["refs"]:
        if (case.view.is_current and not case.view.lost and ref["state"] == "reconciled" and ref.get("seen", {}).get("tip")
                and ref["ref"].startswith("refs/heads/") and len(tips) > 1):
            ref["seen"]["tip"] = next(tip for tip in sorted(tips) if tip != ref["seen"]["tip"])
            return True
    return False


def drop_finding(case, *rules):
    for finding in case.report["findings"]:
        if finding["rule"] in rules and finding.get("eventID"):
            case.report["findings"].remove(finding)
            return True
    return False


@corruption
def force_push_not_found(case):
    return drop_finding(case, "force-push")


@corruption
def tag_moved_not_found(case):
    return drop_finding(case, "tag-moved")


@corruption
def finding_of_missing_commits_made_up(case):
    if case.view.lost:
        return False
    case.report["findings"].append({"rule": "commits-missing", "severity": "warning", "message": "made up",
                                    "ref": "refs/heads/main", "commits": [], "evidence": []})
    return True


@corruption
def finding_of_an_unlogged_push_made_up(case):
    if case.view.lost:
        return False
    case.report["findings"].append({"rule": "unlogged-push", "severity": "warning", "message": "made up",
                                    "ref": "refs/heads/main", "commits": [], "evidence": []})
    return True


@corruption
def failure_called_pass(case):
    if case.report["summary"]["result"] != "fail":
        return False
    case.report["summary"]["result"], case.status = "pass", 0
    return True


@corruption
def exit_code_of_another_result(case):
    case.status = 0 if case.status else 3
    return True


@corruption
def push_left_out_of_the_sum(case):
    case.report["summary"]["pushes"] += 1
    return True


@corruption
def push_left_out(case):
    """A logged push that the report does not tell."""
    if not case.view.is_whole or len(case.report["pushes"]) < 2:
        return False
    case.report["pushes"].pop()
    return True


@corruption
def unreadable_file_passed_over(case):
    if not case.view.truncated:
        return False
    case.report["findings"] = [finding for finding in case.report["findings"] if finding["severity"] != "error"]
    case.report["summary"]["result"], case.status = "pass", 0
    return True


# Who, when and what, and the words beside a judgement


@corruption
def push_by_somebody_else(case):
    push = next((push for push in case.report["pushes"] if push["principal"]["name"] != "ada"), None)
    if push is None:
        return False
    push["principal"]["name"] = "ada"
    return True


@corruption
def push_at_another_time(case):
    if not case.report["pushes"]:
        return False
    case.report["pushes"][0]["time"] = "2026-03-02T00:00:01Z"
    return True


@corruption
def push_from_another_address(case):
    if not case.report["pushes"]:
        return False
    case.report["pushes"][-1]["sourceIPAddress"] = "192.0.2.1"
    return True


@corruption
def call_called_a_push(case):
    push = next((push for push in case.report["pushes"] if push["action"] != "GitPush"), None)
    if push is None:
        return False
    push["action"] = "GitPush"
    return True


@corruption
def push_of_another_tip(case):
    """Another commit of the same world, present and on a ref: only the record tells that it was not this one."""
    tips = [update["after"] for _, update in case.updates() if update["tip"] == "on-ref"]

    def wanted(_, update):
        return update["tip"] == "on-ref" and any(tip != update["after"] for tip in tips)

    def change(_, update):
        update["after"] = next(tip for tip in tips if tip != update["after"])

    return first(case, wanted, change)


@corruption
def deletion_said_to_bring_commits(case):
    tip = next((update["after"] for _, update in case.updates() if "after" in update), None)
    return tip is not None and first(
        case, lambda _, update: update["transition"] == "deleted",
        set_to("introduced", {"count": 1, "atOrBefore": 0, "commits": [tip], "atOrBeforeCommits": []}))


@corruption
def merged_by_what_was_no_merge(case):
    push = next((push for push in case.report["pushes"] if push["action"] == "GitPush"), None)
    return push is not None and first(case, lambda _, update: "mergedBy" in update, set_to("mergedBy", push["eventID"]))


@corruption
def force_push_of_main_only_warned_of(case):
    found = next((finding for finding in case.report["findings"] if finding["rule"] == "force-push"
                  and finding["severity"] == "error"), None)
    others = any(finding["severity"] == "error" and finding is not found for finding in case.report["findings"])
    if found is None or not others:
        return False  # alone, it would change the exit code, and be caught by that
    found["severity"] = "warning"
    return True


@corruption
def protected_called_unprotected(case):
    ref = next((ref for ref in case.report["refs"] if ref["protected"]), None)
    if ref is None:
        return False
    ref["protected"] = False
    return True


@corruption
def branch_said_to_be_seen_where_it_was_not(case):
    """A tip that the ref never held, and a state that fits it."""
    ref = next((ref for ref in case.report["refs"] if ref["state"] == "clone-behind" and "tip" in ref.get("seen", {})
                and "latest" in ref["seen"]), None)
    if ref is None:
        return False
    ref["seen"]["tip"] = ELSEWHERE
    return True


@corruption
def seen_at_a_time_when_it_was_not(case):
    """A right tip at a wrong time: before it was first pushed."""
    for ref in case.report["refs"]:
        seen = ref.get("seen", {})
        if "tip" in seen and "latest" in seen and ref["ref"] not in case.truth.named(case.truth.life.before):
            ref["seen"]["earliest"] = ref["seen"]["latest"] = "2026-03-01T00:00:00Z"
            return True
    return False


SUMS = {push_left_out_of_the_sum}  # these must be caught by the sums themselves


def cases(tool, build, report):
    """Right reports of worlds, one at a time."""
    for seed in SEEDS:
        folder = tempfile.mkdtemp(prefix=f"pushtrail-world-{seed}-")
        try:
            truth, view = build(seed, folder)
            result = report(tool, folder, view)
            if result.returncode not in (0, 1, 3):
                continue
            case = Case(truth, view, json.loads(result.stdout), result.returncode)
            if not Checker(truth, view, case.report, case.status).run():
                yield seed, case
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def is_caught(case):
    try:
        return bool(Checker(case.truth, case.view, case.report, case.status).run())
    except (KeyError, IndexError, StopIteration, ValueError):
        return True  # an id or an update that does not exist


def run(tool, build, report):
    caught, passed, worlds = {}, {}, 0
    for seed, case in cases(tool, build, report):
        waiting = [change for change in CORRUPTIONS if change not in caught and change not in passed]
        if not waiting or worlds == WORLDS:
            break
        worlds += 1
        for change in waiting:
            wrong = case.fresh()
            if not change(wrong):
                continue
            if change not in SUMS:
                wrong.count_again()
            (caught if is_caught(wrong) else passed)[change] = seed
            word = "caught" if change in caught else "NOT CAUGHT"
            print(f"{word:11} {change.__name__.replace('_', ' ')} (world {seed})", flush=True)
    for change in CORRUPTIONS:
        if change not in caught and change not in passed:
            print(f"{'not tried':11} {change.__name__.replace('_', ' ')}")
    print(f"{len(CORRUPTIONS)} corruptions in {worlds} worlds: {len(caught)} caught, {len(passed)} not caught, "
          f"{len(CORRUPTIONS) - len(caught) - len(passed)} found nothing to change")
    return 1 if passed or len(caught) < 25 else 0
