"""Makes large repositories up: a history with branches, merges and forced pushes, and the trail of the pushes that made it.

All of it comes from a seed. `git fast-import` makes the objects, so that a million commits take about a minute.
"""

import gzip
import json
import os
import pathlib
import random
import subprocess
import time
import uuid

ACCOUNT, REGION, NAME = "111122223333", "us-east-2", "Large"
REPOSITORY_ID = "0c9a6a1e-8d0b-4b0e-9d55-5f1d1c4f7a10"
ZERO = "0" * 40
START = 1_735_689_600  # 2025-01-01T00:00:00Z, when the trail begins
YEAR = 365 * 86_400
WORDS = ("fix add drop move keep read write test parse build merge the a of in for with without when and cache index queue "
         "error value table field report schema client server retry timeout header record branch commit").split()


class Shape:
    """What to make: how many commits, of which a fifth are older than the trail, pushes, and branches alive at a time.

    `tags` come a thousand with a push; `wide` branches are made by one push in the middle, and deleted by one near the
    end. Neither counts among `pushes`.
    """

    def __init__(self, commits, pushes=50_000, branches=500, forced=0.02, seed=1, tags=0, wide=0):
        self.commits, self.pushes, self.branches, self.forced, self.seed = commits, pushes, branches, forced, seed
        self.tags, self.wide = tags, wide

    @property
    def name(self):
        more = (f"-t{self.tags}" if self.tags else "") + (f"-w{self.wide}" if self.wide else "")
        return f"c{self.commits}-p{self.pushes}-b{self.branches}-f{self.forced:g}{more}-s{self.seed}"


class Writer:
    """Commits, numbered from 1 as they are made, written as a stream for fast-import."""

    def __init__(self, stream, chance):
        self.stream, self.chance = stream, chance
        self.first_parents = [0]
        self.lines = []
        self.message = [" ".join(chance.choices(WORDS, k=chance.randint(6, 30))) for _ in range(997)]

    def commit(self, moment, *parents):
        number = len(self.first_parents)
        self.first_parents.append(parents[0] if parents else 0)
        text = f"{self.message[number % 997]} {number}\n"
        person = f"Person {number % 41} <p{number % 41}@example.com> {moment}"
        lines = [f"commit refs/heads/making\nmark :{number}\nauthor {person} +0000\ncommitter {person} +0000\n"
                 f"data {len(text)}\n{text}"]
        if parents:
            lines.append(f"from :{parents[0]}\n")
            lines += [f"merge :{parent}\n" for parent in parents[1:]]
        if number % 4 == 1:
            body = f"{number}\n"
            lines.append(f"M 100644 inline f{number % 16}\ndata {len(body)}\n{body}")
        lines.append("\n")
        self.lines.append("".join(lines))
        if len(self.lines) >= 4096:
            self.flush()
        return number

    def line(self, moment, tip, count):
        """That many commits on top of each other, a minute apart, the last one just before the moment."""
        for index in range(count):
            tip = self.commit(moment - 60 * (count - index), tip)
        return tip

    def flush(self):
        self.stream.write("".join(self.lines).encode())
        self.lines = []

    @property
    def count(self):
        return len(self.first_parents) - 1


