"""The same for what clones witness: right reports and answers are made wrong on purpose, and each wrong must be caught."""

import copy
import json
import shutil
import tempfile
from collections import Counter

from .scene import Scene
from .trail import iso
from .witness_checks import WitnessChecker

SEEDS = range(1, 200)
WORLDS = 40
ENOUGH = 24
NOWHERE = "0123456789abcdef0123456789abcdef01234567"


class Case:
    """A right report of one way to see a world; and, where it was asked for, the right answer about one commit."""

    def __init__(self, checker, commit=None, answer=None):
        self.view, self.status, self.report = checker.view, checker.status, checker.report
        self.commit, self.answer = commit, answer
        self.checker = checker
        self.names = sorted(checker.witnesses)

    def fresh(self):
        """A copy to spoil."""
        other = copy.copy(self)
        other.report, other.answer = copy.deepcopy(self.report), copy.deepcopy(self.answer)
        return other

    def false(self):
        checker = WitnessChecker(self.view, self.report, self.status)
        if self.answer is None:
            return checker.run()
        checker.exposure(self.commit, self.answer)
        return checker.false

    def witnessed(self):
        return [pull for pull in self.report["pulls"] if "witness" in pull]

    def findings(self, *rules):
        return [finding for finding in self.report["findings"] if finding["rule"] in rules]

    def accuse(self, rule, severity, message, ref=None, evidence=()):
        finding = {"rule": rule, "severity": severity, "message": message, "commits": [], "evidence": list(evidence)}
        if ref is not None:
            finding["ref"] = ref
        self.report["findings"].append(finding)
        self.count_again()

    def drop(self, finding):
        self.report["findings"].remove(finding)
        self.count_again()

    def count_again(self):
        """The sums and the exit code agree with the corrupted report: it must be caught by what it says."""
        self.report["summary"]["byRule"] = dict(Counter(finding["rule"] for finding in self.report["findings"]))
        severities = {finding["severity"] for finding in self.report["findings"]}
        if "error" in severities:
            self.report["summary"]["result"], self.status = "fail", 1
        elif self.report["summary"]["result"] == "fail":
            self.report["summary"]["result"], self.status = "unverifiable", 3


CORRUPTIONS, ANSWERS = [], []


def corruption(function):
    CORRUPTIONS.append(function)
    return function


def wrong_answer(function):
    ANSWERS.append(function)
    return function


# Pulls and their witnesses


@corruption
def pull_of_another_clone(case):
    for pull in case.witnessed():
        session = case.checker.reads_by_id[pull["eventID"]].session
        other = next((name for name in case.names if name not in session.clones), None)
        if other is not None:
            pull["witness"]["clone"] = other
            return True
    return False


@corruption
def pull_of_somebody_elses(case):
    """The pull of one whose clone nobody gave is said to be a given clone's."""
    strangers = [pull for pull in case.report["pulls"] if case.checker.reads_by_id.get(pull["eventID"]) is not None
                 and case.checker.reads_by_id[pull["eventID"]].session is None and pull["dataTransferred"]]
    if not strangers or not case.witnessed():
        return False
    strangers[0]["witness"] = copy.deepcopy(case.witnessed()[0]["witness"])
    return True


@corruption
def two_witnesses_exchanged(case):
    pulls = case.witnessed()
    for one in pulls:
        for other in pulls:
            if one["witness"]["time"] != other["witness"]["time"]:
                one["witness"], other["witness"] = other["witness"], one["witness"]
                return True
    return False


@corruption
def witness_at_another_time(case):
    for pull in case.witnessed():
        pull["witness"]["time"] = iso(case.checker.reads_by_id[pull["eventID"]].session.recorded + 7)
        return True
    return False


@corruption
def witness_with_a_tip_that_the_server_had_not(case):
    for pull in case.witnessed():
        pull["witness"]["tips"] = sorted([*pull["witness"]["tips"], NOWHERE])
        return True
    return False


@corruption
def witness_without_its_tips(case):
    for pull in case.witnessed():
        if case.checker.reads_by_id[pull["eventID"]].session.act == "fetch":
            pull["witness"]["tips"] = []
            return True
    return False


