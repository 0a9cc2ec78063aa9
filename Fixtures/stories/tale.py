"""What a story is told with: a server, the people's real clones of it, and the trail that CodeCommit would have left.

Everything is done by real git. The clones know the server by a CodeCommit URL, through a stand-in for
git-remote-codecommit. A hook of the server notes the ref commands of each push; they become the push's record. Ids, dates and
file times are fixed: the same story makes the same world, byte for byte.
"""

import datetime
import gzip
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import time
import uuid

NAME, REGION, ACCOUNT = "MyDemoRepo", "us-east-2", "111122223333"
REPOSITORY_ID = "4c925148-5f5a-4b3c-9d3a-0c8b6f2f1a11"
URL = f"codecommit::{REGION}://{NAME}"
ARN = f"arn:aws:codecommit:{REGION}:{ACCOUNT}:{NAME}"
ZEROS = "0" * 40
UTC = datetime.timezone.utc

# Notes each push's commands; can refuse, and can wait for another push to land first.
HOOK = """#!/bin/sh
cat >> "$STORY_COMMANDS"
if [ -n "$STORY_DENIED" ]; then echo "You are not authorized to push." >&2; exit 1; fi
if [ -n "$STORY_WAITS_FOR" ]; then
  : > "$STORY_WAITS_FOR.reached"
  while [ ! -e "$STORY_WAITS_FOR" ]; do sleep 0.02; done
fi
"""

ADDRESSES = {"ada": "203.0.113.10", "bob": "203.0.113.27", "mallory": "198.51.100.66", "auditor": "203.0.113.90",
             "gate": "192.0.2.44", "backup": "192.0.2.80"}
IAM_USERS = {"ada", "mallory"}
ROLES = {"bob": "Developers", "auditor": "Auditors", "gate": "Build", "backup": "Backup"}


