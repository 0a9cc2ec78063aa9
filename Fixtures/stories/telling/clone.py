"""A person's clone, and what is done in it."""

import os
import shutil
import subprocess
import time

from telling.git import git, git_environment
from telling.words import moment, seconds, slug

ZEROS = "0" * 40


class Clone:
    """A real clone, worked in by one person."""

    def __init__(self, tale, person, folder):
        self.tale, self.person, self.folder = tale, person, folder
        self.clock = tale.first
        self.dated = {}
        inner = folder / ".git"
        self.git_folder = inner if inner.is_dir() else folder

    def git(self, *words, at=None, **more):
        """Any git command, at the time of the last one if none is said."""
        self.clock = moment(at) if at else self.clock
        said = git(self.tale, self.folder, self.clock, *words, person=self.person, **more)
        self.date_files(self.clock)
        return said

    def date_files(self, at):
        """Gives what changed since the last command the story's time."""
        for path in sorted(self.git_folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and self.dated.get(path) != path.stat().st_mtime_ns:
                os.utime(path, (at.timestamp(), at.timestamp()))
                self.dated[path] = path.stat().st_mtime_ns

    def commit(self, branch, subject, at):
        if self.git("symbolic-ref", "--short", "HEAD") != branch:
            self.git("checkout", "-q", branch, at=at)
        (self.folder / slug(subject)).write_text(subject + "\n")
        self.git("add", "-A", at=at)
        self.git("commit", "-q", "-m", subject, at=at)
        return self.git("rev-parse", "HEAD")

    def merge(self, branch, other, subject, at):
        self.git("checkout", "-q", branch, at=at)
        self.git("merge", "-q", "--no-ff", "-m", subject, other, at=at)
        return self.git("rev-parse", "HEAD")

    def tag(self, name, target, at, message=None):
        self.git("tag", "-f", *(["-a", "-m", message] if message else []), name, target, at=at)
        return self.git("rev-parse", f"refs/tags/{name}")

    def fetch(self, at, *options, remote_update=False):
        at = moment(at)
        tips = git(self.tale, self.tale.server, at, "for-each-ref", "--format=%(objectname)").split()
        known = all(self.has(tip) for tip in tips)
        self.git(*(["remote", "update"] if remote_update else ["fetch", "-q", *options]), at=at)
        self.tale.trail.log_pull(self.person, at, transferred=not known)

    def has(self, tip):
        return subprocess.run(["git", "cat-file", "-e", tip], cwd=self.folder, capture_output=True).returncode == 0

    # Pushes

    def push(self, at, *refspecs, name=None, logged=True, denied=False, deletion="zeros", event_id=None):
        at = moment(at)
        commands = self.tale.folder / "commands"
        commands.unlink(missing_ok=True)
        extra = {"STORY_COMMANDS": str(commands)} | ({"STORY_DENIED": "1"} if denied else {})
        result = self.git("push", "-q", "origin", *refspecs, at=at, extra=extra, fails=denied)
        if commands.exists() and not denied:
            for old, new, ref in (line.split() for line in commands.read_text().splitlines()):
                self.tale.bus.moved(self.person, at, old, new, ref)
        if not logged:
            return result
        references = self.references(commands, deletion)
        if not references:
            self.tale.trail.log_git(self.person, at, "GitPush", False, name=name)
        else:
            error = {"error": "AccessDenied"} if denied else {}
            self.tale.trail.log_push(self.person, at, references, name=name, event_id=event_id, **error)
        return result

    @staticmethod
    def references(commands, deletion):
        lines = [line.split() for line in commands.read_text().splitlines()] if commands.exists() else []
        return [{"commit": new, "ref": ref} if new != ZEROS else
                {"zeros": {"commit": ZEROS, "ref": ref}, "null": {"commit": None, "ref": ref}, "absent": {"ref": ref},
                 "empty": {"commit": "", "ref": ref}, "flag": {"commit": old, "ref": ref, "deleted": True},
                 "old-tip": {"commit": old, "ref": ref}}[deletion]
                for old, new, ref in lines]

    def push_again(self, at, references, name):
        """The same push once more, by a client that had no answer: a record, and nothing moves."""
        entries = [{"commit": tip, "ref": ref} for ref, tip in references.items()]
        self.tale.trail.log_push(self.person, moment(at), entries, name=name)

    def push_against(self, rival, at, refspec, winner, loser, advertised_before, refused_after):
        """Both push; the loser's push is on its way when this one lands, and the server refuses it for real."""
        at, tale = moment(at), self.tale
        gate, commands = tale.folder / "gate", tale.folder / "commands.loser"
        environment = git_environment(tale, at, rival.person) | {
            "STORY_COMMANDS": str(commands), "STORY_WAITS_FOR": str(gate)}
        running = subprocess.Popen(["git", "push", "-q", "origin", refspec], cwd=rival.folder, env=environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(1000):
            if gate.with_suffix(".reached").exists():
                break
            time.sleep(0.02)
        self.push(at, refspec, name=winner)
        gate.write_text("")
        said = running.communicate(timeout=60)[1].decode()
        if running.returncode == 0 or "rejected" not in said:
            raise RuntimeError(f"the server did not refuse the later push: {said}")
        rival.date_files(at)
        refused = at + seconds(refused_after)
        tale.trail.log_push(rival.person, refused, self.references(commands, "zeros"), name=loser,
                            advertised=at - seconds(advertised_before))

    def copy(self, folder, at):
        """cp -r: every file has the time of the copy."""
        at, target = moment(at), self.tale.folder / folder
        shutil.copytree(self.folder, target, symlinks=True, copy_function=shutil.copyfile)
        for path in target.rglob("*"):
            os.utime(path, (at.timestamp(), at.timestamp()), follow_symlinks=False)

    def renew(self, folder, at):
        """cp -r -u: what has changed since an earlier copy is copied again, and has the time of this copy."""
        at, target = moment(at), self.tale.folder / folder
        for path in sorted(self.folder.rglob("*")):
            copy = target / path.relative_to(self.folder)
            if path.is_dir():
                copy.mkdir(exist_ok=True)
            elif not copy.exists() or copy.stat().st_mtime < path.stat().st_mtime:
                copy.unlink(missing_ok=True)
                shutil.copyfile(path, copy)
                os.utime(copy, (at.timestamp(), at.timestamp()))