class Life:
    """Pushes: (moment, [(ref, before or None, after or None)])."""

    def __init__(self, shape, writer):
        self.shape, self.writer = shape, writer
        self.chance = random.Random(shape.seed)
        self.pushes = []
        self.refs = {}
        # Every ref but main, and where each forked from it last.
        self.topics = []
        self.bases = {}
        self.names = 0
        self.before_trail()
        self.initial = dict(self.refs)
        self.live()
        writer.flush()

    def before_trail(self):
        """A fifth of the commits: a main line into which topic branches were merged."""
        chance, writer = self.chance, self.writer
        count = self.shape.commits // 5
        moment = START - YEAR
        tip = writer.commit(moment)
        topics = []
        while writer.count < count:
            moment += 1 + YEAR // (count + 1)
            roll = chance.random()
            if roll < 0.05 or not topics:
                topics.append(writer.commit(moment, tip))
            elif roll < 0.15:
                tip = writer.commit(moment, tip, topics.pop(chance.randrange(len(topics))))
            elif roll < 0.3:
                tip = writer.commit(moment, tip)
            else:
                index = chance.randrange(len(topics))
                topics[index] = writer.commit(moment, topics[index])
        for topic in topics:
            tip = writer.commit(moment, tip, topic)
        self.refs["refs/heads/main"] = tip

    def live(self):
        chance, shape = self.chance, self.shape
        moment = START + 3600
        step = (YEAR - 86_400) / shape.pushes
        for number in range(shape.pushes):
            moment += 2 if chance.random() < 0.005 else max(1, round(chance.expovariate(1 / step)))
            left = (shape.commits - self.writer.count) / (shape.pushes - number)
            size = round(chance.expovariate(1 / left)) if left > 0 else 0
            self.pushes.append((moment, self.push(moment, size)))
            moment = self.many(moment, number)
        self.end = moment + 7200

    def many(self, moment, number):
        """The pushes of many refs that are due after that push; returns the moment of the last one."""
        shape = self.shape
        groups = -(-shape.tags // 1000)
        for group in range(groups * number // shape.pushes, groups * (number + 1) // shape.pushes):
            moment += 60
            tags = range(1000 * group, min(shape.tags, 1000 * (group + 1)))
            self.pushes.append((moment, [(f"refs/tags/v{tag}", None, self.chance.randint(1, self.writer.count))
                                         for tag in tags]))
            self.refs |= {ref: after for ref, _, after in self.pushes[-1][1]}
        names = [f"refs/heads/wide/{index}" for index in range(shape.wide)]
        if names and number == shape.pushes // 2:
            moment += 60
            tip = self.refs["refs/heads/main"]
            self.pushes.append((moment, [(ref, None, tip) for ref in names]))
            self.refs |= {ref: tip for ref in names}
        if names and number == shape.pushes * 9 // 10:
            moment += 60
            self.pushes.append((moment, [(ref, self.refs.pop(ref), None) for ref in names]))
        return moment

    def push(self, moment, size):
        topics = self.topics
        if self.chance.random() < self.shape.forced:
            return self.force(moment, size)
        if len(topics) < self.shape.branches and self.chance.random() < 0.6:
            return self.open(moment, size)
        if self.chance.random() < 0.35 or not topics:
            return self.main(moment, size)
        ref = self.chance.choice(topics)
        before = tip = self.refs[ref]
        if self.chance.random() < 0.08:
            self.bases[ref] = self.refs["refs/heads/main"]
            tip = self.writer.commit(moment - 60 * size - 60, tip, self.bases[ref])
        return self.move(ref, before, self.writer.line(moment, tip, max(size, 1 if tip == before else 0)))

    def move(self, ref, before, after):
        if after is None:
            del self.refs[ref]
        else:
            self.refs[ref] = after
        if before is None:
            self.topics.append(ref)
        if after is None:
            self.topics.remove(ref)
        return [(ref, before, after)]

    def open(self, moment, size):
        self.names += 1
        ref = f"refs/heads/topic/{self.names}"
        main = self.bases[ref] = self.refs["refs/heads/main"]
        return self.move(ref, None, self.writer.line(moment, main, size))

    def main(self, moment, size):
        main = self.refs["refs/heads/main"]
        if not self.topics or self.chance.random() < 0.25:
            return self.move("refs/heads/main", main, self.writer.line(moment, main, max(size, 1)))
        ref = self.chance.choice(self.topics)
        topic = self.refs[ref]
        tip = self.writer.line(moment - 60, topic, size)
        updates = self.move("refs/heads/main", main, self.writer.commit(moment, main, tip))
        roll = self.chance.random()
        if roll < 0.4:
            updates += self.move(ref, topic, None)
        elif tip != topic:
            updates += self.move(ref, topic, tip)
        return updates

    def force(self, moment, size):
        """Takes some commits back, or puts the whole branch on top of main again."""
        size = max(1, size)
        if not self.topics or self.chance.random() < 0.05:
            ref = "refs/heads/main"
        else:
            ref = self.chance.choice(self.topics)
        before = tip = self.refs[ref]
        if ref != "refs/heads/main" and self.chance.random() < 0.5:
            tip = self.bases[ref] = self.refs["refs/heads/main"]
        else:
            for _ in range(1 + int(self.chance.expovariate(1 / 3))):
                tip = self.writer.first_parents[tip] or tip
        return self.move(ref, before, self.writer.line(moment, tip, size))


# What git and CloudTrail would have left


def git(repository, *arguments, **options):
    environment = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1", LC_ALL="C", TZ="UTC")
    return subprocess.run(["git", "-C", str(repository), *arguments], check=True, env=environment, **options)


def iso(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def make(shape, folder):
    """Makes FOLDER/clone (no commit-graph), FOLDER/trail and FOLDER/truth.json, unless they are there."""
    folder = pathlib.Path(folder)
    if (folder / "truth.json").exists():
        return folder
    clone = folder / "clone"
    clone.mkdir(parents=True)
    git(clone, "init", "-q", "--initial-branch=main")
    marks = folder / "marks"
    importer = subprocess.Popen(
        ["git", "-C", str(clone), "fast-import", "--quiet", "--force", f"--export-marks={marks}"], stdin=subprocess.PIPE)
    life = Life(shape, Writer(importer.stdin, random.Random(shape.seed + 1)))
    importer.stdin.close()
    if importer.wait() != 0:
        raise SystemExit("git fast-import failed")
    ids = {}
    for line in marks.read_text().splitlines():
        mark, name = line.split()
        ids[int(mark[1:])] = name
    marks.unlink()
    finish_clone(clone, life, ids)
    write_trail(folder / "trail", life, ids, random.Random(shape.seed + 2))
    truth = {"end": life.end, "commits": life.writer.count, "main": ids[life.initial["refs/heads/main"]],
             "pushes": [[moment, [[ref, ids.get(before), ids.get(after)] for ref, before, after in updates]]
                        for moment, updates in life.pushes]}
    (folder / "truth.json").write_text(json.dumps(truth))
    return folder


def finish_clone(clone, life, ids):
    """Refs packed, a remote, and the FETCH_HEAD of a fetch at the end of it all."""
    git(clone, "update-ref", "-d", "refs/heads/making")
    # As git packs them; making a hundred thousand loose ones first would take minutes.
    local = {"refs/heads/main": life.refs["refs/heads/main"]}
    for ref, tip in life.refs.items():
        local[ref if ref.startswith("refs/tags/") else f"refs/remotes/origin/{ref.removeprefix('refs/heads/')}"] = tip
    (clone / ".git" / "packed-refs").write_text(
        "# pack-refs with: peeled fully-peeled sorted \n"
        + "".join(f"{ids[tip]} {ref}\n" for ref, tip in sorted(local.items())))
    url = f"https://git-codecommit.{REGION}.amazonaws.com/v1/repos/{NAME}"
    git(clone, "remote", "add", "origin", url)
    git(clone, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    lines = []
    for ref, tip in sorted(life.refs.items(), key=lambda item: (item[0] != "refs/heads/main", item[0])):
        kind = "" if ref == "refs/heads/main" else "not-for-merge"
        name = f"tag '{ref[10:]}'" if ref.startswith("refs/tags/") else f"branch '{ref[11:]}'"
        lines.append(f"{ids[tip]}\t{kind}\t{name} of {url}\n")
    fetch_head = clone / ".git" / "FETCH_HEAD"
    fetch_head.write_text("".join(lines))
    for name in ["description", "info/exclude"]:
        os.utime(clone / ".git" / name, (START, START))
    os.utime(fetch_head, (life.end - 3600, life.end - 3600))


def write_trail(folder, life, ids, chance):
    """A file a day. Two of three people use HTTPS, where an advertisement precedes each push."""
    days = {}
    number = 0

    def put(moment, record):
        days.setdefault(moment // 86_400, []).append(record)

    def identifier():
        nonlocal number
        number += 1
        return str(uuid.UUID(int=number << 64 | chance.getrandbits(62), version=4))

    for day in range(START // 86_400, life.end // 86_400 + 1):
        put(day * 86_400, filler(day * 86_400, identifier()))
    put(START, filler(START, identifier()))
    for moment, updates in life.pushes:
        person = chance.randrange(40)
        secure = person % 3 != 0
        if secure:
            first = record(moment - 1, identifier(), person, "HTTPS", None)
            first["readOnly"] = True
            put(moment - 1, first)
        references = [{"commit": ZERO if after is None else ids[after], "ref": ref} for ref, _, after in updates]
        put(moment, record(moment, identifier(), person, "HTTPS" if secure else "SSH", references))
    put(life.end, filler(life.end, identifier()))
    for day, records in sorted(days.items()):
        at = time.gmtime(day * 86_400)
        place = folder / "AWSLogs" / ACCOUNT / "CloudTrail" / REGION / time.strftime("%Y/%m/%d", at)
        place.mkdir(parents=True, exist_ok=True)
        name = f"{ACCOUNT}_CloudTrail_{REGION}_{time.strftime('%Y%m%dT2355Z', at)}_abcdefghijklmnop.json.gz"
        (place / name).write_bytes(gzip.compress(json.dumps({"Records": records}).encode(), 1, mtime=0))


def record(moment, event_id, person, protocol, references):
    data = {"protocol": protocol, "dataTransferred": references is not None, "repositoryName": NAME,
            "repositoryId": REPOSITORY_ID}
    return {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "AssumedRole", "principalId": f"AROAROLE:person{person}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Developers/person{person}", "accountId": ACCOUNT,
            "accessKeyId": "ASIAEXAMPLE",
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "principalId": "AROAROLE", "userName": "Developers",
                                  "arn": f"arn:aws:iam::{ACCOUNT}:role/Developers", "accountId": ACCOUNT},
                "attributes": {"mfaAuthenticated": "true", "creationDate": iso(moment - 600)}}},
        "eventTime": iso(moment), "eventSource": "codecommit.amazonaws.com", "eventName": "GitPush",
        "awsRegion": REGION, "sourceIPAddress": f"198.51.100.{person}", "userAgent": "git/2.39.5",
        "requestParameters": {"references": references} if references is not None else None,
        "responseElements": None, "additionalEventData": data, "requestID": f"r-{event_id}", "eventID": event_id,
        "readOnly": False,
        "resources": [{"accountId": ACCOUNT, "type": "AWS::CodeCommit::Repository",
                       "ARN": f"arn:aws:codecommit:{REGION}:{ACCOUNT}:{NAME}"}],
        "eventType": "AwsApiCall", "managementEvent": True, "eventCategory": "Management",
        "recipientAccountId": ACCOUNT}


def filler(moment, event_id):
    return {"eventVersion": "1.08", "userIdentity": {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"},
            "eventTime": iso(moment), "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole",
            "awsRegion": REGION, "sourceIPAddress": "ec2.amazonaws.com", "userAgent": "ec2.amazonaws.com",
            "eventID": event_id, "readOnly": True, "eventType": "AwsApiCall", "recipientAccountId": ACCOUNT}
