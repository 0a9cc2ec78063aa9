"""A server's life at random: commits, and every move of every ref with its true moment."""

import random
from dataclasses import dataclass, field

DAY = 86_400
START = 1_772_409_600  # 2026-03-02T00:00:00Z

ACTORS = [
    {"name": "ada", "type": "IAMUser", "address": "203.0.113.10", "protocol": "HTTP"},
    {"name": "bob", "type": "AssumedRole", "address": "203.0.113.20", "protocol": "HTTP"},
    {"name": "cat", "type": "IAMUser", "address": "203.0.113.30", "protocol": "SSH"},
    {"name": "dan", "type": "IAMUser", "address": "203.0.113.40", "protocol": "HTTP"},
]


@dataclass
class Commit:
    parents: list
    time: int


@dataclass
class Update:
    ref: str
    old: object  # a commit's or tag's number, or None
    new: object
    landed: bool = True
    told: object = None  # "none", or a number: what the event says stood there


@dataclass
class Event:
    """One push or call: when it took effect, when its record says so, and what it moved."""
    effect: float
    record: int
    action: str
    actor: dict
    updates: list
    advertised: object = None
    denied: bool = False
    contested: bool = False  # a race: who won can only be told with the records of both
    source: object = None  # the merged tip of a merge
    source_ref: str = ""
    id: str = ""


@dataclass
class Life:
    seed: int
    commits: list = field(default_factory=list)
    tags: dict = field(default_factory=dict)  # number of an annotated tag -> the commit's number
    events: list = field(default_factory=list)
    before: dict = field(default_factory=dict)  # refs before coverage
    created: bool = True  # the repository was created within the trail
    end: int = 0
    traits: set = field(default_factory=set)

    def state(self, moment):
        """The server's refs at a moment."""
        refs = dict(self.before)
        for event in sorted(self.events, key=lambda event: event.effect):
            if event.effect > moment or event.denied:
                continue
            for update in event.updates:
                if not update.landed:
                    continue
                if update.new is None:
                    refs.pop(update.ref, None)
                else:
                    refs[update.ref] = update.new
        return refs

    def peeled(self, number):
        return self.tags.get(number, number)


