"""Clones as witnesses: several real clones that clone, fetch, pull and push through a life, and the reads that the trail has of it."""

import os
import pathlib
import shutil
from dataclasses import dataclass, field

from .views import URL, git_folder, snapshot

OTHER = "codecommit::us-east-2://OtherRepo"
ALLOWANCE = 300

READERS = [
    {"name": "eve", "type": "IAMUser", "address": "198.51.100.7", "protocol": "HTTP"},
    {"name": "fay", "type": "IAMUser", "address": "198.51.100.8", "protocol": "SSH"},
    {"name": "gus", "type": "AssumedRole", "address": "198.51.100.9", "protocol": "HTTP"},
]
BOT = {"name": "ci-bot", "type": "AssumedRole", "address": "192.0.2.77", "protocol": "HTTP"}
PIPELINE = {"name": "pipeline", "type": "AssumedRole", "address": "codepipeline.amazonaws.com", "protocol": "HTTP"}

# What a clone may be. Those of `ODD` accuse nobody, or are hard to read.
KINDS = ["plain", "plain", "plain", "single-branch", "no-tags"]
ODD = ["pushurl", "push-instead-of", "re-pointed", "two-remotes", "mirror", "bare", "shallow", "expired", "plain", "plain"]
FROM_ELSEWHERE = {"re-pointed", "two-remotes"}
EXCUSED = {"pushurl", "push-instead-of"} | FROM_ELSEWHERE


@dataclass
class Read:
    """A GitPull of the trail, or CodePipeline's UploadArchive: when it was, and what it truly took along."""
    id: str
    actor: dict
    time: int  # of its only record, or of the one with the data
    data: bool
    state: dict  # what the server's refs were: ref -> id
    advertised: object = None
    shallow: bool = False
    action: str = "GitPull"
    session: object = None
    new: set = field(default_factory=set)  # the commits that came with it, and were not there before

    @property
    def moments(self):
        """Each record's id and time: the advertisement of a pair first."""
        alone = self.advertised is None
        return [(self.id, self.time)] if alone else [(self.id + "-ad", self.advertised), (self.id, self.time)]


@dataclass
class Session:
    """One act of a clone against the server."""
    act: str  # clone, fetch, by-id (a fetch of a bare id), push, again (a push of what was there), or elsewhere and away: another server
    moment: float
    recorded: int  # by the clone's own clock
    clones: set  # the clone that did it, and those that were copied from it later
    read: object = None
    event: object = None  # the life's event that a push is
    had: set = field(default_factory=set)  # the commits that the clone then had


@dataclass
class Witness:
    name: str
    kind: str
    owner: dict
    offset: int
    path: pathlib.Path
    born: float
    sessions: list = field(default_factory=list)
    have: set = field(default_factory=set)
    last: int = 0

    @property
    def remote(self):
        """The name of the remote that is the server."""
        return "codecommit" if self.kind == "two-remotes" else "origin"

    @property
    def excused(self):
        return self.kind in EXCUSED

    @property
    def in_allowance(self):
        return abs(self.offset) <= ALLOWANCE - 20


