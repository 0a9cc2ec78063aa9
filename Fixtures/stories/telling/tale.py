"""A story's world while it is told."""

import gzip
import json
import pathlib

from telling.bus import Bus
from telling.clone import Clone
from telling.digests import Digests, public_keys
from telling.git import git
from telling.service import Service
from telling.trail import URL, Trail
from telling.words import moment, seconds, stamp

# The server's hook: notes each push's commands; can refuse, and can wait for another push to land first.
HOOK = """#!/bin/sh
cat >> "$STORY_COMMANDS"
if [ -n "$STORY_DENIED" ]; then echo "You are not authorized to push." >&2; exit 1; fi
if [ -n "$STORY_WAITS_FOR" ]; then
  : > "$STORY_WAITS_FOR.reached"
  while [ ! -e "$STORY_WAITS_FOR" ]; do sleep 0.02; done
fi
"""

CONFIG = """[init]
\tdefaultBranch = main
[gc]
\tauto = 0
[maintenance]
\tauto = false
[protocol "ext"]
\tallow = always
[advice]
\tdetachedHead = false
"""


class Tale(Service):
    def __init__(self, folder, first_day="2026-03-02"):
        self.folder = pathlib.Path(folder)
        self.server = self.folder / "server.git"
        self.first = moment(f"{first_day} 00:00")
        self.end = None
        self.trail = Trail(self.first)
        self.bus = Bus()
        self.digests, self.restarts = None, ()
        self.set_up()

    def set_up(self):
        template, tools = self.folder / "template", self.folder / "bin"
        (template / "info").mkdir(parents=True)
        (template / "description").write_text("Unnamed repository.\n")
        (template / "info" / "exclude").write_text("# Patterns that are ignored here alone\n")
        tools.mkdir()
        remote = tools / "git-remote-codecommit"
        remote.write_text(f'#!/bin/sh\nexec git remote-ext "$1" "git %s {self.server}"\n')
        remote.chmod(0o755)
        (self.folder / "gitconfig").write_text(CONFIG)
        git(self, self.folder, self.first, "init", "-q", "--bare", str(self.server))
        git(self, self.server, self.first, "config", "receive.denyDeleteCurrent", "ignore")
        git(self, self.server, self.first, "config", "uploadpack.allowAnySHA1InWant", "true")
        hook = self.server / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(HOOK)
        hook.chmod(0o755)

    def clone(self, person, folder, at, *options, logged=True):
        """A clone by that person; the one in the folder `clone` is what the tool is shown."""
        at, path = moment(at), self.folder / folder
        had = bool(git(self, self.server, at, "for-each-ref"))
        git(self, self.folder, at, "clone", "-q", *options, URL, str(path), person=person)
        made = Clone(self, person, path)
        made.clock = at
        made.date_files(at)
        if logged:
            self.trail.log_pull(person, at, transferred=had, shallow="--depth" in " ".join(options))
        return made

    def trail_ends(self, at):
        """What was logged later was not copied."""
        self.end = moment(at)

    def logs_writes_alone(self):
        """The trail keeps no read-only records: no pulls, and no advertisements of pushes."""
        self.trail.records = [record for record in self.trail.records if not record["readOnly"]]

    def watch_events(self):
        """From here on EventBridge keeps CodeCommit's own events, and the tool is given them."""
        self.bus.is_on = True

    def validates(self, restarts=()):
        """Log file validation is on from the first day on, but for the hours that begin at `restarts`."""
        self.digests = Digests(self.folder / "trail")
        self.restarts = [moment(at) for at in restarts]

    def log_files(self, at):
        """The files that tell of a time, once the story is told."""
        wanted = f'"eventTime":"{stamp(moment(at))}"'.encode()
        return [path for path in sorted((self.folder / "trail").rglob("*_CloudTrail_*.json.gz"))
                if wanted in gzip.decompress(path.read_bytes())]

    @staticmethod
    def stamp(at):
        return stamp(moment(at))

    def told(self, now, *arguments, twice_and_shuffled=False, **names):
        """Writes the trail, and says how the tool is run."""
        end = self.end or moment(now) - seconds(300)
        # Digest files speak of delivery: then files are as small as CloudTrail's, and delivered minutes after their records.
        self.trail.write(self.folder / "trail", end, twice_and_shuffled, minutes=5 if self.digests else 360)
        if self.digests:
            self.digests.write(self.first, end, self.restarts)
            (self.folder / "keys.json").write_text(json.dumps(public_keys()))
        if self.bus.events:
            self.bus.write(self.folder / "events.jsonl")
            arguments += ("--events", "events.jsonl")
        return {"now": self.stamp(now), "arguments": list(arguments), "clones": ["clone"],
                "digests": self.digests is not None, "names": self.trail.names | names}