class Tale:
    def __init__(self, folder, first_day="2026-03-02"):
        self.folder = pathlib.Path(folder)
        self.first = moment(f"{first_day} 00:00")
        self.end = None
        self.records, self.names, self.persons = [], {}, {}
        self.ids = 0
        self.server = self.folder / "server.git"
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
        (self.folder / "gitconfig").write_text(
            "[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n"
            "[protocol \"ext\"]\n\tallow = always\n[advice]\n\tdetachedHead = false\n[core]\n\tautocrlf = false\n")
        git(self, self.folder, self.first, "init", "-q", "--bare", str(self.server))
        git(self, self.server, self.first, "config", "receive.denyDeleteCurrent", "ignore")
        git(self, self.server, self.first, "config", "uploadpack.allowAnySHA1InWant", "true")
        hook = self.server / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(HOOK)
        hook.chmod(0o755)

    # People

    def clone(self, person, folder, at, *options, logged=True):
        """A clone by that person; the one in the folder `clone` is what the tool is shown."""
        at, path = moment(at), self.folder / folder
        had = bool(git(self, self.server, at, "for-each-ref"))
        git(self, self.folder, at, "clone", "-q", *options, URL, str(path), person=person)
        made = Clone(self, person, path)
        made.clock = at
        made.date_files(at)
        if logged:
            self.log_pull(person, at, transferred=had, shallow="--depth" in " ".join(options))
        return made

    # What the API does on the server

    def create_repository(self, at, by="ada"):
        self.record(by, at, "CreateRepository", {"repositoryName": NAME, "repositoryDescription": "A demonstration"}, {
            "repositoryMetadata": {
                "accountId": ACCOUNT, "arn": ARN, "repositoryId": REPOSITORY_ID, "repositoryName": NAME,
                "creationDate": locale_date(moment(at)), "lastModifiedDate": locale_date(moment(at)),
                "repositoryDescription": "A demonstration",
                "cloneUrlHttp": f"https://git-codecommit.{REGION}.amazonaws.com/v1/repos/{NAME}",
                "cloneUrlSsh": f"ssh://git-codecommit.{REGION}.amazonaws.com/v1/repos/{NAME}"}})

    def created_before_the_trail(self):
        """The repository is older than the trail: no record of its creation."""

    def create_commit(self, by, at, branch, subject, name):
        return self.commit_by_api(by, at, branch, subject, name, "CreateCommit", {
            "putFiles": [{"filePath": slug(subject), "fileContent": "HIDDEN_DUE_TO_SECURITY_REASONS"}]})

    def put_file(self, by, at, branch, subject, name):
        return self.commit_by_api(by, at, branch, subject, name, "PutFile", {"filePath": slug(subject)})

    def commit_by_api(self, by, at, branch, subject, name, action, extra):
        parent = self.tip(branch)
        tree = self.tree_with(parent, slug(subject), subject, at)
        commit = self.server_commit(by, at, tree, [parent] if parent else [], subject, branch)
        request = {"repositoryName": NAME, "branchName": branch, "commitMessage": subject, **extra}
        if parent:
            request["parentCommitId"] = parent
        self.record(by, at, action, request, {"commitId": commit, "treeId": tree}, name=name)
        return commit

    def merge_branches(self, by, at, kind, source, destination, name):
        action = {"fast-forward": "MergeBranchesByFastForward", "squash": "MergeBranchesBySquash",
                  "three-way": "MergeBranchesByThreeWay"}[kind]
        commit, tree = self.merge_on_server(by, at, kind, source, destination)
        self.record(by, at, action, {
            "repositoryName": NAME, "sourceCommitSpecifier": source, "destinationCommitSpecifier": destination,
            "targetBranch": destination}, {"commitId": commit, "treeId": tree}, name=name)
        return commit

    def create_pull_request(self, by, at, source, destination, name):
        target = {"repositoryName": NAME, "sourceReference": source, "destinationReference": destination}
        self.record(by, at, "CreatePullRequest", {"title": f"Merge {source}", "targets": [target]},
                    {"pullRequest": self.pull_request(by, at, source, destination, "OPEN", {"isMerged": False})}, name=name)

    def merge_pull_request(self, by, at, kind, source, destination, name):
        action, option = {"fast-forward": ("MergePullRequestByFastForward", "FAST_FORWARD_MERGE"),
                          "squash": ("MergePullRequestBySquash", "SQUASH_MERGE"),
                          "three-way": ("MergePullRequestByThreeWay", "THREE_WAY_MERGE")}[kind]
        request = self.pull_request(by, at, source, destination, "CLOSED", {"isMerged": True, "mergedBy": identity(by)["arn"]})
        commit, _ = self.merge_on_server(by, at, kind, source, destination)
        request["pullRequestTargets"][0]["mergeMetadata"] |= {"mergeCommitId": commit, "mergeOption": option}
        self.record(by, at, action, {"pullRequestId": "1", "repositoryName": NAME}, {"pullRequest": request}, name=name)
        return commit

    def pull_request(self, by, at, source, destination, status, merge):
        old, new = self.tip(destination), self.tip(source)
        return {"pullRequestId": "1", "title": f"Merge {source}", "pullRequestStatus": status,
                "authorArn": identity(by)["arn"], "creationDate": locale_date(moment(at)), "revisionId": "1" * 64,
                "pullRequestTargets": [{
                    "repositoryName": NAME, "sourceReference": f"refs/heads/{source}",
                    "destinationReference": f"refs/heads/{destination}", "sourceCommit": new, "destinationCommit": old,
                    "mergeBase": git(self, self.server, moment(at), "merge-base", old, new), "mergeMetadata": merge}]}

    def create_branch(self, by, at, branch, commit, name):
        git(self, self.server, moment(at), "update-ref", f"refs/heads/{branch}", commit)
        self.record(by, at, "CreateBranch", {"repositoryName": NAME, "branchName": branch, "commitId": commit}, None, name=name)

    def delete_branch(self, by, at, branch, name):
        old = self.tip(branch)
        git(self, self.server, moment(at), "update-ref", "-d", f"refs/heads/{branch}")
        self.record(by, at, "DeleteBranch", {"repositoryName": NAME, "branchName": branch},
                    {"deletedBranch": {"branchName": branch, "commitId": old}}, name=name)

    def tip(self, branch):
        return git(self, self.server, self.first, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}") or None

    def tree_with(self, parent, path, content, at):
        """The parent's tree and one more file."""
        blob = git(self, self.server, moment(at), "hash-object", "-w", "--stdin", given=content + "\n")
        lines = git(self, self.server, moment(at), "ls-tree", parent).splitlines() if parent else []
        lines = [line for line in lines if not line.endswith(f"\t{path}")] + [f"100644 blob {blob}\t{path}"]
        return git(self, self.server, moment(at), "mktree", given="\n".join(lines) + "\n")

    def server_commit(self, by, at, tree, parents, subject, branch):
        options = [word for parent in parents for word in ("-p", parent)]
        commit = git(self, self.server, moment(at), "commit-tree", tree, *options, "-m", subject, person=by)
        git(self, self.server, moment(at), "update-ref", f"refs/heads/{branch}", commit)
        return commit

    def merge_on_server(self, by, at, kind, source, destination):
        old, new = self.tip(destination), self.tip(source)
        if kind == "fast-forward":
            git(self, self.server, moment(at), "update-ref", f"refs/heads/{destination}", new)
            return new, git(self, self.server, moment(at), "rev-parse", f"{new}^{{tree}}")
        lines = {line.split("\t")[1]: line for tip in (old, new)
                 for line in git(self, self.server, moment(at), "ls-tree", tip).splitlines()}
        tree = git(self, self.server, moment(at), "mktree", given="\n".join(lines.values()) + "\n")
        parents = [old] if kind == "squash" else [old, new]
        return self.server_commit(by, at, tree, parents, f"Merge {source}", destination), tree

    # Records

    def next_id(self):
        self.ids += 1
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{URL}/{self.ids}"))

    def record(self, by, at, action, request, response, name=None, event_id=None, error=None, **more):
        at, event_id = moment(at), event_id or self.next_id()
        record = {
            "eventVersion": "1.08", "userIdentity": identity(by), "eventTime": stamp(at),
            "eventSource": "codecommit.amazonaws.com", "eventName": action, "awsRegion": REGION,
            "sourceIPAddress": ADDRESSES[by], "userAgent": more.pop("userAgent", "aws-cli/2.15.0"),
            "requestParameters": request, "responseElements": response, "requestID": self.next_id(), "eventID": event_id,
            "readOnly": more.pop("readOnly", False),
            "resources": [{"accountId": ACCOUNT, "type": "AWS::CodeCommit::Repository", "ARN": ARN}],
            "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": ACCOUNT,
            "eventCategory": "Management", **more}
        if not action.startswith("Git"):
            record["apiVersion"] = "2015-04-13"
        if error:
            record |= {"errorCode": error, "errorMessage": f"User: {identity(by)['arn']} is not authorized to perform: "
                       f"codecommit:{action} on resource: {ARN}"}
        self.records.append(record)
        if name:
            self.names[name] = event_id
        return event_id

    def log_git(self, by, at, action, transferred, request=None, extra=None, **more):
        data = {"protocol": "HTTP", "dataTransferred": transferred, "repositoryName": NAME, "repositoryId": REPOSITORY_ID}
        return self.record(by, at, action, request, None, userAgent="git/2.39.5",
                           readOnly=action == "GitPull" or not transferred,
                           additionalEventData=data | (extra or {}), **more)

    def log_pull(self, by, at, transferred, shallow=False):
        self.log_git(by, at - seconds(2), "GitPull", False)
        if transferred:
            self.log_git(by, at, "GitPull", True, extra={
                "capabilities": ["multi_ack_detailed", "side-band-64k", "thin-pack"], "shallow": shallow})

    def log_push(self, by, at, references, name=None, advertised=None, **more):
        """The pair: the ref advertisement, then the push with its references."""
        self.log_git(by, advertised or at - seconds(1), "GitPush", False)
        self.log_git(by, at, "GitPush", True, {"references": references}, name=name,
                     extra={"capabilities": ["report-status", "side-band-64k"]}, **more)

    # The trail

    def trail_ends(self, at):
        """What was logged later was not copied."""
        self.end = moment(at)

    stamp = staticmethod(lambda at: stamp(moment(at)))

    def told(self, now, *arguments, twice_and_shuffled=False, **names):
        """Writes the trail, and says how the tool is run."""
        end = self.end or moment(now) - seconds(300)
        records = [record for record in self.records if record["eventTime"] <= stamp(end)]
        self.write_trail(records + self.other_services(end), twice_and_shuffled)
        if twice_and_shuffled:
            self.names["duplicates"] = len(records)
        return {"now": stamp(moment(now)), "arguments": list(arguments), "clones": ["clone"], "names": self.names | names}

    def other_services(self, end):
        """Records of other services from the first day's beginning to the end, several a day."""
        times, at = [], self.first + seconds(5)
        while at < end:
            times.append(at)
            at += seconds(6 * 3600 - 90)
        return [{
            "eventVersion": "1.08", "userIdentity": {"type": "AWSService", "invokedBy": "config.amazonaws.com"},
            "eventTime": stamp(at), "eventSource": f"{service}.amazonaws.com", "eventName": action, "awsRegion": REGION,
            "sourceIPAddress": "config.amazonaws.com", "userAgent": "config.amazonaws.com", "requestParameters": None,
            "responseElements": None, "eventID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://example.com/{number}")),
            "readOnly": True, "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": ACCOUNT,
            "eventCategory": "Management"}
            for number, at in enumerate(times + [end])
            for service, action in [(("s3", "GetBucketAcl"), ("sts", "AssumeRole"), ("kms", "Decrypt"))[number % 3]]]

    def write_trail(self, records, twice_and_shuffled):
        """Files as CloudTrail delivers them: some minutes after the last record in them."""
        groups = {}
        for record in sorted(records, key=lambda record: record["eventTime"]):
            day, hour = record["eventTime"][:10], int(record["eventTime"][11:13])
            groups.setdefault((day, hour // 6), []).append(record)
        shuffled = random.Random(7)
        for number, group in enumerate(groups.values()):
            self.write_file(group, number)
            if twice_and_shuffled:
                self.write_file(shuffled.sample(group, len(group)), 1000 - number)

    def write_file(self, group, number):
        last = datetime.datetime.fromisoformat(max(record["eventTime"] for record in group).replace("Z", "+00:00"))
        # Delivered within the day: the files' days are those of their records.
        delivered = min(last + seconds(240), last.replace(hour=23, minute=59, second=0))
        folder = (self.folder / "trail" / "AWSLogs" / ACCOUNT / "CloudTrail" / REGION / f"{delivered:%Y/%m/%d}")
        folder.mkdir(parents=True, exist_ok=True)
        unique = uuid.uuid5(uuid.NAMESPACE_URL, f"file/{number}").hex[:16]
        path = folder / f"{ACCOUNT}_CloudTrail_{REGION}_{delivered:%Y%m%dT%H%MZ}_{unique}.json.gz"
        text = json.dumps({"Records": group}, separators=(",", ":")).encode()
        # Stored, not deflated: the size is then the same with every zlib.
        path.write_bytes(gzip.compress(text, compresslevel=0, mtime=0))


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
        self.tale.log_pull(self.person, at, transferred=not known)

    def has(self, tip):
        return subprocess.run(["git", "cat-file", "-e", tip], cwd=self.folder, capture_output=True).returncode == 0

    # Pushes

    def push(self, at, *refspecs, name=None, logged=True, denied=False, deletion="zeros", event_id=None):
        at = moment(at)
        commands = self.tale.folder / "commands"
        commands.unlink(missing_ok=True)
        extra = {"STORY_COMMANDS": str(commands)} | ({"STORY_DENIED": "1"} if denied else {})
        result = self.git("push", "-q", "origin", *refspecs, at=at, extra=extra, fails=denied)
        if not logged:
            return result
        references = self.references(commands, deletion)
        if not references:
            self.tale.log_git(self.person, at, "GitPush", False, name=name)
        else:
            error = {"error": "AccessDenied"} if denied else {}
            self.tale.log_push(self.person, at, references, name=name, event_id=event_id, **error)
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
        self.tale.log_push(self.person, moment(at), [{"commit": tip, "ref": ref} for ref, tip in references.items()], name=name)

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
        tale.log_push(rival.person, refused, self.references(commands, "zeros"), name=loser,
                      advertised=at - seconds(advertised_before))

    def copy(self, folder, at):
        """cp -r: every file has the time of the copy."""
        at, target = moment(at), self.tale.folder / folder
        shutil.copytree(self.folder, target, symlinks=True, copy_function=shutil.copyfile)
        for path in target.rglob("*"):
            os.utime(path, (at.timestamp(), at.timestamp()), follow_symlinks=False)


# Git


def git_environment(tale, at, person):
    date = f"{int(at.timestamp())} +0000"
    return {
        "PATH": f"{tale.folder / 'bin'}:{os.environ['PATH']}", "HOME": str(tale.folder), "LC_ALL": "C", "TZ": "UTC",
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": str(tale.folder / "gitconfig"),
        "GIT_TEMPLATE_DIR": str(tale.folder / "template"), "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": person.capitalize(), "GIT_AUTHOR_EMAIL": f"{person}@example.com", "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_NAME": person.capitalize(), "GIT_COMMITTER_EMAIL": f"{person}@example.com",
        "GIT_COMMITTER_DATE": date}


def git(tale, folder, at, *words, person="ada", given=None, extra=None, fails=False):
    result = subprocess.run(["git", *words], cwd=folder, env=git_environment(tale, at, person) | (extra or {}),
                            input=given, text=True, capture_output=True)
    if (result.returncode != 0) != fails:
        raise RuntimeError(f"git {' '.join(words)}: exit code {result.returncode}: {result.stderr}")
    return result.stdout.strip()


# Small things


def identity(person):
    if person in IAM_USERS:
        return {"type": "IAMUser", "principalId": f"AIDA{person.upper():A<16}", "arn": f"arn:aws:iam::{ACCOUNT}:user/{person}",
                "accountId": ACCOUNT, "accessKeyId": f"AKIA{person.upper():A<16}", "userName": person}
    role = ROLES[person]
    session = f"{person}@example.com"
    return {"type": "AssumedRole", "principalId": f"AROA{role.upper():A<16}:{session}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}", "accountId": ACCOUNT,
            "accessKeyId": f"ASIA{person.upper():A<16}", "sessionContext": {
                "sessionIssuer": {"type": "Role", "principalId": f"AROA{role.upper():A<16}",
                                  "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "accountId": ACCOUNT, "userName": role},
                "webIdFederationData": {},
                "attributes": {"creationDate": "2026-03-01T06:00:00Z", "mfaAuthenticated": "true"}}}


def moment(text):
    """`02 09:10` is a time of March 2026; a whole date stands for itself."""
    if isinstance(text, datetime.datetime):
        return text
    day, clock = text.split(" ")
    day = day if "-" in day else f"2026-03-{day}"
    return datetime.datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)


def seconds(count):
    return datetime.timedelta(seconds=count)


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def locale_date(at):
    return f"{at:%b} {at.day}, {at.year} {at.hour % 12 or 12}:{at:%M:%S %p}"


def slug(subject):
    return re.sub(r"[^a-z0-9]+", "-", subject.lower()).strip("-") + ".txt"
