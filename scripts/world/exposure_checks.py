"""Holds what a report and the command `exposure` say of who read what against the truth: a part of WitnessChecker."""

import re

from .checks import is_protected
from .trail import iso

HOUR = 3600


class ExposureChecks:
    # What the report says of dropped tips

    def exposure_findings(self):
        said, shortened = {}, set()
        for finding in self.report["findings"]:
            if finding["rule"] != "exposure":
                continue
            text = "\n".join([finding["message"], *finding["evidence"]])
            where = f"{finding.get('ref')} {finding.get('eventID')}: {finding['message']}"
            self.claim("exposure is a note", finding["severity"] == "note", where)
            self.claim("exposure of a protected ref", is_protected(finding.get("ref", "")), where)
            tips = self.tips_of(finding)
            if any(re.fullmatch(r"and \d+ more", line) for line in finding["evidence"]):
                shortened |= {(finding.get("ref"), tip) for tip in tips}
            for read in self.scene.reads:
                if read.id not in text:
                    continue
                self.claim("exposure names reads", read in self.view.reads and read.data, where, read.id)
                # Where the record of what dropped it is lost, it was on the ref for as long as anything tells.
                self.claim("exposure in time", finding.get("ref") in self.lost_refs or any(
                    self.was_readable(tip, finding.get("ref"), read) or self.is_before_drop(tip, finding.get("ref"), begun(read))
                    for tip in tips), where, read.id, iso(read.time))
                for tip in tips:
                    said.setdefault((finding.get("ref"), tip), set()).add(read.id)
        for push, update in self.updates:
            if update["ref"] in self.lost_refs:
                continue  # who dropped it when is not known for certain
            if update.get("verdict") not in ("overwritten", "deleted", "missing") or not is_protected(update["ref"]):
                continue
            tip = update["after"]
            for read in self.view.reads:
                on = read.state.get(update["ref"])
                # Another push may have had the tip on the ref before, and another finding tells of that.
                meanwhile = push["time"] <= iso(read.time) and ("droppedBy" not in update or read.time <= self.truth.by_id[
                    update["droppedBy"]["eventID"]].record)
                if meanwhile and self.truth.peel(tip) in read.new and on is not None and not self.truth.lacks(tip, update["ref"], on):
                    named = read.id in said.get((update["ref"], tip), ())
                    if (update["ref"], tip) in shortened:
                        self.may("exposure finding names the read, of very many", named)
                    else:
                        self.must("exposure finding names the read", named, update["ref"], tip[:12], read.id, read.action, iso(read.time))

    def tips_of(self, finding):
        tips = set(finding["commits"])
        for push, update in self.updates:
            if push["eventID"] == finding.get("eventID") and update["ref"] == finding.get("ref"):
                tips |= {update.get("after"), update["before"].get("tip")}
        return {tip for tip in tips if tip in self.truth.numbers}

    def is_before_drop(self, tip, ref, moment):
        """Whether a drop that is only known to be no later than an event leaves a moment open."""
        for push, update in self.updates:
            dropped = update.get("droppedBy", {})
            if update["ref"] == ref and update.get("after") == tip and dropped.get("certainty") == "no-later-than":
                if moment <= self.truth.by_id[dropped["eventID"]].record + 8 and push["time"] <= iso(moment + 8):
                    return True
        return False

    def was_readable(self, tip, ref, read):
        """Whether the ref had a tip while a read may have been under way; seconds may be exchanged, for a record is not the act."""
        held = self.truth.held(ref, begun(read) - 8, read.time + 8)
        return any(name is not None and not self.truth.lacks(tip, ref, name) for name in held)

    # The command `exposure`

    def exposed_commits(self):
        """Commits worth asking for: tips that were dropped, and that the report names."""
        dropped = [update["after"] for _, update in self.updates if update.get("verdict") in ("overwritten", "deleted", "missing")]
        others = [update["after"] for _, update in self.updates if "after" in update]
        commits = [tip for tip in dict.fromkeys(dropped + others[:1]) if self.truth.numbers[tip] >= 0]
        return commits[:2]

    def exposure(self, asked, answer, excluded=None):
        """The answer about one commit."""
        commit = self.truth.peel(asked)
        self.claim("exposure: commit", answer["schemaVersion"] == 1 and answer["commit"] in (asked, commit), answer.get("commit"))
        traits = self.truth.life.traits
        # A tip that is in no clone may have a commit or not: nothing tells, and the longest stretch that may be is said.
        strict = (self.truth.life.created and not traits and not self.view.gap and self.view.form != "old-tip" and self.view.is_whole
                  and all(name in self.objects for name in self.truth.ids.values()))
        for said in answer["intervals"]:
            # Where a tip's history is in no clone, the ref may have had the commit: nothing to compare.
            if said.get("certainty") != "possible":
                self.interval(asked, said, strict)
        if strict:
            truly = {(ref, by, until) for ref, by, until in self.intervals(asked)}
            told = {(said["ref"], said.get("pushedBy"), said.get("droppedBy")) for said in answer["intervals"]}
            self.claim("exposure: all intervals", told == truly, asked, f"said {sorted(map(str, told))}",
                       f"truly {sorted(map(str, truly))}")
        told = {}
        for said in answer["reads"]:
            told[said["eventID"]] = said
            self.one_read(asked, commit, said, strict, excluded)
        self.claim("exposure: once", len(told) == len(answer["reads"]), asked)
        for read in self.view.reads:
            if commit in read.new and read.data and read.actor["name"] != excluded:
                if any(self.shows(tip, commit) for tip in read.state.values()):
                    self.must("exposure: a read that brought it", read.id in told, asked, read.id, read.action, iso(read.time))
        for said in answer["clones"]:
            witness = self.witnesses.get(said["clone"])
            self.claim("exposure: clone", witness is not None and commit in witness.have, asked, said)
            if witness is not None and "time" in said:
                moments = {iso(session.recorded) for session in witness.sessions if commit in session.had}
                self.claim("exposure: clone's time", said["time"] in moments, asked, said, sorted(moments)[:3])
        listed = {said["clone"] for said in answer["clones"]}
        for name, found in self.scene.entries.items():
            if not self.witnesses[name].excused and any(entry.tip == commit and entry.kind == "fetch" for entry in found):
                self.must("exposure: a clone that has it", name in listed, asked, name)

    def intervals(self, tip):
        """Each stretch in which a ref had the commit: (ref, the event that began it, the one that ended it)."""
        result = []
        refs = sorted({update.ref for event in self.truth.order for update in event.updates})
        for ref in refs:
            begun = None
            for event, _, new in self.truth.moves(ref):
                has = new is not None and self.truth.contains(tip, new)
                if has and begun is None:
                    begun = event.id
                elif not has and begun is not None:
                    result.append((ref, begun, event.id))
                    begun = None
            if begun is not None:
                result.append((ref, begun, None))
        return [(ref, begun, ended) for ref, begun, ended in result]

    def shows(self, tip, commit):
        """Whether the clones show that a tip has a commit: it is it, or the whole way to it is there."""
        return tip == commit or (self.truth.contains(commit, tip) and tip in self.objects
                                 and self.truth.names(self.truth.mask(tip)) <= self.objects)

    def interval(self, tip, said, strict):
        for field, has in (("pushedBy", True), ("droppedBy", False)):
            name = said.get(field)
            if name is None:
                continue
            event = self.truth.by_id[name]
            if event.contested:
                continue  # "gone no later than": the longest stretch that may be
            update = self.truth.update(name, said["ref"])
            new, old = self.name(update.new), self.name(update.old)
            after = new is not None and self.truth.contains(tip, new)
            self.claim("exposure: interval", after == has, tip, said, field)
            if strict:
                before = old is not None and self.truth.contains(tip, old)
                self.claim("exposure: interval", before != has, tip, said, field)
            time = said.get("start" if has else "end")
            # Where updates lie within seconds, their order is open, and the longest stretch that may be is told.
            moments = [iso(event.record)] if strict else [iso(event.record + seconds) for seconds in range(-6, 7)]
            self.claim("exposure: interval's time", time in moments, tip, said, iso(event.record))

    def one_read(self, asked, commit, said, strict, excluded):
        read = self.reads_by_id.get(said["eventID"])
        known = read is not None and read in self.view.reads
        self.claim("exposure: read", known and read.data, asked, said)
        if not known:
            return
        self.claim("exposure: read's words", said["action"] == read.action and said["time"] == iso(read.time)
                   and said["principal"]["name"] == read.actor["name"] and said["sourceIPAddress"] == read.actor["address"], said)
        self.claim("exposure: excluded", read.actor["name"] != excluded, said)
        on = any(self.was_containing(commit, read, ref) for ref in {update.ref for event in self.truth.order for update in event.updates}
                 | set(self.truth.life.before))
        if strict:
            self.claim("exposure: read in time", on, asked, said)
        if said["certainty"] == "confirmed":
            session = read.session
            holds = session is not None and commit in session.had
            self.claim("exposure: confirmed", holds, asked, said, f"truly {sorted(session.clones) if session else 'nobody'}")
            if holds and "clone" in said:
                self.claim("exposure: confirmed", said["clone"] in session.clones, asked, said)
        else:
            self.claim("exposure: possible", said["certainty"] == "possible", said)

    def was_containing(self, commit, read, ref):
        return any(name is not None and self.truth.contains(commit, name)
                   for name in self.truth.held(ref, begun(read) - 8, read.time + 8))


def begun(read):
    """When a read may have begun: at its advertisement; without one, a transfer may take an hour."""
    return read.time - HOUR if read.advertised is None and read.action == "GitPull" else read.advertised or read.time
