"""The oracle at size: what the report says of a random sample of updates, against git's own answers."""

import hashlib
import json
import random
import subprocess
import time

from . import timing


class Truth:
    """What really happened in a made-up history."""

    def __init__(self, world):
        content = json.loads((world / "truth.json").read_text())
        self.commits, self.pushes = content["commits"], content["pushes"]
        self.now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(content["end"] + 86_400))


class Oracle:
    """Git's own answers about one history, asked in a clone that has a commit-graph: without one a single question
    costs git up to seconds. Each is asked once, whichever clone the report was made from."""

    def __init__(self, clone):
        self.clone, self.known = clone, {}

    def ask(self, *arguments, given=None):
        question = (*arguments, hashlib.sha256((given or "").encode()).digest())
        if question not in self.known:
            result = subprocess.run(["git", *arguments], cwd=self.clone, env=timing.environment(), capture_output=True,
                                    text=True, input=given, check=False)
            if result.returncode > 1:
                raise SystemExit(f"git {' '.join(arguments)[:200]}: {result.stderr}")
            self.known[question] = (result.returncode, result.stdout)
        return self.known[question]

    def is_ancestor(self, one, other):
        return self.ask("merge-base", "--is-ancestor", one, other)[0] == 0

    def rev_list(self, *arguments, given=None):
        return set(self.ask("rev-list", *arguments, given=given)[1].split())


def run(binary, world, clone, sample, oracle):
    start = time.monotonic()
    truth = Truth(world)
    command = [str(binary), "report", "--format", "json", "--commits", "all", "--trail", str(world / "trail"),
               "--now", truth.now]
    report = json.loads(timing.run(command, clone, expected=(0, 1, 3)).output)
    differences = []
    counts = {"transitions": 0, "removed": 0, "introduced": 0}
    updates = [update for push in report["pushes"] for update in push["updates"]]
    chance = random.Random(11)

    def compare(what, update, said, true):
        counts[what] += 1
        if said != true:
            differences.append(f"{what} of {update['ref']} {update['before'].get('tip')}..{update.get('after')}: "
                               f"said {str(said)[:90]}, git says {str(true)[:90]}")

    moved = [u for u in updates if u["transition"] in ("fast-forward", "forced") and u["before"].get("tip")]
    for update in chance.sample(moved, min(sample, len(moved))):
        before, after = update["before"]["tip"], update["after"]
        true = "fast-forward" if oracle.is_ancestor(before, after) else "forced"
        compare("transitions", update, update["transition"], true)
    forced = [u for u in moved if u["transition"] == "forced" and "removed" in u and "possible" not in u["before"]]
    for update in chance.sample(forced, min(sample, len(forced))):
        said = {commit["id"] for commit in update["removed"]["commits"]}
        compare("removed", update, said, oracle.rev_list(update["before"]["tip"], "--not", update["after"]))

    # Introduced: in the history of the tip, and of nothing that was on the server earlier.
    chosen = set(chance.sample(range(len(updates)), min(sample // 10, len(updates))))
    earlier = set()
    for index, update in enumerate(updates):
        if "tip" in update["before"] and "possible" not in update["before"]:
            earlier.add(update["before"]["tip"])
        if "introduced" not in update:
            continue
        if index in chosen:
            said = set(update["introduced"]["commits"]) | set(update["introduced"].get("atOrBeforeCommits", []))
            given = f"{update['after']}\n" + "".join(f"^{tip}\n" for tip in earlier)
            compare("introduced", update, said, oracle.rev_list("--stdin", given=given))
        earlier.add(update["after"])
    print(f"{truth.commits} commits, {clone.name}: {counts['transitions']} transitions, {counts['removed']} removed sets "
          f"and {counts['introduced']} introduced sets asked of git: {len(differences)} differ "
          f"({time.monotonic() - start:.0f} s)", flush=True)
    for line in differences[:20]:
        print("  " + line)
    return {"counts": counts, "differences": differences}
