"""Holds a report against the truth. Each check counts the claims that it compared.

A claim that DESIGN lets be merely plausible is not compared where it may be: where updates lie within seconds, may have
been refused or sent twice ("where all possibilities are harmless, the plainest is said", section 3), a harmless
transition may differ from the truth; an accusation may not. Where records were lost on assumed coverage, section 6 says
what a force push from a `ledger` before then means ("by this push, or by one before it that no file here tells"), and
section 5 that `exact` trusts "that a record that was never delivered leaves no trace". Nothing else is exempt.
"""

import calendar
import time
from collections import Counter

from .trail import iso

HARMLESS = {"created", "fast-forward", "unchanged"}


class Checker:
    slack = 10  # seconds that a clone's clock may be off

    def __init__(self, truth, view, report, status):
        self.truth, self.view, self.report, self.status = truth, view, report, status
        self.claims, self.unknown, self.false = Counter(), Counter(), []
        self.objects, self.known = view.objects, view.known
        traits = truth.life.traits
        self.is_plain = not traits and not view.lost and view.form != "old-tip"
        self.lost_refs = {update.ref for event in truth.life.events if event.id in view.lost for update in event.updates}
        # An hour's file that came in the day that lacks: its records are lost like any.
        self.lost_refs |= {update.ref for event in truth.life.events if event.id in view.undelivered
                           for update in event.updates}
        self.updates = [(push, update) for push in report["pushes"] for update in push["updates"]]

    def fail(self, what, *facts):
        self.false.append(f"{what}: " + "; ".join(str(fact) for fact in facts))

    def claim(self, kind, holds, *facts):
        self.claims[kind] += 1
        if not holds:
            self.fail(kind, *facts)

    def run(self):
        for push, update in self.updates:
            where = f"{push['eventID']} {update['ref']}"
            self.transition(push, update, where)
            self.landed(push, update, where)
            self.before(push, update, where)
            self.tip(push, update, where)
            self.verdict(push, update, where)
            self.introduced(push, update, where)
            self.removed(push, update, where)
        self.once()
        self.told()
        self.pushes()
        self.refs()
        self.findings()
        self.peace()
        self.own_events()
        self.counts()
        self.result()
        if self.view.is_complete:
            self.completeness()
        return self.false

    # Updates

    def real(self, push, update):
        return self.truth.update(push["eventID"], update["ref"])

    def name(self, number):
        return None if number is None else self.truth.ids[number]

    def transition(self, push, update, where):
        said, real = update["transition"], self.real(push, update)
        old, new = self.name(real.old), self.name(real.new)
        if said == "unknown":
            self.unknown["transition " + update["reason"]] += 1
            return
        if said == "forced":
            before = update["before"].get("tip")
            # Between a sighting and the next push a record may be lost as well as between two pushes.
            if self.view.lost and update["before"]["source"] in ("ledger", "sighting"):
                befores = [tip for tip in update["before"].get("possible", [before]) if tip]
                holds = real.landed and any(self.truth.was_on(update["ref"], tip) and self.truth.lacks(tip, update["ref"], new)
                                            for tip in befores)
            else:
                holds = real.landed and old is not None and new is not None and self.truth.lacks(old, update["ref"], new)
                if holds and "possible" not in update["before"]:
                    holds = before == old or bool(self.truth.life.traits)
            self.claim("forced", holds, where, f"truly {old} -> {new}, landed {real.landed}")
            if holds and before and update.get("after") and update["ref"].startswith("refs/heads/"):
                self.claim("forced (git)", not self.truth.is_ancestor(before, update["after"]), where)
        elif said == "deleted":
            # "Told befores and sightings shrink it" (3): with the record of the real deletion lost, an entry that names the
            # tip is the only deletion left that explains its absence.
            exempt = self.view.lost and real.new is not None
            if not exempt:
                self.claim("deleted", real.landed and new is None, where, f"truly {old} -> {new}, landed {real.landed}")
        elif self.is_plain and not self.view.gap:
            if said == "created":
                self.claim("created", old is None and new is not None, where, f"truly {old} -> {new}")
            elif said == "fast-forward":
                self.claim("fast-forward", old is not None and self.truth.is_ancestor(old, new), where, f"truly {old} -> {new}")
            else:
                self.claim("unchanged", old == new, where, f"truly {old} -> {new}")

    def landed(self, push, update, where):
        real = self.real(push, update)
        if update["landed"] == "shown":
            on = real.new is None or self.truth.was_on(update["ref"], self.name(real.new))
            self.claim("landed shown", on, where)
            self.claim("landed shown", real.landed or real.old == real.new or bool(self.view.lost), where, "refused")
        elif update["landed"] == "no":
            self.claim("landed no", not real.landed or real.old == real.new, where)
            self.claim("landed no", "verdict" not in update, where)

    def before(self, push, update, where):
        real, before = self.real(push, update), update["before"]
        if before["source"] == "event":
            self.claim("before event", before.get("tip") == self.name(real.old), where)
        elif before["source"] == "sighting" and self.is_plain and not self.view.gap:
            self.claim("before sighting", before.get("tip") == self.name(real.old), where, before)
        elif before["source"] in ("ledger", "none") and self.is_plain and not self.view.gap:
            self.claim("before ledger", before.get("tip") == self.name(real.old), where, before)

    def tip(self, push, update, where):
        said, after = update["tip"], update.get("after")
        if after is None:
            self.claim("tip none", said == "none", where, said)
            return
        here = after in self.objects
        self.claim("tip absent", (said == "absent") == (not here), where, said)
        if not here or not self.view.knows_final:
            return
        final = self.truth.final
        on = not self.truth.lacks(after, update["ref"], final.get(update["ref"]))
        other = any(self.truth.contains(after, tip) for ref, tip in final.items() if ref != update["ref"])
        if said == "on-ref":
            self.claim("tip on-ref", on, where)
        elif said == "on-other-ref":
            self.claim("tip on-other-ref", other, where)
        elif said == "unreachable":
            self.claim("tip unreachable", not on and (not other or not self.view.is_current), where)

    def verdict(self, push, update, where):
        verdict, after, ref = update.get("verdict"), update.get("after"), update["ref"]
        real, final = self.real(push, update), self.truth.final
        if verdict == "unverifiable":
            self.unknown["verdict " + update["verdictReason"]] += 1
            return
        if verdict == "intact" and after is None and update["transition"] == "deleted" and not self.view.lost:
            self.claim("deletion intact", real.landed and real.new is None, where)
        if "mergedBy" in update:
            # A deletion's old tip, or a dropped one, came with the source of that merge.
            source = self.name(self.truth.by_id[update["mergedBy"]].source)
            tip = after if after is not None else update["before"].get("tip")
            self.claim("mergedBy", source is not None and (tip is None or self.truth.contains(tip, source)), where,
                       update["mergedBy"])
        if verdict is None or after is None:
            return
        gone = self.truth.lacks(after, ref, final.get(ref))
        others = [tip for name, tip in final.items() if name != ref]
        elsewhere = any(self.truth.contains(after, tip) for tip in others)
        if verdict == "intact":
            if self.view.knows_final:
                self.claim("intact", not gone, where, f"finally {final.get(ref)}")
        elif verdict in ("deleted", "overwritten"):
            # Where the record of the push that won a race is lost, nothing tells that the other was refused: DESIGN 3
            # assumes, and its report says, that every refusal but a race's carries an errorCode.
            if not (self.view.lost and not real.landed):
                self.claim(verdict, self.truth.was_on(ref, after), where, "never on the ref")
            self.dropped(push, update, where)
            if update.get("elsewhere") == "none" and self.view.knows_final:
                self.claim("elsewhere none", not elsewhere, where)
        elif verdict == "missing":
            # As for `overwritten`: the refusal of a push whose rival's record is lost leaves no trace.
            self.claim("missing", gone and ref in self.lost_refs, where)
        elif verdict == "kept-elsewhere":
            if self.view.knows_final:
                self.claim("kept-elsewhere", elsewhere, where)
        elif verdict == "merged":
            sources = [self.name(event.source) for event in self.truth.order if event.source is not None]
            self.claim("merged", any(self.truth.contains(after, source) for source in sources), where)

    def dropped(self, push, update, where):
        said = update["droppedBy"]
        event = self.truth.by_id[said["eventID"]]
        moves = self.truth.moves(update["ref"])
        at = max((move for move in moves if move[0].effect <= event.effect + 6), key=lambda move: move[0].effect)
        if said["certainty"] == "exact" and not self.view.lost:
            own = [move for move in moves if move[0] is event]
            holds = bool(own) and self.truth.lacks(update["after"], update["ref"], own[0][2]) and not self.truth.lacks(
                update["after"], update["ref"], own[0][1])
            self.claim("dropped exactly", holds, where, f"by {said['eventID']}")
        else:
            gone = any(self.truth.lacks(update["after"], update["ref"], new) for moved, _, new in moves
                       if moved.effect <= event.effect + 6)
            self.claim("dropped by then", gone, where, f"by {said['eventID']}", at[2])

    def introduced(self, push, update, where):
        said = update.get("introduced")
        if said is None:
            return
        event = self.truth.by_id[push["eventID"]]
        if "after" not in update:
            self.claim("a deletion brings nothing", False, where, said)
            return
        self.claim("introduced count", said["count"] == len(said["commits"]) + len(said["atOrBeforeCommits"]), where)
        self.claim("introduced count", said["atOrBefore"] == len(said["atOrBeforeCommits"]), where)
        for commit in said["commits"]:
            moment, by = self.truth.first_seen[commit]
            self.claim("exact", by == push["eventID"] or bool(self.view.lost), where, commit, f"truly by {by}")
        for commit in said["commits"] + said["atOrBeforeCommits"]:
            moment, _ = self.truth.first_seen.get(commit, (float("inf"), None))
            self.claim("on the server by then", moment <= event.effect + 6, where, commit)
            self.claim("in the tip's history", self.truth.contains(commit, update["after"]), where, commit)

    def removed(self, push, update, where):
        said = update.get("removed")
        if said is None:
            return
        ids = {commit["id"] for commit in said["commits"]}
        self.claim("removed count", said["count"] == len(ids) == len(said["commits"]), where)
        before = update["before"].get("tip")
        if update["transition"] == "forced" and "possible" not in update["before"] and update["ref"].startswith("refs/heads/"):
            truly = self.truth.rev_list(before, update["after"])
            self.claim("removed by force (git)", ids <= truly if said.get("incomplete") else ids == truly, where, said)
        if update["transition"] == "deleted" and before and self.view.knows_final and not said["upperBound"]:
            expected = self.truth.rev_list(before, *self.truth.final.values())
            self.claim("removed by deletion (git)", ids <= expected if said.get("incomplete") else ids == expected, where)
        for commit in said["commits"]:
            name, survival = commit["id"], commit["survival"]
            reached = [ref for ref, tip in self.truth.final.items() if self.truth.contains(name, tip)]
            if survival == "absent":
                self.claim("survival absent", name not in self.objects, where, name)
                self.claim("survival on the server", (commit.get("refs") == ["server"]) == (name in self.view.answered),
                           where, name)
            elif survival == "reachable":
                if self.view.knows_final:
                    self.claim("survival reachable", set(commit["refs"]) <= set(reached) and commit["refs"], where, name)
            else:
                self.claim("survival unreachable", name in self.objects, where, name)
                if self.view.is_complete:
                    self.claim("survival unreachable", not reached, where, name)

    def once(self):
        """Each commit is introduced by at most one update."""
        seen = Counter()
        for _, update in self.updates:
            said = update.get("introduced") or {"commits": [], "atOrBeforeCommits": []}
            seen.update(said["commits"] + said["atOrBeforeCommits"])
        for commit, count in seen.items():
            self.claim("introduced once", count == 1, commit)

    # The rest

    def told(self):
        """Every logged push is told once, with every ref that it names; a refused one is an attempt."""
        if not self.view.is_whole:
            return
        logged = {event.id: {update.ref for update in event.updates} for event in self.view.logged}
        told = {push["eventID"]: {update["ref"] for update in push["updates"]} for push in self.report["pushes"]}
        self.claim("pushes told", len(told) == len(self.report["pushes"]), "an event twice")
        for event in sorted(logged.keys() | told.keys()):
            self.claim("pushes told", logged.get(event) == told.get(event), event, f"{told.get(event)}")
        refused = {event.id for event in self.truth.life.events if event.denied}
        attempts = {attempt["eventID"] for attempt in self.report["attempts"] if "errorCode" in attempt}
        self.claim("attempts told", attempts == refused, sorted(attempts ^ refused))

    def pushes(self):
        """Each push is told as it was: when, by whom, from where, and what it names."""
        told = Counter(push["eventID"] for push in self.report["pushes"])
        logged = {event.id for event in self.view.logged}
        for event_id, count in told.items():
            self.claim("push told once", count == 1 and event_id in logged, event_id, count)
        for push in self.report["pushes"]:
            event, who = self.truth.by_id[push["eventID"]], push["principal"]
            role = "Developers" if event.actor["type"] == "AssumedRole" else None
            self.claim("pusher", (who["type"], who["name"], who.get("role"))
                       == (event.actor["type"], event.actor["name"], role), event.id, who)
            self.claim("action", push["action"] == event.action, event.id, push["action"])
            self.claim("time", push["time"] == iso(event.record), event.id, push["time"])
            self.claim("address", push["sourceIPAddress"] == event.actor["address"], event.id)
            for update in push["updates"]:
                new, after = self.name(self.real(push, update).new), update.get("after")
                # In the old-tip form a deletion may be read as a push of that tip, but as one of no other.
                old_tip = new is None and self.view.form == "old-tip" and after == self.name(self.real(push, update).old)
                # As for `deleted` below: with the real deletion's record lost, it may be the only one that explains it.
                read_as_deletion = (after is None and update["transition"] == "deleted"
                                    and (self.view.form == "old-tip" or bool(self.view.lost)))
                self.claim("after", after == new or old_tip or read_as_deletion, event.id, update["ref"], after)

    def refs(self):
        for ref in self.report["refs"]:
            state = ref["state"]
            if state == "unlogged-update":
                self.claim("state unlogged-update", ref["ref"] in self.lost_refs, ref["ref"])
            seen = ref.get("seen", {})
            if state == "reconciled":
                # "Last ledger tip against its sightings" (7): the word is about the moment of the sighting, whose own truth
                # is compared below; a clone that does not show absence says nothing of what was deleted since.
                agreed = [ref.get("ledgerTip"), *ref.get("possible", [])]
                self.claim("state reconciled", seen.get("tip") in agreed, ref["ref"], seen, agreed)
            if "earliest" in seen and "latest" in seen:
                held = self.truth.held(ref["ref"], moment(seen["earliest"]) - self.slack,
                                       moment(seen["latest"]) + self.slack)
                at = seen.get("tip")
                if seen["by"] == "event" and at and ref["ref"].startswith("refs/tags/"):
                    # CodeCommit's own event may name the commit that the tag leads to.
                    at, held = self.truth.peel(at), {tip and self.truth.peel(tip) for tip in held}
                self.claim("seen", at in held, ref["ref"], seen, f"truly {held}")
            self.claim("protected", ref["protected"] == is_protected(ref["ref"]), ref["ref"])
            if state not in ("reconciled", "before-coverage"):
                self.unknown["state " + state] += 1

    def findings(self):
        transitions = {(push["eventID"], update["ref"]): update for push, update in self.updates}
        for finding in self.report["findings"]:
            rule, ref = finding["rule"], finding.get("ref")
            where = f"{rule} {ref} {finding.get('eventID')}: {finding['message']}"
            if rule in ("commits-missing", "unlogged-update", "unlogged-push"):
                # 6: "an absence claim (`missing`, `unlogged-*`) is a warning and makes the result `unverifiable`".
                if not self.view.stated and finding["severity"] != "note":
                    self.claim("absence is no error on assumed coverage", finding["severity"] != "error", where)
                    self.claim("absence is no error on assumed coverage", self.status != 0, where)
            if rule == "commits-missing" or (rule == "unlogged-update" and finding["severity"] != "note"):
                self.claim("finding " + rule, ref in self.lost_refs, where)
            elif rule == "unattributed-commits" or (rule == "unlogged-push" and finding["severity"] != "note"):
                self.claim("finding " + rule, bool(self.view.lost or self.view.undelivered), where)
            elif rule == "trail-conflict":
                self.fail("finding trail-conflict", where)
            elif rule == "force-push":
                moved = [move for move in self.truth.moves(ref) if move[1] and move[2] and self.truth.lacks(move[1], ref, move[2])]
                self.claim("finding force-push", bool(moved) or bool(self.view.lost), where)
            elif rule == "tag-moved":
                tips = {move[2] for move in self.truth.moves(ref) if move[2]} | {self.truth.named(self.truth.life.before).get(ref)}
                self.claim("finding tag-moved", len(tips - {None}) > 1, where)
            elif rule == "ref-deleted" and finding["severity"] != "note":
                self.claim("finding ref-deleted", any(move[2] is None for move in self.truth.moves(ref)), where)
            if rule in ("force-push", "ref-deleted") and finding["severity"] != "note":
                self.claim("severity", (finding["severity"] == "error") == is_protected(ref), where, finding["severity"])
            elif rule == "tag-moved":
                self.claim("severity", finding["severity"] == "error", where, finding["severity"])
        # Nothing that was judged goes unsaid.
        said = Counter((finding["rule"], finding.get("eventID"), finding.get("ref")) for finding in self.report["findings"])
        for (event, ref), update in transitions.items():
            if update["transition"] == "forced":
                rule = "tag-moved" if ref.startswith("refs/tags/") else "force-push"
                self.claim("forced is found", said[(rule, event, ref)] == 1, event, ref)
            if update.get("verdict") == "missing":
                self.claim("missing is found", said[("commits-missing", event, ref)] == 1, event, ref)

    def peace(self):
        """Where nobody ever rewrote, deleted or moved anything, nothing is an error, however little is seen."""
        refs = {update.ref for event in self.truth.order for update in event.updates}
        bad = [(ref, old, new) for ref in refs for _, old, new in self.truth.moves(ref)
               if old is not None and self.truth.lacks(old, ref, new)]
        absences = {"commits-missing", "unlogged-update", "unlogged-push"} if self.view.lost and self.view.stated else set()
        if not bad:
            errors = [finding for finding in self.report["findings"]
                      if finding["severity"] == "error" and finding["rule"] not in absences]
            self.claim("no error in peace", not errors, errors[:1])
        # An error names a ref that truly was rewritten, deleted or moved.
        for finding in self.report["findings"]:
            if (finding["severity"] == "error" and "ref" in finding
                    and finding["rule"] not in absences | {"principal-not-allowed"}):
                ref = finding["ref"]
                self.claim("error names its ref", any(ref == moved for moved, _, _ in bad), finding["rule"], ref)

    def own_events(self):
        """CodeCommit's own event of a push whose record is lost proves the hole; one of a logged push never accuses."""
        if not self.view.witnessed:
            return
        logged = {event.id: event for event in self.view.logged}
        said = " ".join(line for finding in self.report["findings"] if finding["rule"] == "unlogged-update"
                        for line in finding["evidence"])
        for (event_id, ref), names in self.view.witnessed.items():
            found = any(f"{kind} {name} at" in said for kind in ("state change", "trigger") for name in names)
            if event_id in logged:
                cited = [finding for finding in self.report["findings"]
                         if finding["rule"] == "unlogged-update" and "eventID" not in finding
                         and any(f" {name} at" in line for name in names for line in finding["evidence"])]
                self.claim("an event of a logged push accuses nobody", self.view.gap or not cited, event_id, ref, cited[:1])
            elif event_id in self.view.lost and self.is_provable(self.truth.by_id[event_id], ref, logged):
                self.claim("an event without a record is found", found, event_id, ref)

    def is_provable(self, event, ref, logged):
        """Within coverage, and no other record of the same tip can be meant."""
        new = next(update.new for update in event.updates if update.ref == ref)
        rivals = [other for other in logged.values() if abs(other.record - event.effect) < 320
                  for update in other.updates if update.ref == ref
                  and (ref.startswith("refs/tags/") or update.new == new or new is None)]
        return not rivals and self.view.start + 400 < event.effect < self.view.end - 1400

    def counts(self):
        summary = self.report["summary"]
        self.claim("summary", summary["pushes"] == len(self.report["pushes"]))
        self.claim("summary", summary["updates"] == len(self.updates))
        self.claim("summary", summary["byTransition"] == dict(Counter(update["transition"] for _, update in self.updates)))
        verdicts = Counter(update["verdict"] for _, update in self.updates if "verdict" in update)
        self.claim("summary", summary["byVerdict"] == dict(verdicts))
        rules = Counter(finding["rule"] for finding in self.report["findings"])
        self.claim("summary", summary["byRule"] == dict(rules))

    def result(self):
        errors = any(finding["severity"] == "error" for finding in self.report["findings"])
        result = self.report["summary"]["result"]
        self.claim("result", (result == "fail") == errors, result)
        self.claim("exit code", self.status == {"pass": 0, "fail": 1, "unverifiable": 3}[result], self.status, result)
        if self.view.truncated:
            self.claim("exit code", self.status != 0, "an unreadable file was passed over")

    # What must be told

    def completeness(self):
        """A whole trail, a clone with all of the end, nothing within seconds: everything provable must be said."""
        is_error = is_unknown = False
        for push, update in self.updates:
            real, ref = self.real(push, update), update["ref"]
            old, new = self.name(real.old), self.name(real.new)
            where = f"{push['eventID']} {ref}"
            expected = self.expected_transition(push, ref, old, new)
            got = update.get("reason") if update["transition"] == "unknown" else update["transition"]
            self.claim("complete transition", got == expected, where, f"{got}, must be {expected}")
            if expected == "forced":
                is_error |= is_protected(ref)
            if expected == "tip-absent" and is_protected(ref):
                is_unknown = True
            if expected == "deleted" and ref.startswith("refs/tags/") and old not in self.known:
                is_unknown = True  # what a tag in no clone took along cannot be told
            self.expected_tip(update, ref, new, where)
            self.expected_removed(update, ref, old, new, expected, where)
            self.expected_introduced(push, update, new, where)
            if expected == "deleted" and is_protected(ref) and old in self.known:
                merged = any(self.truth.contains(old, self.name(event.source)) for event in self.truth.order
                             if event.source is not None)
                is_error |= bool(self.truth.rev_list(old, *self.truth.final.values())) and not merged
        for ref in self.report["refs"]:
            final = self.truth.final.get(ref["ref"])
            known = final is not None or "seen" in ref
            if known and ref["ref"].startswith("refs/heads/"):
                self.claim("complete state", ref["state"] == "reconciled", ref["ref"], ref["state"])
        is_error |= any(finding["rule"] == "tag-moved" for finding in self.report["findings"])
        if is_error:
            self.claim("complete exit", self.status == 1, self.status, "an error is provable")
        elif not is_unknown and not any(update.get("verdict") == "unverifiable" for _, update in self.updates):
            self.claim("complete exit", self.status == 0, self.status, "nothing bad happened, and all is known")

    def expected_transition(self, push, ref, old, new):
        if new is None:
            return "deleted"
        if old is None:
            return "created"
        if old == new:
            return "unchanged"
        if ref.startswith("refs/tags/"):
            return "forced"
        if push["action"] != "GitPush":
            return "fast-forward"
        if new not in self.known:
            return "tip-absent"
        return "fast-forward" if self.truth.contains(old, new) else "forced"

    def expected_removed(self, update, ref, old, new, expected, where):
        """What was removed, wherever both ends are here: for a force push always, for a deletion where every ref is known."""
        if old is None or old not in self.known or not ref.startswith("refs/heads/"):
            return
        if expected == "forced":
            ids = self.truth.rev_list(old, new)
        elif expected == "deleted" and all(tip in self.known for tip in self.truth.final.values()):
            ids = self.truth.rev_list(old, *self.truth.final.values())
        else:
            return
        said = update.get("removed")
        told = {commit["id"] for commit in said["commits"]} if said else set()
        exact = not said or not said["upperBound"]
        self.claim("complete removed", told == ids and exact, where, f"said {said}, truly {len(ids)}")

    def expected_tip(self, update, ref, new, where):
        if new is None or new not in self.objects:
            return
        final = self.truth.final
        on = not self.truth.lacks(new, ref, final.get(ref))
        other = any(self.truth.contains(new, tip) for name, tip in final.items() if name != ref)
        expected = "on-ref" if on else "on-other-ref" if other else "unreachable"
        # What a ref has whose last tip is in no clone, nobody can tell.
        open_ = any(tip not in self.objects for tip in final.values()) and expected == "unreachable"
        self.claim("complete tip", update["tip"] == expected or (open_ and update["tip"] == "unknown"), where,
                   f"{update['tip']}, must be {expected}")
        if on:
            self.claim("complete verdict", update["verdict"] == "intact", where, update["verdict"])
        elif other and (self.view.sees_absence or final.get(ref)):
            self.claim("complete verdict", update["verdict"] == "kept-elsewhere", where, update["verdict"])
        elif not other:
            moves = self.truth.moves(ref)
            start = next(index for index, move in enumerate(moves) if move[0].id == update_event(self, update))
            self.expected_drop(update, ref, new, moves[start + 1:], where)

    def expected_drop(self, update, ref, tip, later, where):
        for event, _, new in later:
            if new is not None and new not in self.known and not ref.startswith("refs/tags/"):
                continue  # an absent tip says nothing; of a tag, any other id does
            if self.truth.lacks(tip, ref, new):
                merged = any(self.truth.contains(tip, self.name(merge.source)) for merge in self.truth.order
                             if merge.source is not None)
                expected = ("deleted" if new is None else "overwritten")
                holds = update["verdict"] == expected or (merged and update["verdict"] == "merged")
                self.claim("complete verdict", holds, where, f"{update['verdict']}, must be {expected}")
                if update["verdict"] == expected:
                    self.claim("complete droppedBy", update["droppedBy"]["eventID"] == event.id, where, event.id)
                return

    def expected_introduced(self, push, update, new, where):
        if new is None:
            return
        if new not in self.known:
            self.claim("complete introduced", "introduced" not in update, where)
            return
        truly = {name for name, (_, by) in self.truth.first_seen.items() if by == push["eventID"]}
        truly = {name for name in truly if self.truth.contains(name, new)}
        said = set(update["introduced"]["commits"]) | set(update["introduced"]["atOrBeforeCommits"])
        everything = self.absent_before(push)
        if not everything:
            self.claim("complete introduced", said <= truly and (said == truly or len(self.truth.by_id[push["eventID"]].updates) > 1),
                       where, f"said {len(said)}, truly {len(truly)}")
            self.claim("complete exact", not update["introduced"]["atOrBefore"], where)

    def absent_before(self, push):
        """Whether an earlier push has a tip that is not in the clone: what it carried cannot be told."""
        event = self.truth.by_id[push["eventID"]]
        return any(update.new is not None and self.name(update.new) not in self.known
                   for earlier in self.truth.order if earlier.effect <= event.effect for update in earlier.updates)


def update_event(checker, update):
    return next(push["eventID"] for push, other in checker.updates if other is update)


def moment(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def is_protected(ref):
    """By default: main, and all tags."""
    return ref == "refs/heads/main" or ref.startswith("refs/tags/")
