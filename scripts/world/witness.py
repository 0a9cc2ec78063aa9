"""CodeCommit's own events of a life, as EventBridge and triggers deliver them: one for each ref that truly moved."""

import gzip
import json
import pathlib

from .trail import ACCOUNT, NAME, REGION, REPOSITORY_ID, identity, iso

ARN = f"arn:aws:codecommit:{REGION}:{ACCOUNT}:{NAME}"
SHAPES = ["array", "lines", "folder", "trigger", "sns", "both"]
OPTIONS = {"MergePullRequestBySquash": "SQUASH_MERGE", "MergePullRequestByThreeWay": "THREE_WAY_MERGE"}


def write(folder, life, ids, chance, complete):
    """Writes the events; returns the folder, and by event and ref the id of each that was delivered.

    `complete`: none is lost. Otherwise some are: delivery is at best effort.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    shape, peels = chance.choice(SHAPES), chance.random() < 0.3
    loses = 0 if complete else chance.choice([0, 0, 0.2])

    def name(number):
        return ids[life.peeled(number) if peels else number]

    bridge, triggers, sent, delivered = [], [], {}, {}
    for event in life.events:
        if event.denied:
            continue
        moved = [update for update in event.updates if update.landed and update.old != update.new]
        moved = [update for update in moved if chance.random() >= loses]
        at = event.effect + chance.random() * 3
        for update in moved:
            key = f"{event.id}-{len(sent)}"
            sent[event.id, update.ref] = key
            bridge.append(state_change(event, update, name, at, key))
            delivered[event.id, update.ref] = [key, event.id + "-trigger"]
        if moved:
            triggers.append(trigger(event, moved, name, at))
    chance.shuffle(bridge)
    if bridge and chance.random() < 0.5:
        bridge.append(chance.choice(bridge))  # at least once
    noise = [{"version": "0", "id": "x", "detail-type": "CodeCommit Pull Request State Change",
              "source": "aws.codecommit", "detail": {"event": "pullRequestCreated"}}]
    if shape in ("array", "both"):
        (folder / "events.json").write_text(json.dumps(bridge + noise))
    elif shape == "lines":
        text = "\n".join(json.dumps(event) for event in bridge + noise)
        (folder / "events.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    elif shape == "folder":
        for number, event in enumerate(bridge + noise):
            place = folder / f"2026/03/{number % 3}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"events-1-{number}").write_text(json.dumps(event))
    if shape in ("trigger", "both"):
        (folder / "triggers.json").write_text(json.dumps({"Records": triggers}) if triggers else json.dumps(noise))
    elif shape == "sns":
        lines = [json.dumps({"Type": "Notification", "Message": json.dumps({"Records": [record]})}) for record in triggers]
        (folder / "sns.jsonl").write_text("\n".join(lines) or json.dumps(noise))
    return delivered


def state_change(event, update, name, at, key):
    kind = "Created" if update.old is None else "Deleted" if update.new is None else "Updated"
    is_branch = update.ref.startswith("refs/heads/")
    detail = {"event": f"reference{kind}", "repositoryName": NAME, "repositoryId": REPOSITORY_ID,
              "referenceType": "branch" if is_branch else "tag", "referenceName": update.ref.split("/", 2)[2],
              "referenceFullName": update.ref, "callerUserArn": identity(event.actor)["arn"]}
    if update.new is not None:
        detail["commitId"] = name(update.new)
    if update.old is not None:
        detail["oldCommitId"] = name(update.old)
    if event.action in OPTIONS:
        detail |= {"mergeOption": OPTIONS[event.action], "sourceCommitId": name(event.source),
                   "destinationCommitId": name(update.old)}
    return {"version": "0", "id": key, "detail-type": "CodeCommit Repository State Change", "source": "aws.codecommit",
            "account": ACCOUNT, "time": iso(at), "region": REGION, "resources": [ARN], "detail": detail}


def trigger(event, moved, name, at):
    references = []
    for update in moved:
        entry = {"commit": name(update.new if update.new is not None else update.old), "ref": update.ref}
        if update.old is None:
            entry["created"] = True
        if update.new is None:
            entry["deleted"] = True
        references.append(entry)
    return {"awsRegion": REGION, "codecommit": {"references": references}, "eventId": event.id + "-trigger",
            "eventName": "ReferenceChanges", "eventPartNumber": 1, "eventSource": "aws:codecommit",
            "eventSourceARN": ARN, "eventTime": iso(at)[:-1] + ".701+0000", "eventTotalParts": 1,
            "eventTriggerName": "all", "eventVersion": "1.0", "userIdentityARN": identity(event.actor)["arn"]}
