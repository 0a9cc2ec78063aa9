"""What truly happened, asked of git and of the list of real moves."""

import subprocess


class Truth:
    """A life with its server's objects: ancestry as git tells it, and what was on the server when."""

    def __init__(self, server):
        self.server, self.life, self.ids = server, server.life, server.ids
        self.numbers = {name: number for number, name in server.ids.items()}
        self.truth = str(server.truth)
        # Ancestors as git lists them: one bit for each commit.
        lines = server.git("-C", self.truth, "rev-list", "--all", "--parents", "--topo-order", "--reverse").stdout
        self.bit, self.history = {}, {}
        for line in lines.splitlines():
            name, *parents = line.split()
            self.bit[name] = 1 << len(self.bit)
            mask = self.bit[name]
            for parent in parents:
                mask |= self.history[parent]
            self.history[name] = mask
        self.by_id = {event.id: event for event in self.life.events}
        self.order = sorted((event for event in self.life.events if not event.denied), key=lambda event: event.effect)
        self.final = self.named(self.life.state(float("inf")))
        self.first_seen = self.first_arrivals()

    def named(self, refs):
        return {ref: self.ids[number] for ref, number in refs.items()}

    def peel(self, name):
        return self.ids[self.life.peeled(self.numbers[name])]

    def mask(self, name):
        return self.history[self.peel(name)]

    def contains(self, ancestor, tip):
        """Whether `ancestor` is in the history of `tip`."""
        return bool(self.mask(tip) & self.bit[self.peel(ancestor)])

    def names(self, mask):
        return {name for name, bit in self.bit.items() if mask & bit}

    def is_ancestor(self, ancestor, tip):
        """The same, asked of git itself."""
        return subprocess.run(["git", "-C", self.truth, "merge-base", "--is-ancestor", ancestor, tip],
                              env=self.server.environment).returncode == 0

    def rev_list(self, tip, *excluded):
        words = ["-C", self.truth, "rev-list", tip, "--not", *excluded] if excluded else ["-C", self.truth, "rev-list", tip]
        return set(self.server.git(*words).stdout.split())

    def first_arrivals(self):
        """For each commit, when it was first on the server, and by which event; None for before the trail."""
        seen, arrivals = 0, {}
        for name in self.named(self.life.before).values():
            seen |= self.mask(name)
        for name in self.names(seen):
            arrivals[name] = (float("-inf"), None)
        for event in self.order:
            for update in event.updates:
                if update.landed and update.new is not None:
                    new = self.mask(self.ids[update.new]) & ~seen
                    for name in self.names(new):
                        arrivals[name] = (event.effect, event.id)
                    seen |= new
        return arrivals

    def update(self, event_id, ref):
        """The true update of one ref by one event."""
        return next(update for update in self.by_id[event_id].updates if update.ref == ref)

    def moves(self, ref):
        """Every real move of a ref in its true order: (event, old, new)."""
        result = []
        for event in self.order:
            for update in event.updates:
                if update.ref == ref and update.landed:
                    old = self.ids[update.old] if update.old is not None else None
                    new = self.ids[update.new] if update.new is not None else None
                    result.append((event, old, new))
        return result

    def held(self, ref, earliest, latest):
        """The ids that a ref held at any moment of an interval; None where it was absent."""
        value, values = self.named(self.life.before).get(ref), set()
        for event, _, new in self.moves(ref):
            if event.effect > latest:
                break
            if event.effect >= earliest:
                values.add(value)
            value = new
        return values | {value}

    def was_on(self, ref, name):
        """Whether a ref ever was at an id."""
        before = self.named(self.life.before).get(ref)
        return name == before or any(new == name for _, _, new in self.moves(ref))

    def lacks(self, tip, ref, value):
        """Whether a value of a ref (an id, or None) lacks a tip."""
        if value is None:
            return True
        return value != tip if ref.startswith("refs/tags/") else not self.contains(tip, value)
