"""Lives in which nearly everything happens within seconds: two clones push to one branch, go back to a tip that it had, send again."""

import heapq

from .history import ACTORS, Author, Event, Update

DELAY = 4.9  # seconds by which a record may be later than what it tells (DESIGN 3: five change the order)


class Rusher(Author):
    """Makes up bursts of pushes. Each sees the refs at its advertisement, and is refused in silence where they moved since."""

    def __init__(self, seed):
        super().__init__(seed)
        self.tips = {}  # by ref, each tip that it had: what is gone back to
        self.branch_names = ["refs/heads/topic", "refs/heads/fix"]

    def live(self, calm=False, created=None):
        self.life.traits |= {"race", "tie", "again"}
        return super().live(False, created)

    def past(self):
        super().past()
        for ref, tip in self.refs.items():
            self.tips[ref] = [tip]

    def move(self, ref, new):
        super().move(ref, new)
        if new is not None:
            self.tips.setdefault(ref, []).append(new)

    def act(self, calm):
        if "refs/heads/main" not in self.refs:
            return self.begin()
        if self.chance(0.3):
            return super().act(True)
        return self.burst()

    def burst(self):
        """Two or three people, or one in two clones, and a few pushes of each to one branch or two."""
        people = self.random.sample(ACTORS, self.random.choice([1, 2, 2, 2, 3]))
        refs = self.random.sample(["refs/heads/main", *self.branch_names], self.random.choice([1, 1, 1, 2]))
        begun, order = [], 0
        moment = self.now
        for _ in range(self.random.randint(8, 14) if self.chance(0.1) else self.random.randint(2, 6)):
            actor = self.random.choice(people)
            asked = moment - self.random.choice([0, 0.5, 2, 2, 20]) * self.random.random()
            heapq.heappush(begun, (asked, order, "ask", actor, moment, None))
            order += 1
            moment += self.random.choice([0.2, 1, 2, 5, 5, 20]) * self.random.random()
        while begun:
            self.now, _, act, actor, effect, plan = heapq.heappop(begun)
            if act == "ask":
                if self.chance(0.15):
                    heapq.heappush(begun, (effect, order, "call", actor, effect, None))
                else:
                    plan = self.plan(refs)
                    heapq.heappush(begun, (effect, order, "push", actor, effect, (int(self.now), plan)))
            elif act == "call":
                self.some_call(self.random.choice(refs))
            elif not self.send(actor, *plan) and self.chance(0.6):
                # Refused: sent again, as it was or on top of what is there now.
                again = effect + 0.2 + 4 * self.random.random()
                moves = plan[1] if self.chance(0.6) else self.plan([ref for ref, *_ in plan[1]])
                moves = [(ref, self.refs.get(ref), new) for ref, _, new in moves]
                heapq.heappush(begun, (again, order, "push", actor, again, (int(effect + 0.1), moves)))
            elif self.chance(0.1):
                # The same once more: where it is there already, it moves nothing.
                again = effect + 0.2 + 4 * self.random.random()
                moves = [(ref, self.refs.get(ref), new) for ref, _, new in plan[1]]
                heapq.heappush(begun, (again, order, "push", actor, again, (int(effect + 0.1), moves)))
            order += 1

    def plan(self, refs):
        """What somebody means to push who sees the refs now: (ref, what is there, what is to be)."""
        chosen = refs if self.chance(0.3) else [self.random.choice(refs)]
        return [(ref, self.refs.get(ref), self.wish(ref)) for ref in chosen]

    def wish(self, ref):
        seen, had = self.refs.get(ref), self.tips.get(ref, [])[-4:]
        base = seen if seen is not None else self.refs["refs/heads/main"]
        kind = self.random.random()
        if kind < 0.35 and had:
            return self.random.choice(had)
        if kind < 0.5 and ref != "refs/heads/main":
            return None
        if kind < 0.65 and had:
            return self.chain(self.random.choice(had), 1, self.now)
        return self.chain(base, self.random.randint(1, 2), self.now)

    def send(self, actor, advertised, moves):
        """A push whose sender believes the refs to be as it saw them; whether all of it was taken."""
        updates = []
        for ref, seen, new in moves:
            old = self.refs.get(ref)
            if new is None and (seen is None or old is None):
                continue  # git does not ask for it, or nobody can say which tip a record of it would name
            landed = old == seen
            updates.append(Update(ref, old, new, landed))
            if landed and old != new:
                self.move(ref, new)
        if not updates:
            return True
        record = int(self.now + DELAY * self.random.random())
        advertised = advertised if actor["protocol"] == "HTTP" else None
        self.life.events.append(Event(self.now, record, "GitPush", actor, updates, advertised, contested=True))
        return all(update.landed for update in updates)

    def some_call(self, ref):
        tip = self.refs.get(ref)
        if tip is None:
            self.call("CreateBranch", ref, self.refs["refs/heads/main"], told="none")
        elif ref != "refs/heads/main" and self.chance(0.3):
            self.call("DeleteBranch", ref, None, told=tip)
        elif ref == "refs/heads/main" and self.chance(0.3):
            source = self.refs.get("refs/heads/topic", tip)
            merged = self.commit([tip, source], self.now)
            self.call("MergePullRequestByThreeWay", ref, merged, source=source, source_ref="refs/heads/topic")
        else:
            self.call("CreateCommit", ref, self.commit([tip], self.now), told=tip)
        self.life.events[-1].record = int(self.now + DELAY * self.random.random())
        self.life.events[-1].contested = True
