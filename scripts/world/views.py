"""Clones of a life's server: made, fetched, copied and spoilt by real git, with every file time in the world's own time."""

import os
import pathlib
import subprocess

KINDS = ["fresh", "old", "stale", "single-branch", "shallow", "bare", "mirror", "copied", "push-only", "fetch-main",
         "failed-fetch", "gc"]
URL = "codecommit::us-east-2://MyDemoRepo"
# After these the clone has the whole history of every branch that the server had at the end.
CURRENT = {"fresh", "old", "bare", "mirror", "failed-fetch", "gc"}


class Server:
    """A bare repository with every object of the life; its refs are set to those of a moment."""

    def __init__(self, folder, life):
        self.folder = pathlib.Path(folder)
        self.life = life
        self.truth = self.folder / "truth.git"  # every object, every one kept by a ref: what git is asked about
        self.path = self.folder / "server.git"
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        helper = self.bin / "git-remote-codecommit"
        helper.write_text(f'#!/bin/sh\nexec git remote-ext "$1" "git %s {self.path}"\n')
        helper.chmod(0o755)
        self.environment = {
            "PATH": f"{self.bin}:{os.environ['PATH']}", "HOME": "/nonexistent", "TZ": "UTC", "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"),
            "GIT_AUTHOR_NAME": "W", "GIT_AUTHOR_EMAIL": "w@example.com",
            "GIT_COMMITTER_NAME": "W", "GIT_COMMITTER_EMAIL": "w@example.com"}
        (self.folder / "gitconfig").write_text(
            "[protocol \"ext\"]\n\tallow = always\n[uploadpack]\n\tallowAnySHA1InWant = true\n"
            "[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[receive]\n\tdenyDeletes = false\n[advice]\n"
            "\tdetachedHead = false\n")
        self.git("init", "-q", "--bare", str(self.truth), at=None)
        self.ids = self.import_objects()
        self.git("init", "-q", "--bare", str(self.path), at=None)
        (self.path / "objects/info/alternates").write_text(f"{self.truth}/objects\n")

    def git(self, *words, at=None, check=True, cwd=None, stdin=None):
        environment = dict(self.environment)
        if at is not None:
            environment["GIT_COMMITTER_DATE"] = environment["GIT_AUTHOR_DATE"] = f"{int(at)} +0000"
        result = subprocess.run(["git", *words], env=environment, cwd=cwd, input=stdin, capture_output=True, text=True)
        if check and result.returncode:
            raise RuntimeError(f"git {' '.join(words)}: {result.stderr}")
        return result

    def import_objects(self):
        lines = []
        for number, commit in enumerate(self.life.commits):
            # A ref of its own for each: roots must not become children, and every object must be kept.
            message = f"commit {number}\n"
            lines.append(f"commit refs/keep/{number}\nmark :{number + 1}\n"
                         f"committer W <w@example.com> {commit.time} +0000\ndata {len(message)}\n{message}")
            for index, parent in enumerate(dict.fromkeys(commit.parents)):
                lines.append(f"{'from' if index == 0 else 'merge'} :{parent + 1}\n")
            lines.append(f"M 100644 inline f\ndata {len(message)}\n{message}\n")
        for number, commit in self.life.tags.items():
            lines.append(f"tag t{-number}\nfrom :{commit + 1}\ntagger W <w@example.com> "
                         f"{self.life.commits[commit].time + 1} +0000\ndata 2\nt\n")
        marks = self.folder / "marks"
        self.git("-C", str(self.truth), "fast-import", "--quiet", "--force", f"--export-marks={marks}",
                 stdin="".join(lines))
        ids = {}
        for line in marks.read_text().splitlines():
            mark, name = line.split()
            ids[int(mark[1:]) - 1] = name
        for number in self.life.tags:
            ids[number] = self.git("-C", str(self.truth), "rev-parse", f"refs/tags/t{-number}").stdout.strip()
        return ids

    def show(self, refs):
        """Sets the server's refs."""
        wanted = {ref: self.ids[number] for ref, number in refs.items()}
        listed = self.git("-C", str(self.path), "for-each-ref", "--format=%(refname)").stdout.split()
        lines = [f"delete {ref}\n" for ref in listed if ref not in wanted]
        self.git("-C", str(self.path), "update-ref", "--stdin", stdin="".join(lines))
        lines = [f"update {ref} {name}\n" for ref, name in sorted(wanted.items())]
        self.git("-C", str(self.path), "update-ref", "--stdin", stdin="".join(lines))