class Author:
    """Makes a life up."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.life = Life(seed)
        self.now = float(START + 3 * 3600)
        self.refs = {}
        self.gone = {}
        self.branch_names = ["refs/heads/topic", "refs/heads/feature/a", "refs/heads/feature/b/c", "refs/heads/fix"]
        self.tag_names = ["refs/tags/v1", "refs/tags/v2", "refs/tags/rel/3"]

    def chance(self, probability):
        return self.random.random() < probability

    def commit(self, parents, time):
        latest = max([self.life.commits[parent].time for parent in parents], default=0)
        self.life.commits.append(Commit(list(parents), max(int(time), latest + 1)))
        return len(self.life.commits) - 1

    def chain(self, base, count, time):
        tip = base
        for index in range(count):
            parents = [] if tip is None else [tip]
            tip = self.commit(parents, time - 60 * (count - index))
        return tip

    def live(self, calm=False, created=None):
        life = self.life
        life.created = self.chance(0.6) if created is None else created
        if not life.created:
            self.past()
        first = self.now
        if life.created:
            life.events.append(Event(self.now, int(self.now), "CreateRepository", ACTORS[0], []))
            self.now += 600
        for _ in range(self.random.randint(6, 18)):
            self.wait(calm)
            self.act(calm)
        life.end = int(self.now) + 4 * 3600
        for number, event in enumerate(life.events):
            event.id = f"{life.seed:06d}-{number:04d}-" + "%012x" % self.random.getrandbits(48)
        life.first = first
        return life

    def past(self):
        """What happened before the trail begins."""
        time = START - 30 * DAY
        main = self.chain(None, self.random.randint(1, 4), time)
        self.refs["refs/heads/main"] = main
        if self.chance(0.6):
            self.refs["refs/heads/old"] = self.chain(main, self.random.randint(0, 2), time + DAY)
        if self.chance(0.5):
            self.refs["refs/tags/v0"] = main
        self.life.before = dict(self.refs)

    def wait(self, calm):
        kind = self.random.random()
        if calm:
            self.now += self.random.randint(20 * 60, 5 * 3600)
        elif kind < 0.12:
            self.now += self.random.random() * 5
            self.life.traits.add("tie")
        elif kind < 0.3:
            self.now += self.random.randint(6, 800)
        else:
            self.now += self.random.randint(20 * 60, 4 * 3600)

    # Acts

    def act(self, calm):
        acts = [(self.forward, 8), (self.branch, 4), (self.force, 3), (self.delete, 2), (self.tag, 2),
                (self.several, 2), (self.api_commit, 2), (self.api_merge, 2), (self.api_branch, 1), (self.api_delete, 1),
                (self.denied, 1), (self.tag_again, 1)]
        if not calm:
            acts += [(self.again, 2), (self.race, 2)]
        if "refs/heads/main" not in self.refs:
            return self.begin()
        self.random.choices([act for act, _ in acts], [weight for _, weight in acts])[0]()

    def begin(self):
        tip = self.chain(None, self.random.randint(1, 3), self.now)
        self.push([("refs/heads/main", tip)])

    def push(self, moves, actor=None, landed=True):
        """A GitPush that takes effect now; its record may be up to two seconds later."""
        actor = actor or self.random.choice(ACTORS)
        updates = []
        for ref, new in moves:
            updates.append(Update(ref, self.refs.get(ref), new, landed))
            if landed:
                self.move(ref, new)
        record = int(self.now + self.random.random() * 2)
        advertised = int(self.now) - self.random.randint(0, 3) if actor["protocol"] == "HTTP" else None
        self.life.events.append(Event(self.now, record, "GitPush", actor, updates, advertised))

    def call(self, action, ref, new, told=None, **more):
        """An API call."""
        update = Update(ref, self.refs.get(ref), new, True, told)
        self.move(ref, new)
        record = int(self.now + self.random.random() * 2)
        self.life.events.append(Event(self.now, record, action, ACTORS[1], [update], **more))

    def move(self, ref, new):
        if new is None:
            self.gone[ref] = self.refs.pop(ref, None)
        else:
            self.refs[ref] = new

    def branches(self):
        return [ref for ref in self.refs if ref.startswith("refs/heads/")]

    def any_branch(self):
        return "refs/heads/main" if self.chance(0.5) else self.random.choice(self.branches())

    def forward(self):
        ref = self.any_branch()
        tip = self.chain(self.refs[ref], self.random.randint(1, 3), self.now)
        others = [other for other in self.branches() if other != ref]
        if others and self.chance(0.3):
            tip = self.commit([tip, self.refs[self.random.choice(others)]], self.now - 30)
        self.push([(ref, tip)])

    def branch(self):
        free = [name for name in self.branch_names if name not in self.refs]
        if not free:
            return self.forward()
        ref = self.random.choice(free)
        base = self.gone.get(ref) if self.chance(0.3) else None
        base = base if base is not None else self.refs[self.any_branch()]
        count = self.random.randint(0, 3)
        if self.chance(0.1):
            base, count = None, 2  # a root of its own
        self.push([(ref, self.chain(base, count, self.now))])

    def force(self):
        ref = self.any_branch()
        tip = self.refs[ref]
        for _ in range(self.random.randint(1, 2)):
            parents = self.life.commits[tip].parents
            if not parents:
                break
            tip = parents[0]
        self.push([(ref, self.chain(tip, self.random.randint(0, 2), self.now))])

    def delete(self):
        refs = [ref for ref in self.refs if ref != "refs/heads/main"]
        if not refs:
            return self.branch()
        self.push([(self.random.choice(refs), None)])

    def tagged(self, commit):
        if self.chance(0.5):
            return commit
        number = -len(self.life.tags) - 1
        self.life.tags[number] = commit
        return number

    def tag(self):
        free = [name for name in self.tag_names if name not in self.refs]
        if free:
            self.push([(self.random.choice(free), self.tagged(self.refs[self.any_branch()]))])

    def tag_again(self):
        tags = [ref for ref in self.refs if ref.startswith("refs/tags/")]
        if tags:
            self.push([(self.random.choice(tags), self.tagged(self.refs[self.any_branch()]))])

    def several(self):
        moves = {}
        for _ in range(self.random.randint(2, 3)):
            ref = self.any_branch()
            moves[ref] = self.chain(self.refs[ref], self.random.randint(0, 2), self.now)
        free = [name for name in self.tag_names if name not in self.refs]
        if free and self.chance(0.5):
            moves[free[0]] = self.tagged(moves[next(iter(moves))])
        self.push([(ref, new) for ref, new in moves.items() if self.refs.get(ref) != new])

    def api_commit(self):
        ref = self.any_branch()
        parent = self.refs[ref]
        self.call("CreateCommit", ref, self.commit([parent], self.now), told=parent)

    def api_merge(self):
        others = [ref for ref in self.branches() if ref != "refs/heads/main"]
        if not others:
            return self.branch()
        ref = self.random.choice(others)
        main, source = self.refs["refs/heads/main"], self.refs[ref]
        squash = self.chance(0.6)
        merged = self.commit([main] if squash else [main, source], self.now)
        action = "MergePullRequestBySquash" if squash else "MergePullRequestByThreeWay"
        self.call(action, "refs/heads/main", merged, source=source, source_ref=ref)
        if self.chance(0.5):
            self.now += self.random.randint(10, 900)
            self.push([(ref, None)])

    def api_branch(self):
        free = [name for name in self.branch_names if name not in self.refs]
        if free:
            self.call("CreateBranch", self.random.choice(free), self.refs[self.any_branch()], told="none")

    def api_delete(self):
        others = [ref for ref in self.branches() if ref != "refs/heads/main"]
        if others:
            ref = self.random.choice(others)
            self.call("DeleteBranch", ref, None, told=self.refs[ref])

    def denied(self):
        event = Event(self.now, int(self.now), "GitPush", self.random.choice(ACTORS),
                      [Update("refs/heads/main", None, self.refs["refs/heads/main"], False)], denied=True)
        self.life.events.append(event)

    def again(self):
        """The last push, sent and logged a second time: it moves nothing, for its tip is there."""
        pushes = [event for event in self.life.events if event.action == "GitPush" and not event.denied]
        if not pushes:
            return
        last = pushes[-1]
        if any(update.new is None or self.refs.get(update.ref) != update.new for update in last.updates):
            return
        self.life.traits.add("again")
        self.now += self.random.randint(1, 400)
        self.push([(update.ref, update.new) for update in last.updates], actor=last.actor)

    def race(self):
        """Two people push one ref from one base; the server takes the first, and refuses the second in silence."""
        ref = self.any_branch()
        base = self.refs[ref]
        first = self.chain(base, 1, self.now)
        second = self.chain(base, 1, self.now - 7)
        self.life.traits.add("race")
        winner, loser = self.random.sample(ACTORS, 2)
        asked = int(self.now)
        self.now += 1
        self.push([(ref, first)], actor=winner)
        self.life.events[-1].contested = True
        self.now += self.random.random() * 3 + 1
        record = int(self.now + 1)
        advertised = asked if loser["protocol"] == "HTTP" else None
        self.life.events.append(
            Event(self.now, record, "GitPush", loser, [Update(ref, first, second, False)], advertised, contested=True))