@corruption
def witness_left_out(case):
    for pull in case.witnessed():
        read = case.checker.reads_by_id[pull["eventID"]]
        if case.checker.proves_witness(read) and case.checker.shows_clock(read) and not case.checker.has_rival(read):
            del pull["witness"]
            return True
    return False


@corruption
def two_fetches_of_one_second_told_apart(case):
    for read in case.view.reads:
        if read.session is not None and read.data and case.checker.twin(read.session) is not None:
            pull = next((pull for pull in case.report["pulls"] if pull["eventID"] == read.id), None)
            if pull is not None and "witness" not in pull:
                pull["witness"] = {"clone": sorted(read.session.clones)[0], "time": iso(read.session.recorded),
                                   "tips": sorted(set(read.state.values()))}
                return True
    return False


@corruption
def pull_left_out(case):
    pull = next((pull for pull in case.report["pulls"] if pull["dataTransferred"]), None)
    if pull is not None:
        case.report["pulls"].remove(pull)
    return pull is not None


@corruption
def pull_with_data_called_up_to_date(case):
    pull = next((pull for pull in case.report["pulls"] if pull["dataTransferred"]), None)
    if pull is not None:
        pull["dataTransferred"] = False
    return pull is not None


@corruption
def pull_by_another(case):
    pulls = case.report["pulls"]
    for pull in pulls:
        other = next((other for other in pulls if other["principal"]["name"] != pull["principal"]["name"]), None)
        if other is not None:
            pull["principal"] = copy.deepcopy(other["principal"])
            return True
    return False


@corruption
def advertisement_told_as_a_pull(case):
    for read in case.view.reads:
        pull = next((pull for pull in case.report["pulls"] if pull["eventID"] == read.id), None)
        if read.advertised is not None and pull is not None:
            case.report["pulls"].append({**copy.deepcopy(pull), "eventID": read.id + "-ad", "time": iso(read.advertised),
                                         "dataTransferred": False})
            return True
    return False


# Pushes


@corruption
def push_made_from_another_clone(case):
    for push in case.report["pushes"]:
        if "madeFrom" in push:
            truly = case.checker.cast.makers.get(push["eventID"], set())
            other = next((name for name in case.names if name not in truly), None)
            if other is not None:
                push["madeFrom"] = other
                return True
    return False


@corruption
def push_of_a_stranger_made_from_a_clone(case):
    for push in case.report["pushes"]:
        if "madeFrom" not in push and push["eventID"] not in case.checker.cast.makers:
            push["madeFrom"] = case.names[0]
            return True
    return False


@corruption
def maker_left_out(case):
    for push in case.report["pushes"]:
        event = case.checker.truth.by_id[push["eventID"]]
        if "madeFrom" in push and case.checker.proves_maker(event, case.checker.cast.makers.get(event.id, set())):
            del push["madeFrom"]
            return True
    return False


# What no record tells


@corruption
def fetch_that_is_logged_called_unlogged(case):
    for pull in case.witnessed():
        session = case.checker.reads_by_id[pull["eventID"]].session
        name = sorted(session.clones)[0]
        case.accuse("unlogged-pull", "note", f"{name} fetched at {iso(session.recorded)}, and no record tells")
        return True
    return False


@corruption
def fetch_elsewhere_called_unlogged(case):
    for session in case.checker.sessions:
        if session.act == "elsewhere":
            case.accuse("unlogged-pull", "note", f"{sorted(session.clones)[0]} fetched at {iso(session.recorded)}, and no record tells")
            return True
    return False


@corruption
def unlogged_pull_left_out(case):
    for session in case.checker.sessions:
        if case.checker.proves_unlogged(session):
            for finding in case.findings("unlogged-pull"):
                case.drop(finding)
            return True
    return False


@corruption
def unlogged_pull_called_an_error(case):
    for finding in case.findings("unlogged-pull"):
        finding["severity"] = "error"
        case.count_again()
        return True
    return False


@corruption
def unlogged_pull_of_another_second(case):
    for finding in case.findings("unlogged-pull"):
        finding["message"], finding["evidence"] = f"{case.names[0]} fetched at 2026-01-01T00:00:00Z, and no record tells", []
        return True
    return False


