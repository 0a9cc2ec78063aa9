"""Holds what a report says by the word of clones against the truth: who made a push, whose a pull was, what no record tells, who read what.

`claims` counts what was compared; `provable` what the clones prove, by conditions that are stated here and not in the tool's
terms, and `found` how much of that was said.
"""

from collections import Counter

from .checks import Checker
from .exposure_checks import ExposureChecks
from .scene import LAG
from .trail import iso
from .witnesses import ALLOWANCE

HOUR = 3600
ACTS = ("clone", "fetch", "by-id", "elsewhere")


class WitnessChecker(ExposureChecks, Checker):
    def __init__(self, view, report, status):
        super().__init__(view.scene.truth, view, report, status)
        self.scene, self.cast = view.scene, view.scene.cast
        self.witnesses = {witness.name: witness for witness in self.cast.witnesses}
        self.slack = 10 + max(abs(witness.offset) for witness in self.cast.witnesses)
        self.reads_by_id = {read.id: read for read in self.scene.reads}
        self.sessions = unique([session for witness in self.cast.witnesses for session in witness.sessions])
        self.provable, self.found = Counter(), Counter()
        self.is_beyond = any(not witness.in_allowance for witness in self.cast.witnesses)

    def run(self):
        super().run()
        self.pulls()
        self.witnesses_of_pulls()
        self.makers()
        self.accusations()
        self.unlogged_pulls()
        self.exposure_findings()
        self.lost_updates()
        return self.false

    def must(self, kind, holds, *facts):
        self.provable[kind] += 1
        if holds:
            self.found[kind] += 1
        else:
            self.fail("not said, and provable: " + kind, *facts)

    def may(self, kind, holds):
        """What is true, and that the tool need not be sure of."""
        self.provable[kind + " (need not be said)"] += 1
        self.found[kind + " (need not be said)"] += holds

    # Pulls

    def pulls(self):
        """Each pull is told as it was, and every one with data is told."""
        told = Counter(pull["eventID"] for pull in self.report["pulls"])
        times = {event_id: (read, moment) for read in self.view.reads for event_id, moment in read.moments}
        for pull in self.report["pulls"]:
            name = pull["eventID"]
            self.claim("pull", told[name] == 1 and name in times, name, "no such pull, or told twice")
            if name not in times:
                continue
            read, moment = times[name]
            self.claim("pull", pull["time"] == iso(moment), name, pull["time"])
            self.claim("pull", pull["principal"]["name"] == read.actor["name"], name, pull["principal"])
            self.claim("pull", pull["dataTransferred"] == (read.data and name == read.id), name, pull)
        for read in self.view.reads:
            if read.action == "GitPull" and read.data:
                self.claim("pull", told[read.id] == 1, read.id, "a pull with data that is not told")
                # The advertisement belongs to the data. Over SSH and HTTP alike there is one record of what was sent.
                rivals = [other for other in self.scene.reads if other is not read and other.actor is read.actor
                          and abs(other.time - read.time) <= ALLOWANCE]
                if read.advertised is not None and not rivals:
                    self.claim("pull", told[read.id + "-ad"] == 0, read.id, "its advertisement is told as a pull of its own")

    def witnesses_of_pulls(self):
        said = {pull["eventID"]: pull["witness"] for pull in self.report["pulls"] if "witness" in pull}
        for name, witness in said.items():
            read = self.reads_by_id.get(name)
            session = read.session if read else None
            # That an up-to-date pull has a witness too (FETCH_HEAD, say) is more than DESIGN asks for, and no fault.
            holds = session is not None and witness["clone"] in session.clones
            if not holds and self.is_orphan(witness):
                continue
            truly = f"truly {sorted(session.clones)} at {iso(session.recorded)}" if session else "truly somebody's without a clone"
            self.claim("witness of a pull", holds, name, iso(read.time) if read else "", witness, truly)
            if not holds:
                continue
            self.claim("witness's time", witness["time"] == iso(session.recorded), name, witness, truly)
            # A clone whose packed-refs was written again no longer tells what it was given.
            if session.act != "by-id":
                self.claim("witness's tips", (witness["tips"] or session.act == "clone")
                           and set(witness["tips"]) <= set(read.state.values()), name, witness)
            twin = self.twin(session)
            self.claim("no guess between two", twin is None, name, witness, f"as well {sorted(twin.clones) if twin else ''}")
        for read in self.view.reads:
            if read.session is not None and self.proves_witness(read):
                witness = said.get(read.id)
                holds = witness is not None and witness["clone"] in read.session.clones
                if self.has_rival(read):
                    self.may("witness of a pull, an up-to-date one near", holds)
                    continue
                kind = "witness of a pull" if self.is_settled(read) else "witness of a pull, after a race"
                if not self.shows_clock(read):
                    self.may("witness of a pull, by a clock of which nothing else tells", holds)
                    continue
                self.must(kind, holds, read.id, iso(read.time),
                          f"{sorted(read.session.clones)} at {iso(read.session.recorded)}")

    def is_orphan(self, witness):
        """Whether the fetch that is named is the one whose own record is lost: then another's may fit it, and nothing shows it."""
        return any(witness["clone"] in session.clones and witness["time"] == iso(session.recorded) and session.read is not None
                   and session.read.id in self.view.unread for session in self.sessions)

    def twin(self, session):
        """Another clone's fetch in the same second or the next, whose record is in the trail too: nothing tells the two apart."""
        for other in self.sessions:
            if (other is not session and other.read is not None and abs(other.recorded - session.recorded) <= 2 and other.read.data
                    and session.read.data and other.read.shallow == session.read.shallow
                    and abs(other.read.time - session.read.time) <= 2 and other.read in self.view.reads):
                return other
        return None

    def proves_witness(self, read):
        """The only pull with data within twice the allowance of the clone's word, and the only session of any clone there."""
        session = read.session
        witness = self.witnesses[sorted(session.clones)[0]]
        recorded = session.recorded
        if not (read.data and witness.in_allowance and not witness.excused and self.is_visible(session)
                and abs(read.time - recorded) <= ALLOWANCE - 10):
            return False
        if not (self.scene.start + 2 * ALLOWANCE < recorded < self.scene.end - 2 * ALLOWANCE):
            return False
        if any(other is not read and other.action == "GitPull" and other.data and abs(other.time - recorded) <= 2 * ALLOWANCE
               for other in self.scene.reads):
            return False
        if any(other is not session and other.act in ACTS and abs(other.recorded - recorded) <= 2 * ALLOWANCE
               for other in self.sessions):
            return False
        return not self.view.lost

    def has_rival(self, read):
        """A fetch may move refs without any data, where a clone has the objects already: an up-to-date pull is a rival."""
        return any(abs(moment - read.session.recorded) <= 2 * ALLOWANCE for other in self.scene.reads if not other.data
                   for _, moment in other.moments)

    def shows_clock(self, read):
        """Whether the clone's clock is right, or another fetch of it is as clear and shows that it is as far off.

        A clock may be off by any time; then a stranger's pull may be the only one near.
        """
        offset = read.session.recorded - read.time
        return abs(offset) <= 8 or any(
            other is not read and other.session is not None and other.session.clones & read.session.clones
            and abs(other.session.recorded - other.time - offset) <= 5 and self.proves_witness(other) and self.is_settled(other)
            and not self.has_rival(other) for other in self.view.reads)

    def is_settled(self, read):
        """Whether no ref of the server then had been pushed to twice within minutes: its tip can be told for certain."""
        for ref, tip in read.state.items():
            times = [event.record for event in self.truth.life.events for update in event.updates if update.ref == ref
                     and event.record <= read.time and not event.denied]
            if any(0 <= second - first <= 1000 for first, second in zip(sorted(times), sorted(times)[1:])):
                return False
        return True

    def is_visible(self, session):
        """Whether the reflogs of a clone still tell of a fetch."""
        for name in session.clones:
            if self.scene.cloned[name] == session.recorded:
                return True
            if any(entry.time == session.recorded and entry.kind == "fetch" for entry in self.scene.entries[name]):
                return True
        return False

    # Pushes

    def makers(self):
        for push in self.report["pushes"]:
            event, name = self.truth.by_id[push["eventID"]], push.get("madeFrom")
            truly = self.cast.makers.get(event.id, set())
            if name is not None:
                # A push that was sent twice came from one clone both times.
                twice = [clones for other, clones in self.cast.makers.items()
                         if self.truth.by_id[other].actor is event.actor and same_moves(self.truth.by_id[other], event)]
                holds = name in truly or any(name in clones for clones in twice)
                self.claim("made from", holds, event.id, iso(event.record), f"said {name}, truly {sorted(truly)}")
            elif self.proves_maker(event, truly):
                self.must("made from", False, event.id, iso(event.record), f"truly {sorted(truly)}")
            if name is not None and self.proves_maker(event, truly):
                self.must("made from", name in truly, event.id)

    def proves_maker(self, event, truly):
        if len(truly) != 1 or self.view.lost:
            return False
        witness = self.witnesses[next(iter(truly))]
        session = next(session for session in witness.sessions if session.event is event)
        if witness.offset or witness.excused:
            return False
        for update in event.updates:
            if update.new is None:
                continue
            tip = self.name(update.new)
            near = [entry for found in self.scene.entries.values() for entry in found if (entry.ref, entry.tip) == (update.ref, tip)
                    and entry.kind == "push" and abs(entry.time - session.recorded) <= 2 * ALLOWANCE]
            others = [other for other in self.truth.life.events if other is not event and not other.denied
                      and abs(other.record - event.record) <= 2 * ALLOWANCE
                      and any(move.ref == update.ref and move.new == update.new for move in other.updates)]
            if len(near) == 1 and near[0].time == session.recorded and not others:
                return True
        return False

    # Accusations by the word of clones

    def accusations(self):
        """Whatever is missing truly is: with every record here nothing may be said to lack."""
        for finding in self.report["findings"]:
            if finding["rule"] not in ("unlogged-update", "unlogged-push"):
                continue
            where = f"{finding['rule']} ({finding['severity']}) {finding.get('ref')}: {finding['message']}; {finding['evidence'][:2]}"
            if finding["severity"] == "note":
                # "At most a note on clocks": where no clock is wrong by more than the allowance, not even that.
                self.claim("no word of clocks that are right", self.is_beyond or bool(self.view.lost), where)
            else:
                self.claim("nothing lacks that is there", bool(self.view.lost), where)
                if "ref" in finding:
                    self.claim("what lacks is named", finding["ref"] in self.lost_refs, where)
        self.claims["reports without a false accusation, looked at"] += 1

    def unlogged_pulls(self):
        said = []
        for finding in self.report["findings"]:
            if finding["rule"] != "unlogged-pull":
                continue
            where = f"{finding['severity']}: {finding['message']}; {finding['evidence'][:3]}"
            self.claim("unlogged-pull is a note", finding["severity"] == "note", where)
            session = self.session_of(finding)
            if session is None:
                self.fail("unlogged-pull of no session", where)
                continue
            said.append(session)
            near = [moment for moment in self.view.pulled if self.explains(moment, session.recorded, 0)]
            self.claim("no pull is logged there", not near, where, [iso(moment) for moment in near[:2]])
            self.claim("a fetch of this repository", session.act in ("clone", "fetch", "by-id"), where, session.act)
            if all(self.witnesses[name].in_allowance for name in session.clones):
                read = session.read
                truly = read is not None and not any(moment in self.view.pulled for _, moment in read.moments)
                self.claim("the pull is truly not logged", truly, where)
        for session in self.sessions:
            if self.proves_unlogged(session):
                self.must("unlogged-pull", session in said, sorted(session.clones), iso(session.recorded))

    def explains(self, moment, recorded, slack):
        return recorded - HOUR - ALLOWANCE - slack <= moment <= recorded + ALLOWANCE + slack

    def proves_unlogged(self, session):
        witness = self.witnesses[sorted(session.clones)[0]]
        if session.read is None or session.read.id not in self.view.unread or not self.view.pulled:
            return False
        if not witness.in_allowance or witness.excused or not self.is_visible(session):
            return False
        if not (self.scene.start + HOUR + 2 * ALLOWANCE < session.recorded < self.scene.end - LAG - 2 * ALLOWANCE):
            return False
        return not any(self.explains(moment, session.recorded, 5) for moment in self.view.pulled)

    def session_of(self, finding):
        """The session that a finding names: by its clone and its time, in whatever words."""
        text = "\n".join([finding["message"], *finding["evidence"]])
        named = [session for session in self.sessions if any(name in text for name in session.clones)
                 and (iso(session.recorded) in text or str(session.recorded) in text)]
        return named[0] if named else None

    # What the clones prove where a record of a push is lost

    def lost_updates(self):
        for event in self.truth.life.events:
            if event.id not in self.view.lost or not self.scene.covers(event.record):
                continue
            for update in event.updates:
                if update.landed and update.new is not None and update.ref.startswith("refs/heads/"):
                    self.lost_update(update)

    def lost_update(self, update):
        ref, tip = update.ref, self.name(update.new)
        if tip in self.ledger_tips(ref):
            return
        # In a trail that begins mid-life a ref may have been there before it, until its first update is logged.
        opened = min((event.record for event in self.view.logged for move in event.updates if move.ref == ref), default=None)
        if self.truth.life.created and self.scene.trail_kind != "mid-life":
            opened = self.scene.start
        if opened is None:
            return
        worst = None
        for witness in self.cast.witnesses:
            if witness.excused or not witness.in_allowance:
                continue
            log = [entry for entry in self.scene.entries[witness.name] if entry.ref == ref]
            for place, entry in enumerate(log):
                inside = (max(self.scene.start, opened) + HOUR + 2 * ALLOWANCE < entry.time
                          < self.scene.end - LAG - 2 * ALLOWANCE)
                if entry.tip != tip or not inside:
                    continue
                between = (any(self.matches(other) for other in log[:place]) and any(self.matches(other) for other in log[place + 1:]))
                rank = 2 if between and self.view.stated else 1
                if worst is None or rank > worst[0]:
                    worst = (rank, witness.name, entry, between)
        if worst is None:
            return
        rank, name, entry, between = worst
        said = [finding for finding in self.report["findings"] if finding["rule"] in ("unlogged-update", "unlogged-push")
                and finding.get("ref") == ref and finding["severity"] != "note"]
        where = (name, f"{entry.kind} of {ref} at {iso(entry.time)}", tip[:12], f"between: {between}, stated: {self.view.stated}")
        self.must("unlogged update or push", bool(said), *where)
        if said and rank == 2:
            self.must("unlogged as an error", any(finding["severity"] == "error" for finding in said), *where)

    def ledger_tips(self, ref):
        """Every id that the records which are left let the ref have, in whatever field."""
        tips = {self.truth.named(self.truth.life.before).get(ref)}
        for event in self.view.logged:
            for update in event.updates:
                if update.ref != ref:
                    continue
                tips.add(self.name(update.new))
                if update.told not in (None, "none") or event.action.startswith("Merge") or (
                        update.new is None and self.view.form in ("flag", "old-tip")):
                    tips.add(self.name(update.old))
        return tips

    def matches(self, entry):
        """Whether a line agrees with a logged update of its ref, by its time and its tip."""
        if not self.scene.covers(entry.time):
            return False
        last = None
        for event in sorted(self.view.logged, key=lambda event: event.record):
            for update in event.updates:
                if update.ref == entry.ref and event.record <= entry.time:
                    last = self.name(update.new)
        return last == entry.tip


def unique(sessions):
    return list({id(session): session for session in sessions}.values())


def same_moves(one, other):
    moves = {(update.ref, update.new) for update in one.updates}
    return bool(moves & {(update.ref, update.new) for update in other.updates})