def git_folder(path):
    inner = path / ".git"
    return inner if inner.exists() else path


def set_times(path, moment, only=None):
    for folder, _, files in os.walk(git_folder(path)):
        for name in files:
            if only is None or name in only:
                os.utime(os.path.join(folder, name), (moment, moment))


def make(kind, server, folder, early, late, random):
    """Makes a clone of the kind: cloned at `early`, fetched last at `late` where the kind fetches at all.

    Returns the clone and the moment that it last saw the whole server, or None where it never did.
    """
    life = server.life
    path = pathlib.Path(folder, "clone")
    options = {"single-branch": ["--single-branch", "--branch", "main"], "shallow": ["--depth", "2", "--no-single-branch"],
               "bare": ["--bare"], "mirror": ["--mirror"]}.get(kind, [])
    once = kind in ("fresh", "shallow", "bare")
    first = late if once else early
    server.show(life.state(first))
    server.git("clone", "-q", *options, URL, str(path), at=first)
    set_times(path, first)
    if once:
        return path, first

    def fetch(moment, *words, check=True):
        before = snapshot(path)
        server.show(life.state(moment))
        result = server.git("-C", str(path), *(words or ("fetch", "-q")), at=moment, check=check)
        for name, stamp in snapshot(path).items():
            if before.get(name) != stamp:
                os.utime(name, (moment, moment))
        return result

    if kind == "stale":
        return path, first
    if kind == "push-only":
        push_once(server, path, fetch, first, late, random)
        return path, first
    if kind == "fetch-main":
        fetch(late, "fetch", "-q", "origin", "main")
        return path, first
    if kind == "mirror":
        fetch(late, "remote", "update")
        return path, late
    fetch(late)
    if kind == "single-branch":
        return path, None
    if kind == "copied":
        set_times(path, late + 900)
    if kind == "failed-fetch":
        helper = server.bin / "git-remote-codecommit"
        words = helper.read_text()
        helper.write_text("#!/bin/sh\nexit 1\n")
        server.git("-C", str(path), "fetch", "-q", at=late + 60, check=False)
        helper.write_text(words)
        # A fetch that fails once it is connected leaves an empty FETCH_HEAD.
        (git_folder(path) / "FETCH_HEAD").write_text("")
        set_times(path, late + 60, only=["FETCH_HEAD"])
    if kind == "gc":
        server.git("-C", str(path), "gc", "-q", "--prune=never", at=late + 60)
        for name in snapshot(path):
            if os.stat(name).st_mtime > late + 60:
                os.utime(name, (late + 60, late + 60))
    return path, late


def push_once(server, path, fetch, early, late, random):
    """One push of the life is made from this clone, by real git; it fetches nothing."""
    pushes = [event for event in server.life.events
              if event.action == "GitPush" and not event.denied and early < event.effect < late
              and all(update.landed and update.new is not None and update.old != update.new for update in event.updates)]
    if not pushes:
        return
    event = random.choice(pushes)
    for update in event.updates:
        server.git("-C", str(path), "fetch", "-q", "--no-write-fetch-head", "--no-tags", str(server.truth),
                   server.ids[update.new], at=event.effect)
    words = ["push", "-q", "--force", "origin"]
    fetch_state = server.life.state(event.effect - 0.0001)
    before = snapshot(path)
    server.show(fetch_state)
    server.git("-C", str(path), *words, *[f"{server.ids[update.new]}:{update.ref}" for update in event.updates],
               at=event.effect)
    for name, stamp in snapshot(path).items():
        if before.get(name) != stamp:
            os.utime(name, (event.effect, event.effect))


def snapshot(path):
    found = {}
    for folder, _, files in os.walk(git_folder(path)):
        for name in files:
            where = os.path.join(folder, name)
            status = os.stat(where)
            found[where] = (status.st_mtime_ns, status.st_size)
    return found
