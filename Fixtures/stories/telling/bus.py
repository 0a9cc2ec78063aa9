"""CodeCommit's own events, as a rule of EventBridge would have kept them: one for each ref that moved."""

import json

from telling.people import ACCOUNT, identity
from telling.trail import ARN, NAME, REGION, REPOSITORY_ID
from telling.words import fixed_id, stamp

ZEROS = "0" * 40


class Bus:
    def __init__(self):
        self.events, self.is_on = [], False

    def moved(self, by, at, old, new, ref, **merge):
        if not self.is_on or old == new:
            return
        kind = "Created" if old == ZEROS else "Deleted" if new == ZEROS else "Updated"
        detail = {"event": f"reference{kind}", "repositoryName": NAME, "repositoryId": REPOSITORY_ID,
                  "referenceType": "branch" if ref.startswith("refs/heads/") else "tag",
                  "referenceName": ref.split("/", 2)[2], "referenceFullName": ref,
                  "callerUserArn": identity(by)["arn"], **merge}
        if new != ZEROS:
            detail["commitId"] = new
        if old != ZEROS:
            detail["oldCommitId"] = old
        self.events.append({
            "version": "0", "id": str(fixed_id(f"event/{len(self.events)}")),
            "detail-type": "CodeCommit Repository State Change", "source": "aws.codecommit", "account": ACCOUNT,
            "time": stamp(at), "region": REGION, "resources": [ARN], "detail": detail})

    def write(self, path):
        path.write_text("".join(json.dumps(event) + "\n" for event in self.events))