def accuse_of(case, rule, severity, kind):
    """A line of a clone is said to lack its record, which is there."""
    if case.view.lost:
        return False
    for name, found in sorted(case.checker.scene.entries.items()):
        for entry in found:
            if entry.kind == kind:
                case.accuse(rule, severity, f"{name} saw {entry.tip[:12]} there at {iso(entry.time)}, and no record tells", entry.ref)
                return True
    return False


@corruption
def update_that_is_logged_called_unlogged(case):
    return accuse_of(case, "unlogged-update", "warning", "fetch")


@corruption
def push_that_is_logged_called_unlogged(case):
    return accuse_of(case, "unlogged-push", "warning", "push")


@corruption
def push_called_unlogged_as_an_error(case):
    return accuse_of(case, "unlogged-push", "error", "push")


@corruption
def right_clock_called_wrong(case):
    return not case.checker.is_beyond and accuse_of(case, "unlogged-update", "note", "fetch")


@corruption
def push_elsewhere_called_unlogged(case):
    for session in case.checker.sessions:
        if session.act == "away" and not case.view.lost:
            case.accuse("unlogged-push", "warning", f"{sorted(session.clones)[0]} pushed, and no record tells", "refs/heads/main")
            return True
    return False


@corruption
def lost_push_left_out(case):
    if not case.view.lost or not case.checker.provable["unlogged update or push"]:
        return False
    for finding in case.findings("unlogged-update", "unlogged-push"):
        case.drop(finding)
    return True


@corruption
def lost_push_said_of_another_ref(case):
    for finding in case.findings("unlogged-update", "unlogged-push"):
        if case.view.lost and finding.get("ref") in case.checker.lost_refs and finding["severity"] != "note":
            finding["ref"] = "refs/heads/another"
            return True
    return False


@corruption
def proven_loss_called_a_warning(case):
    if not case.checker.provable["unlogged as an error"]:
        return False
    for finding in case.findings("unlogged-update", "unlogged-push"):
        if finding["severity"] == "error":
            finding["severity"] = "warning"
    case.count_again()
    return True


@corruption
def loss_on_assumed_coverage_called_an_error(case):
    for finding in case.findings("unlogged-update", "unlogged-push"):
        if not case.view.stated and finding["severity"] == "warning":
            finding["severity"] = "error"
            case.count_again()
            return True
    return False


# Exposure


def named_reads(case, finding):
    text = "\n".join([finding["message"], *finding["evidence"]])
    return [read for read in case.checker.scene.reads if read.id in text]


@corruption
def exposure_left_out(case):
    if not case.checker.provable["exposure finding names the read"]:
        return False
    for finding in case.findings("exposure"):
        case.drop(finding)
    return True


@corruption
def exposure_as_a_warning(case):
    for finding in case.findings("exposure"):
        finding["severity"] = "warning"
        return True
    return False


@corruption
def exposure_to_a_read_after_the_drop(case):
    for finding in case.findings("exposure"):
        tips = case.checker.tips_of(finding)
        for read in case.view.reads:
            if read.data and not any(case.checker.was_readable(tip, finding["ref"], read) for tip in tips):
                finding["evidence"].append(read.id)
                return True
    return False


@corruption
def exposure_to_an_up_to_date_pull(case):
    for finding in case.findings("exposure"):
        for read in case.view.reads:
            if not read.data:
                finding["evidence"].append(read.id)
                return True
    return False


@wrong_answer
def read_that_brought_it_left_out(case):
    for said in case.answer["reads"]:
        if case.checker.truth.peel(case.commit) in case.checker.reads_by_id[said["eventID"]].new:
            case.answer["reads"].remove(said)
            return True
    return False


@wrong_answer
def possible_read_called_confirmed(case):
    for said in case.answer["reads"]:
        if case.checker.reads_by_id[said["eventID"]].session is None:
            said["certainty"] = "confirmed"
            return True
    return False


@wrong_answer
def confirmed_read_given_to_another_clone(case):
    for said in case.answer["reads"]:
        session = case.checker.reads_by_id[said["eventID"]].session
        other = next((name for name in case.names if session is None or name not in session.clones), None)
        if said["certainty"] == "confirmed" and "clone" in said and other:
            said["clone"] = other
            return True
    return False


