"""Worlds with clones as witnesses: one life, several clones, and a trail that is written again for every record that is lost."""

import os
import pathlib
import random
import shutil
import subprocess

from . import reflogs, trail, views
from .history import DAY, START, Author
from .truth import Truth
from .witnesses import Cast

STYLES = ["plain", "odd", "shifted", "crowded", "beyond", "odd", "plain", "odd"]
LAG = 900


class View:
    """How a world is seen: what Checker asks."""
    truncated = None
    is_current = knows_final = sees_absence = is_whole_view = is_complete = False


class Scene:
    """One world, whose trail can be written whole, or without one record."""

    def __init__(self, seed, folder, author=Author):
        self.seed, self.folder = seed, pathlib.Path(folder)
        chance = self.chance = random.Random(seed * 104_729 + 3)
        self.style = STYLES[seed % len(STYLES)]
        life = self.life = author(seed).live(calm=chance.random() < 0.6)
        self.server = views.Server(folder, life)
        truth = self.truth = Truth(self.server)
        self.form = chance.choice(trail.FORMS)
        self.start = int(life.first) - 3600 if life.created else START - 2 * DAY
        self.end = life.end
        self.trail_kind = chance.choice(["whole", "whole", "shuffled", "mid-life", "lagging"])
        if self.trail_kind == "mid-life":
            self.start = int(life.first + (life.end - life.first) * chance.uniform(0.1, 0.5))
        elif self.trail_kind == "lagging":
            self.end -= chance.choice([3600, 6 * 3600])
        if self.end <= self.start + 7200:
            self.start = int(life.first) - 3600
        self.stated = chance.random() < 0.6
        self.cast = Cast(self.server, truth, folder, chance, self.style, self.start).play()
        self.reads = sorted(self.cast.reads, key=lambda read: (read.time, read.id))
        self.entries = {witness.name: reflogs.entries(witness) for witness in self.cast.witnesses}
        self.cloned = {witness.name: reflogs.cloned(witness) for witness in self.cast.witnesses}
        self.objects = set()
        for witness in self.cast.witnesses:
            listed = self.server.git("-C", str(witness.path), "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
            self.objects |= set(listed.stdout.split())
        self.arguments = ["--trail", "trail", "--now", trail.iso(life.end + 7200)]
        for witness in self.cast.witnesses:
            self.arguments += ["--repo", witness.name]
        if any(witness.kind == "two-remotes" for witness in self.cast.witnesses):
            self.arguments += ["--repository", trail.NAME]
        if self.stated:
            self.arguments += ["--coverage", f"{trail.iso(self.start)}..{trail.iso(self.end)}"]

    @property
    def title(self):
        clones = ", ".join(f"{witness.kind}{f' {witness.offset:+}s' if witness.offset else ''}" for witness in self.cast.witnesses)
        return (f"world {self.seed} ({self.style}; {clones}; {self.trail_kind} trail{', stated' if self.stated else ''}, "
                f"{self.form} deletions)")

    # One way to see it

    def see(self, lost=(), unread=()):
        """Writes the trail without the events `lost` and the reads `unread` (ids); what Checker must know of it."""
        shutil.rmtree(self.folder / "trail", ignore_errors=True)
        options = {"shuffle": self.seed, "copies": 2} if self.trail_kind == "shuffled" else {}
        more = [record for read in self.reads if read.id not in unread for record in trail.records_of_read(read)]
        more += [trail.record_of_idle_push(moment, actor, number) for number, (moment, actor) in enumerate(self.cast.idle)]
        trail.write(self.folder / "trail", self.life, self.truth.ids, self.form, self.start, self.end, dropped=lost, more=more,
                    **options)
        view = View()
        view.lost, view.unread, view.stated = set(lost), set(unread), self.stated
        view.form, view.kind, view.trail = self.form, "witnesses", self.trail_kind
        view.gap = self.trail_kind == "mid-life"
        view.is_whole = self.trail_kind in ("whole", "shuffled") and not lost
        pushes = [event for event in self.life.events if event.updates and not event.denied]
        view.logged = [event for event in pushes if self.covers(event.record) and event.id not in view.lost]
        view.reads = [read for read in self.reads if self.covers(read.time) and read.id not in view.unread]
        # Every record of a read that the trail holds, advertisements too; one of a pair may be beyond its ends.
        view.pulled = sorted(moment for read in self.reads if read.id not in view.unread and read.action == "GitPull"
                             for _, moment in read.moments if self.covers(moment))
        view.objects = view.known = self.objects
        view.answered, view.undelivered, view.witnessed = set(), set(), None
        view.scene = self
        return view

    def covers(self, moment):
        return self.start <= moment <= self.end

    def run(self, tool, *words):
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "NO_COLOR": "1",
                       "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig")}
        return subprocess.run([tool, *words, *self.arguments], cwd=self.folder, env=environment, capture_output=True, text=True)

    def report(self, tool, *more):
        return self.run(tool, "report", "--format", "json", "--commits", "all", *more)

    # What may be lost, one at a time

    def losses(self, count):
        """Records to lose, those that some clone can tell of first: (lost events, unread reads)."""
        moved = [event for event in self.life.events if not event.denied and not event.contested and self.covers(event.record)
                 and any(update.landed and update.new is not None and update.old != update.new for update in event.updates)]
        # A line between two others of its log can prove most.
        logs = [[entry for entry in found if entry.ref == ref] for found in self.entries.values() for ref in {entry.ref for entry in found}]
        tips = {(entry.ref, entry.tip) for log in logs for entry in log}
        inner = {(entry.ref, entry.tip) for log in logs for entry in log[1:-1]}
        told = [event for event in moved if any((update.ref, self.truth.ids.get(update.new)) in tips for update in event.updates)]
        proven = [event for event in told if any((update.ref, self.truth.ids.get(update.new)) in inner for update in event.updates)]
        own = [read for read in self.reads if read.session is not None and self.covers(read.time)]
        result, chance = [], self.chance
        for index in range(count):
            pool = [proven or told, own, told, moved, [read for read in self.reads if self.covers(read.time)]][index % 5]
            if not pool:
                continue
            choice = chance.choice(pool)
            result.append(((), (choice.id,)) if hasattr(choice, "session") else ((choice.id,), ()))
        return result