class Cast:
    """The clones of one world, and everybody's reads."""

    def __init__(self, server, truth, folder, chance, style, start):
        self.server, self.truth, self.life = server, truth, server.life
        self.folder, self.chance, self.style, self.start = pathlib.Path(folder), chance, style, start
        self.witnesses, self.reads, self.idle = [], [], []  # idle: (moment, actor) of pushes that had nothing to push
        self.makers = {}  # the id of a push -> the clones that may be named as its maker
        self.trace = self.folder / "packets"
        template = self.folder / "template"
        (template / "info").mkdir(parents=True)
        (template / "description").write_text("a clone\n")
        (template / "info/exclude").write_text("")
        server.environment["GIT_TEMPLATE_DIR"] = str(template)
        self.elsewhere = self.folder / "elsewhere.git"
        (self.folder / "bin/git-remote-codecommit").write_text(
            f'#!/bin/sh\ncase $2 in\n*://OtherRepo) at={self.elsewhere} ;;\n*) at={server.path} ;;\nesac\n'
            'exec git remote-ext "$1" "git %s $at"\n')

    # The plan

    def play(self):
        life = self.life
        self.events = sorted((event for event in life.events if not event.denied), key=lambda event: event.effect)
        self.changes = [event.effect for event in self.events if any(update.landed for update in event.updates)]
        mains = [event.effect for event in self.events if any(update.ref == "refs/heads/main" for update in event.updates)]
        dawn = self.start - 86_400 if "refs/heads/main" in life.before else mains[0] + 30
        if self.style == "odd":
            server = self.server
            server.git("init", "-q", "--bare", str(self.elsewhere))
            (self.elsewhere / "objects/info/alternates").write_text(f"{server.truth}/objects\n")
        acts = self.plan(dawn)
        for moment, witness, act, more in sorted(acts, key=lambda act: (act[0], act[1].name)):
            getattr(self, act)(witness, moment, *more)
        self.others()
        if self.chance.random() < 0.4:
            # Somebody's disk has every object, by whatever way: no ref and no log tells of it.
            keeper = self.chance.choice([witness for witness in self.witnesses if witness.kind != "shallow"] or self.witnesses)
            self.bring(keeper, sorted(self.truth.ids.values()))
            keeper.have = self.commits(keeper)
        for witness in self.witnesses:
            if witness.kind == "expired":
                self.server.git("-C", str(witness.path), "reflog", "expire", "--expire=all", "--all")
        for number, read in enumerate(self.reads):
            read.id = f"{life.seed:06d}-read-{number:05d}"
        return self

    def plan(self, dawn):
        chance, end = self.chance, self.life.end
        acts, moments = [], {}
        owners = [event.actor for event in self.events if event.action == "GitPush"] or READERS
        for number in range(chance.randint(1, 4)):
            kind = chance.choice(ODD if self.style == "odd" else KINDS)
            late = min(end - 3600, dawn + (end - dawn) * 0.6)
            born = dawn + (late - dawn) * chance.random() ** 2
            name = f"witness-{number}"
            witness = Witness(name, kind, chance.choice(owners), self.offset(number), self.folder / name, born)
            self.witnesses.append(witness)
            moments[name] = [born]
            acts.append((born, witness, "clone", ()))
            if kind in FROM_ELSEWHERE:
                back = self.free(moments[name], born + chance.randint(600, 7200))
                acts.append((back, witness, "point_back", ()))
        for event in self.events:
            if not self.is_pushable(event):
                continue
            able = [witness for witness in self.witnesses if witness.owner is event.actor and witness.kind in (
                "plain", "single-branch", "no-tags", "expired", "two-remotes") and witness.born < event.effect - 60
                and all(abs(event.effect - other) > 40 for other in moments[witness.name])]
            if able and chance.random() < 0.75:
                witness = chance.choice(able)
                moments[witness.name].append(event.effect)
                acts.append((event.effect, witness, "push", (event,)))
        for witness in list(self.witnesses):
            taken = moments[witness.name]
            for _ in range(chance.randint(1, 4)):
                acts.append((self.free(taken, self.some_moment(taken[0] + 300, end - 600)), witness, "fetch", ()))
            if self.style == "odd" and witness.kind == "plain" and chance.random() < 0.4:
                acts.append((self.free(taken, self.some_moment(taken[0] + 300, end - 600)), witness, "fetch_id", ()))
            if self.style == "odd" and witness.kind == "plain" and chance.random() < 0.6:
                acts.append((self.free(taken, self.some_moment(taken[0] + 300, end - 600)), witness, "again", ()))
            if witness.kind in ("pushurl", "push-instead-of"):
                for _ in range(2):
                    acts.append((self.free(taken, self.some_moment(taken[0] + 60, end - 600)), witness, "push_away", ()))
        if self.style == "odd":
            self.plan_oddities(acts, moments)
        return acts

    def plan_oddities(self, acts, moments):
        chance, end = self.chance, self.life.end
        if len(self.witnesses) > 1 and chance.random() < 0.5:
            # Two clones fetch in the same second.
            pair = chance.sample(self.witnesses, 2)
            born = max(moments[witness.name][0] for witness in pair) + 7300
            moment = chance.choice([change + 15 for change in self.changes if born < change] or [end - 300])
            if all(abs(moment - taken) > 40 for witness in pair for taken in moments[witness.name]):
                for witness in pair:
                    moments[witness.name].append(moment)
                    acts.append((moment, witness, "fetch", ()))
        if chance.random() < 0.5:
            # A copy of a clone, which then goes its own way.
            source = chance.choice(self.witnesses)
            name = f"witness-{len(self.witnesses)}"
            moment = self.free(moments[source.name], self.some_moment(source.born + 7300, end - 1200))
            copy = Witness(name, source.kind, source.owner, source.offset, self.folder / name, moment)
            self.witnesses.append(copy)
            moments[name] = [moment]
            acts.append((moment, copy, "copy", (source, chance.random() < 0.5)))
            for _ in range(chance.randint(0, 2)):
                acts.append((self.free(moments[name], self.some_moment(moment + 100, end - 300)), copy, "fetch", ()))

    def offset(self, number):
        chance = self.chance
        within, beyond = {"shifted": (0.8, 0), "beyond": (0, 1 if number == 0 else 0.3), "crowded": (0.3, 0.2)}.get(self.style, (0, 0))
        if chance.random() < within:
            return chance.choice([-1, 1]) * chance.randint(10, 270)
        if chance.random() < beyond:
            return chance.choice([-1, 1]) * chance.choice([1200, 2 * 3600 + 7, 5 * 3600 + 11, 26 * 3600])
        return 0

    def some_moment(self, start, end):
        """A moment at random, often a little before or after the server moved."""
        near = [moment for moment in self.changes if start < moment < end - 300]
        if near and self.chance.random() < 0.5:
            return self.chance.choice(near) + self.chance.choice([-20, -4, 4, 15, 60, 200])
        return max(start, start + (end - start) * self.chance.random())

    def free(self, taken, moment):
        """A moment at which the clone does nothing else, and the server does not move."""
        while any(abs(moment - other) < 40 for other in taken) or any(abs(moment - other) < 2 for other in self.changes):
            moment += 41
        taken.append(moment)
        return moment

    def is_pushable(self, event):
        return (event.action == "GitPush" and not event.contested and event.updates
                and all(update.landed and update.old != update.new for update in event.updates))

    # Acts

    def refs(self, moment):
        return self.truth.named(self.life.state(moment))

    def show(self, path, refs):
        """Sets a server's refs, faster than by git."""
        shutil.rmtree(path / "refs", ignore_errors=True)
        (path / "refs/heads").mkdir(parents=True)
        (path / "packed-refs").write_text("".join(f"{name} {ref}\n" for ref, name in sorted(refs.items())))

    def run(self, witness, recorded, *words, check=True, clone=False):
        """Runs git in a clone by the clone's own clock; whether it was sent any object."""
        before = {} if clone else snapshot(witness.path)
        self.trace.unlink(missing_ok=True)
        self.server.environment["GIT_TRACE_PACKET"] = str(self.trace)
        at = [] if clone else ["-C", str(witness.path)]
        self.server.git(*at, *words, at=recorded, check=check)
        del self.server.environment["GIT_TRACE_PACKET"]
        for name, stamp in snapshot(witness.path).items():
            if before.get(name) != stamp:
                os.utime(name, (recorded, recorded))
        return self.trace.exists() and "> want " in self.trace.read_text()

    def commits(self, witness):
        listed = self.server.git("-C", str(witness.path), "cat-file", "--batch-all-objects", "--unordered",
                                 "--batch-check=%(objecttype) %(objectname)").stdout
        return {line[7:] for line in listed.splitlines() if line.startswith("commit ")}

    def session(self, witness, act, moment, **more):
        slow = self.chance.randint(30, 280) if act == "clone" and self.chance.random() < 0.1 else self.chance.random() * 2
        recorded = max(int(moment + slow) + witness.offset, witness.last + 1)
        witness.last = recorded
        session = Session(act, moment, recorded, {witness.name}, **more)
        witness.sessions.append(session)
        return session, slow

    def read_by(self, witness, session, slow, refs, data):
        """The trail's word on a fetch."""
        begun, ended = int(session.moment), int(session.moment + slow)
        advertised = begun - self.chance.randint(0, 1) if witness.owner["protocol"] == "HTTP" and data else None
        read = Read("", witness.owner, max(begun, ended - self.chance.randint(0, 1)) if data else begun, data, refs, advertised,
                    witness.kind == "shallow", session=session)
        session.read = read
        self.reads.append(read)
        if data:
            now = self.commits(witness)
            read.new = now - witness.have
            witness.have = now
        session.had = witness.have

    def clone(self, witness, moment):
        refs = self.refs(moment)
        options = {"single-branch": ["--single-branch", "--branch", "main"], "no-tags": ["--no-tags"],
                   "shallow": ["--depth", "2", "--no-single-branch"], "bare": ["--bare", "-c", "core.logAllRefUpdates=true"],
                   "mirror": ["--mirror", "-c", "core.logAllRefUpdates=true"]}.get(witness.kind, [])
        if witness.kind in FROM_ELSEWHERE:
            return self.clone_elsewhere(witness, moment, refs)
        self.show(self.server.path, refs)
        session, slow = self.session(witness, "clone", moment)
        self.run(witness, session.recorded, "clone", "-q", *options, URL, str(witness.path), clone=True)
        config = {"pushurl": ("remote.origin.pushurl", OTHER),
                  "push-instead-of": (f"url.{OTHER}.pushInsteadOf", URL)}.get(witness.kind)
        if config:
            self.server.git("-C", str(witness.path), "config", *config)
        if witness.kind == "bare":
            # As people do who want it to be fetched: `git clone --bare` leaves no refspec.
            self.server.git("-C", str(witness.path), "config", "remote.origin.fetch", "+refs/heads/*:refs/heads/*")
        self.read_by(witness, session, slow, refs, True)

    def made_up(self, path, parent, moment):
        """A commit that the server never had."""
        return self.server.git("-C", str(path), "commit-tree", f"{parent}^{{tree}}", "-p", parent, "-m",
                               f"elsewhere {int(moment)}", at=moment).stdout.strip()

    def clone_elsewhere(self, witness, moment, refs):
        """A clone of another server that holds nearly the same."""
        main = "refs/heads/main"
        other = dict(refs)
        other[main] = self.made_up(self.elsewhere, refs[main], moment)
        self.show(self.elsewhere, refs if self.chance.random() < 0.5 else other)
        session, _ = self.session(witness, "elsewhere", moment)
        self.run(witness, session.recorded, "clone", "-q", OTHER, str(witness.path), clone=True)
        other[main] = self.made_up(self.elsewhere, other[main] if self.chance.random() < 0.5 else refs[main], moment + 60)
        self.show(self.elsewhere, other)
        session, _ = self.session(witness, "elsewhere", moment + 60)
        self.run(witness, session.recorded, "fetch", "-q")
        witness.have = self.commits(witness)

    def point_back(self, witness, moment):
        change = ["set-url", "origin"] if witness.kind == "re-pointed" else ["add", witness.remote]
        self.server.git("-C", str(witness.path), "remote", *change, URL)
        self.fetch(witness, moment)

    def fetch(self, witness, moment):
        if not self.knows_server(witness):
            return
        refs = self.refs(moment)
        self.show(self.server.path, refs)
        session, slow = self.session(witness, "fetch", moment)
        plain = witness.kind in ("bare", "mirror")
        words = self.chance.choice([["fetch", "-q"], ["fetch", "-q", "--prune"], ["fetch", "--quiet", "origin"],
                                    ["fetch", "-q"] if plain else ["pull", "-q", "--ff-only"],
                                    ["remote", "update"], ["fetch", "-q", "origin", "main"]])
        if witness.kind == "two-remotes":
            words = self.chance.choice([["fetch", "-q", witness.remote], ["fetch", "-q", witness.remote, "main"],
                                        ["fetch", "-q", "--prune", witness.remote]])
        data = self.run(witness, session.recorded, *words, check=words[0] != "pull")
        self.read_by(witness, session, slow, refs, data)

    def knows_server(self, witness):
        """Whether a clone of another server was given this one's URL by now."""
        if witness.kind not in FROM_ELSEWHERE:
            return True
        return URL in self.server.git("-C", str(witness.path), "config", "--get-regexp", "remote[.].*[.]url").stdout.split()

    def fetch_id(self, witness, moment):
        """A fetch of a bare id into a tracking ref, as CI systems do: it says nothing of the ref on the server."""
        refs = self.refs(moment)
        reached = sorted(self.truth.names(self.truth.mask(refs["refs/heads/main"])))
        self.show(self.server.path, refs)
        session, slow = self.session(witness, "by-id", moment)
        name = self.chance.choice(reached)
        data = self.run(witness, session.recorded, "fetch", "-q", "origin", f"+{name}:refs/remotes/origin/main")
        self.read_by(witness, session, slow, refs, data)

    def bring(self, witness, names):
        """Objects that the clone's owner made: they come from nowhere."""
        self.server.git("-C", str(witness.path), "fetch", "-q", "--no-write-fetch-head", "--no-tags", self.truth.truth, *names)

    def push(self, witness, moment, event):
        if not self.knows_server(witness):
            return
        self.show(self.server.path, self.refs(event.effect - 0.0001))
        names = [self.truth.ids[update.new] for update in event.updates if update.new is not None]
        if names:
            self.bring(witness, names)
        session, _ = self.session(witness, "push", moment, event=event)
        moves = [f"{'' if update.new is None else self.truth.ids[update.new]}:{update.ref}" for update in event.updates]
        self.run(witness, session.recorded, "push", "-q", "--force", witness.remote, *moves)
        session.had = witness.have = self.commits(witness)
        self.makers[event.id] = session.clones

    def again(self, witness, moment):
        """A push of what the server has already: git calls it up to date, and notes it as a push all the same."""
        refs = self.refs(moment)
        branches = [ref for ref in refs if ref.startswith("refs/heads/")]
        last = {ref: max([event.effect for event, _, _ in self.truth.moves(ref) if event.effect <= moment], default=0)
                for ref in branches}
        # Not within seconds of the true push, where nothing would tell the one from the other.
        old = [ref for ref in branches if moment - last[ref] > 15]
        if not old:
            return
        ref = self.chance.choice(sorted(old))
        self.show(self.server.path, refs)
        self.bring(witness, [refs[ref]])
        session, _ = self.session(witness, "again", moment)
        self.run(witness, session.recorded, "push", "-q", "origin", f"{refs[ref]}:{ref}")
        session.had = witness.have = self.commits(witness)
        if witness.owner["protocol"] == "HTTP":
            self.idle.append((int(moment), witness.owner))

    def push_away(self, witness, moment):
        """A push that goes to another server."""
        refs = self.refs(moment)
        ref = self.chance.choice(sorted(ref for ref in refs if ref.startswith("refs/heads/")))
        if self.chance.random() < 0.7:
            self.bring(witness, [refs[ref]])
            name = self.made_up(witness.path, refs[ref], moment)
        else:
            numbers = [number for number in self.truth.ids if number >= 0]
            name = self.truth.ids[self.chance.choice(numbers)]
            self.bring(witness, [name])
        self.show(self.elsewhere, refs)
        session, _ = self.session(witness, "away", moment)
        self.run(witness, session.recorded, "push", "-q", "--force", "origin", f"{name}:{ref}")
        session.had = witness.have = self.commits(witness)

    def copy(self, witness, moment, source, keeps_times):
        shutil.copytree(source.path, witness.path, symlinks=True)
        witness.sessions, witness.have, witness.last = list(source.sessions), set(source.have), source.last
        for session in witness.sessions:
            session.clones.add(witness.name)
        if not keeps_times:
            for folder, _, files in os.walk(git_folder(witness.path)):
                for name in files:
                    os.utime(os.path.join(folder, name), (moment + witness.offset, moment + witness.offset))

    # Everybody else

    def others(self):
        """People whose clones nobody gave, a bot in some worlds, CodePipeline in others."""
        chance, life = self.chance, self.life
        begin, end = max(self.start, int(life.first)) + 60, life.end
        crowd = self.style == "crowded"
        for actor in chance.sample(READERS, chance.randint(0, 3)):
            moments = [self.some_moment(begin, end) for _ in range(chance.randint(2, 8))]
            self.polls(actor, sorted(moments))
        if crowd:
            step = chance.choice([180, 300, 600])
            moments = [begin + step * index + chance.random() * 10 for index in range(int((end - begin) / step))]
            self.polls(BOT, moments)
        if crowd or chance.random() < 0.3:
            for event, _, new in self.truth.moves("refs/heads/main"):
                moment = event.effect + chance.randint(20, 90)
                refs = self.refs(moment)
                if new is not None:
                    self.reads.append(Read("", PIPELINE, int(moment), True, refs, action="UploadArchive",
                                           new={refs["refs/heads/main"]}))

    def polls(self, actor, moments):
        have = 0
        for moment in moments:
            refs = self.refs(moment)
            mask = 0
            for name in refs.values():
                mask |= self.truth.mask(name)
            new = mask & ~have
            advertised = int(moment) - self.chance.randint(0, 1) if actor["protocol"] == "HTTP" and new else None
            self.reads.append(Read("", actor, int(moment), bool(new), refs, advertised, new=self.truth.names(new)))
            have |= mask