@wrong_answer
def read_by_another(case):
    for said in case.answer["reads"]:
        said["principal"] = {**said["principal"], "name": "nobody"}
        return True
    return False


@wrong_answer
def up_to_date_pull_called_a_read(case):
    for read in case.view.reads:
        if not read.data and case.answer["reads"]:
            case.answer["reads"].append({**case.answer["reads"][0], "eventID": read.id, "time": iso(read.time),
                                         "certainty": "possible"})
            return True
    return False


@wrong_answer
def interval_of_another_push(case):
    for said in (said for said in case.answer["intervals"] if said.get("certainty") != "possible"):
        for event in case.checker.truth.order:
            if event.id != said.get("pushedBy") and any(update.ref == said["ref"] and update.new is None for update in event.updates):
                said["pushedBy"] = event.id
                return True
    return False


@wrong_answer
def interval_with_another_end(case):
    for said in (said for said in case.answer["intervals"] if said.get("certainty") != "possible"):
        if "end" in said and "droppedBy" in said:
            said["end"] = "2026-03-31T00:00:00Z"
            return True
    return False


@wrong_answer
def interval_left_out(case):
    if case.checker.claims["exposure: all intervals"] and case.answer["intervals"]:
        case.answer["intervals"].pop()
        return True
    return False


@wrong_answer
def clone_that_lacks_it_said_to_have_it(case):
    commit = case.checker.truth.peel(case.commit)
    for name in case.names:
        if commit not in case.checker.witnesses[name].have:
            case.answer["clones"].append({"clone": name})
            return True
    return False


@wrong_answer
def clone_that_has_it_left_out(case):
    if case.checker.provable["exposure: a clone that has it"]:
        case.answer["clones"] = []
        return True
    return False


@wrong_answer
def another_commit(case):
    case.answer["commit"] = NOWHERE
    return True


def cases(tool):
    """Right reports, and right answers, of worlds; each seen with every record and without single ones."""
    for seed in SEEDS:
        folder = tempfile.mkdtemp(prefix=f"pushtrail-witnesses-{seed}-")
        try:
            scene = Scene(seed, folder)
            for lost, unread in [((), ()), *scene.losses(3)]:
                view = scene.see(lost, unread)
                result = scene.report(tool)
                if result.returncode not in (0, 1, 3):
                    continue
                checker = WitnessChecker(view, json.loads(result.stdout), result.returncode)
                if not checker.run():
                    yield seed, Case(checker)
                if lost or unread:
                    continue
                for commit in checker.exposed_commits():
                    result = scene.run(tool, "exposure", commit, "--format", "json")
                    asked = WitnessChecker(view, checker.report, checker.status)
                    if result.returncode in (0, 1, 3):
                        asked.exposure(commit, json.loads(result.stdout))
                        if not asked.false:
                            yield seed, Case(asked, commit, json.loads(result.stdout))
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def is_caught(case):
    try:
        return bool(case.false())
    except (KeyError, IndexError, StopIteration, ValueError):
        return True  # an id or an update that does not exist


def run(tool):
    caught, passed, worlds = {}, {}, set()
    for seed, case in cases(tool):
        waiting = [change for change in CORRUPTIONS + ANSWERS if change not in caught and change not in passed]
        worlds.add(seed)
        if not waiting or len(worlds) > WORLDS:
            break
        for change in waiting:
            wrong = case.fresh()
            if (change in ANSWERS) != (case.answer is not None) or not change(wrong):
                continue
            (caught if is_caught(wrong) else passed)[change] = seed
            word = "caught" if change in caught else "NOT CAUGHT"
            print(f"{word:11} {change.__name__.replace('_', ' ')} (world {seed})", flush=True)
    every = CORRUPTIONS + ANSWERS
    for change in every:
        if change not in caught and change not in passed:
            print(f"{'not tried':11} {change.__name__.replace('_', ' ')}")
    print(f"{len(every)} corruptions in {len(worlds)} worlds: {len(caught)} caught, {len(passed)} not caught, "
          f"{len(every) - len(caught) - len(passed)} found nothing to change")
    return 1 if passed or len(caught) < ENOUGH else 0
