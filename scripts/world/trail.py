"""Writes the trail that a life leaves: CloudTrail's gzipped files in S3's layout, among records of other services."""

import gzip
import json
import pathlib
import random
import time
from dataclasses import dataclass

ACCOUNT, REGION, NAME = "111122223333", "us-east-2", "MyDemoRepo"
REPOSITORY_ID = "4c925148-5f5a-4b3c-9d3a-0c8b6f2f1a11"
ZERO = "0" * 40
FORMS = ["zeros", "null", "absent", "empty", "flag", "old-tip"]


def iso(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def identity(actor):
    if actor["type"] == "IAMUser":
        return {"type": "IAMUser", "principalId": "AIDA" + actor["name"].upper(),
                "arn": f"arn:aws:iam::{ACCOUNT}:user/{actor['name']}", "accountId": ACCOUNT, "userName": actor["name"]}
    return {"type": "AssumedRole", "principalId": f"AROAROLE:{actor['name']}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Developers/{actor['name']}", "accountId": ACCOUNT,
            "accessKeyId": "ASIAEXAMPLE",
            "sessionContext": {"sessionIssuer": {"type": "Role", "principalId": "AROAROLE", "userName": "Developers",
                                                 "arn": f"arn:aws:iam::{ACCOUNT}:role/Developers",
                                                 "accountId": ACCOUNT},
                               "attributes": {"mfaAuthenticated": "true", "creationDate": "2026-03-01T00:00:00Z"}}}


def base(event, moment, event_id):
    return {"eventVersion": "1.08", "userIdentity": identity(event.actor), "eventTime": iso(moment),
            "eventSource": "codecommit.amazonaws.com", "eventName": event.action, "awsRegion": REGION,
            "sourceIPAddress": event.actor["address"], "userAgent": "git/2.39.5", "requestParameters": None,
            "responseElements": None, "requestID": "r-" + event_id, "eventID": event_id, "readOnly": False,
            "resources": [{"ARN": f"arn:aws:codecommit:{REGION}:{ACCOUNT}:{NAME}", "accountId": ACCOUNT,
                           "type": "AWS::CodeCommit::Repository"}],
            "eventType": "AwsApiCall", "managementEvent": True, "eventCategory": "Management",
            "recipientAccountId": ACCOUNT}


def git_data(event, transferred):
    data = {"protocol": event.actor["protocol"], "dataTransferred": transferred, "repositoryName": NAME,
            "repositoryId": REPOSITORY_ID}
    if transferred:
        data["capabilities"] = ["report-status", "side-band-64k"]
    return data


def entry(update, ids, form):
    if update.new is not None:
        return {"commit": ids[update.new], "ref": update.ref}
    old = ids[update.old] if update.old is not None else ZERO
    return {"zeros": {"commit": ZERO, "ref": update.ref}, "null": {"commit": None, "ref": update.ref},
            "absent": {"ref": update.ref}, "empty": {"commit": "", "ref": update.ref},
            "flag": {"commit": old, "ref": update.ref, "deleted": True},
            "old-tip": {"commit": old, "ref": update.ref}}[form]


def records_of(event, ids, form):
    """The records of one event, each with the moment that it tells."""
    if event.action == "CreateRepository":
        record = base(event, event.record, event.id)
        record["requestParameters"] = {"repositoryName": NAME}
        record["responseElements"] = {"repositoryMetadata": {
            "repositoryName": NAME, "repositoryId": REPOSITORY_ID, "accountId": ACCOUNT,
            "arn": f"arn:aws:codecommit:{REGION}:{ACCOUNT}:{NAME}"}}
        return [record]
    if event.action == "GitPush":
        result = []
        if event.advertised is not None:
            first = base(event, event.advertised, event.id + "-ad")
            first["readOnly"] = True
            first["additionalEventData"] = git_data(event, False)
            result.append(first)
        record = base(event, event.record, event.id)
        record["requestParameters"] = {"references": [entry(update, ids, form) for update in event.updates]}
        record["additionalEventData"] = git_data(event, True)
        if event.denied:
            record["errorCode"] = "AccessDenied"
        return result + [record]
    update = event.updates[0]
    record = base(event, event.record, event.id)
    branch = update.ref.removeprefix("refs/heads/")
    if event.action == "CreateCommit":
        record["requestParameters"] = {"repositoryName": NAME, "branchName": branch, "parentCommitId": ids[update.told]}
        record["responseElements"] = {"commitId": ids[update.new], "treeId": ZERO}
    elif event.action == "CreateBranch":
        record["requestParameters"] = {"repositoryName": NAME, "branchName": branch, "commitId": ids[update.new]}
    elif event.action == "DeleteBranch":
        record["requestParameters"] = {"repositoryName": NAME, "branchName": branch}
        record["responseElements"] = {"deletedBranch": {"branchName": branch, "commitId": ids[update.told]}}
    else:
        record["requestParameters"] = {"repositoryName": NAME, "pullRequestId": "7"}
        record["responseElements"] = {"pullRequest": {"pullRequestId": "7", "pullRequestTargets": [{
            "repositoryName": NAME, "sourceReference": event.source_ref, "destinationReference": update.ref,
            "sourceCommit": ids[event.source], "destinationCommit": ids[update.old],
            "mergeMetadata": {"isMerged": True, "mergeCommitId": ids[update.new]}}]}}
    return [record]


def records_of_read(read):
    """The records of a GitPull, or of CodePipeline's UploadArchive, each with the moment that it tells."""
    result = []
    for event_id, moment in read.moments:
        record = base(read, moment, event_id)
        record["readOnly"] = True
        if read.action == "UploadArchive":
            record["readOnly"] = False
            record["userAgent"] = "codepipeline.amazonaws.com"
            record["requestParameters"] = {"repositoryName": NAME}
        else:
            transferred = read.data and event_id == read.id
            record["additionalEventData"] = data = git_data(read, transferred)
            if transferred:
                data["capabilities"] = ["multi_ack_detailed", "side-band-64k", "thin-pack"]
                data["shallow"] = read.shallow
        result.append((moment, record))
    return result


@dataclass
class IdlePush:
    """A push that moved nothing, as far as `base` asks."""
    actor: dict
    action: str


def record_of_idle_push(moment, actor, number):
    """The advertisement of a push that then had nothing to push."""
    event = IdlePush(actor, "GitPush")
    record = base(event, moment, f"idle-{number}")
    record["readOnly"] = True
    record["additionalEventData"] = git_data(event, False)
    return moment, record


def filler(moment, number):
    return {"eventVersion": "1.08", "userIdentity": {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"},
            "eventTime": iso(moment), "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "awsRegion": REGION,
            "sourceIPAddress": "ec2.amazonaws.com", "userAgent": "ec2.amazonaws.com", "eventID": f"filler-{number}",
            "readOnly": True, "eventType": "AwsApiCall", "recipientAccountId": ACCOUNT}


def write(folder, life, ids, form, start, end, dropped=(), missing_day=None, truncated=None, shuffle=None, copies=0,
          more=()):
    """Writes what was delivered: records from `start` to `end`, less the dropped events'. Files hold an hour each.

    `missing_day`: a UTC day whose folder is not there; `truncated`: the number of the file to cut in half.
    """
    records = [(moment, filler(moment, number)) for number, moment in enumerate(range(start, end + 1, 600))]
    records += [(moment, record) for moment, record in more if start <= moment <= end]
    for event in life.events:
        if event.id in dropped:
            continue
        for record in records_of(event, ids, form):
            moment = event.record
            if start <= moment <= end:
                records.append((moment, record))
    hours = {}
    for moment, record in records:
        hours.setdefault(moment // 3600, []).append(record)
    random_order = random.Random(shuffle)
    written = []
    for hour, contents in sorted(hours.items()):
        if shuffle is not None:
            random_order.shuffle(contents)
        if copies and random_order.random() < 0.5:
            contents = contents + [random_order.choice(contents) for _ in range(copies)]
        delivered = hour * 3600 + 3600 + 300
        if missing_day is not None and delivered // 86_400 == missing_day:
            continue
        day = time.gmtime(delivered)
        place = pathlib.Path(folder, "AWSLogs", ACCOUNT, "CloudTrail", REGION, "%04d" % day.tm_year,
                             "%02d" % day.tm_mon, "%02d" % day.tm_mday)
        place.mkdir(parents=True, exist_ok=True)
        stamp = time.strftime("%Y%m%dT%H%MZ", time.gmtime(delivered))
        path = place / f"{ACCOUNT}_CloudTrail_{REGION}_{stamp}_abcdefghijklmnop.json.gz"
        path.write_bytes(gzip.compress(json.dumps({"Records": contents}).encode(), 1, mtime=0))
        written.append(path)
    if truncated is not None and written:
        path = written[truncated % len(written)]
        path.write_bytes(path.read_bytes()[:-20])
        return path
    return None
