"""The records of a story, and the files in which CloudTrail delivers them."""

import datetime
import gzip
import json
import random

from telling.people import ACCOUNT, ADDRESSES, identity
from telling.words import fixed_id, moment, seconds, stamp

NAME, REGION = "MyDemoRepo", "us-east-2"
REPOSITORY_ID = "4c925148-5f5a-4b3c-9d3a-0c8b6f2f1a11"
URL = f"codecommit::{REGION}://{NAME}"
ARN = f"arn:aws:codecommit:{REGION}:{ACCOUNT}:{NAME}"


class Trail:
    """What was logged. `names` has the id of each record that the story names."""

    def __init__(self, first):
        self.first = first
        self.records, self.names = [], {}
        self.ids = 0

    def next_id(self):
        self.ids += 1
        return str(fixed_id(f"{URL}/{self.ids}"))

    def record(self, by, at, action, request, response, name=None, event_id=None, error=None, **more):
        at, event_id = moment(at), event_id or self.next_id()
        record = {
            "eventVersion": "1.08", "userIdentity": identity(by), "eventTime": stamp(at),
            "eventSource": "codecommit.amazonaws.com", "eventName": action, "awsRegion": REGION,
            "sourceIPAddress": ADDRESSES[by], "userAgent": more.pop("userAgent", "aws-cli/2.15.0"),
            "requestParameters": request, "responseElements": response, "requestID": self.next_id(),
            "eventID": event_id,
            "readOnly": more.pop("readOnly", False),
            "resources": [{"accountId": ACCOUNT, "type": "AWS::CodeCommit::Repository", "ARN": ARN}],
            "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": ACCOUNT,
            "eventCategory": "Management", **more}
        if not action.startswith("Git"):
            record["apiVersion"] = "2015-04-13"
        if error:
            who = identity(by)["arn"]
            record |= {"errorCode": error,
                       "errorMessage": f"User: {who} is not authorized to perform: "
                       f"codecommit:{action} on resource: {ARN}"}
        self.records.append(record)
        if name:
            self.names[name] = event_id
        return event_id

    def log_git(self, by, at, action, transferred, request=None, extra=None, **more):
        data = {"protocol": "HTTP", "dataTransferred": transferred, "repositoryName": NAME,
                "repositoryId": REPOSITORY_ID}
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

    def other_services(self, end):
        """Records of other services from the first day's beginning to the end, several a day."""
        times, at = [], self.first + seconds(5)
        while at < end:
            times.append(at)
            at += seconds(6 * 3600 - 90)
        calls = (("s3", "GetBucketAcl"), ("sts", "AssumeRole"), ("kms", "Decrypt"))
        return [self.other_record(stamp(at), *calls[number % 3], number) for number, at in enumerate(times + [end])]

    @staticmethod
    def other_record(time, service, action, number):
        return {
            "eventVersion": "1.08", "userIdentity": {"type": "AWSService", "invokedBy": "config.amazonaws.com"},
            "eventTime": time, "eventSource": f"{service}.amazonaws.com", "eventName": action, "awsRegion": REGION,
            "sourceIPAddress": "config.amazonaws.com", "userAgent": "config.amazonaws.com", "requestParameters": None,
            "responseElements": None, "eventID": str(fixed_id(f"https://example.com/{number}")), "readOnly": True,
            "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": ACCOUNT,
            "eventCategory": "Management"}

    def write(self, folder, end, twice_and_shuffled, minutes=360):
        """Files as CloudTrail delivers them, some minutes after the last record in them; nothing later than the end."""
        logged = [record for record in self.records if record["eventTime"] <= stamp(end)]
        records = logged + self.other_services(end)
        if twice_and_shuffled:
            self.names["duplicates"] = len(logged)
        groups = {}
        for record in sorted(records, key=lambda record: record["eventTime"]):
            day, clock = record["eventTime"][:10], record["eventTime"][11:16]
            groups.setdefault((day, (int(clock[:2]) * 60 + int(clock[3:])) // minutes), []).append(record)
        shuffled = random.Random(7)
        for number, group in enumerate(groups.values()):
            self.write_file(folder, group, number)
            if twice_and_shuffled:
                self.write_file(folder, shuffled.sample(group, len(group)), 1000 - number)

    @staticmethod
    def write_file(folder, group, number):
        last = datetime.datetime.fromisoformat(max(record["eventTime"] for record in group).replace("Z", "+00:00"))
        # Delivered within the day: the files' days are those of their records.
        delivered = min(last + seconds(240), last.replace(hour=23, minute=59, second=0))
        folder = folder / "AWSLogs" / ACCOUNT / "CloudTrail" / REGION / f"{delivered:%Y/%m/%d}"
        folder.mkdir(parents=True, exist_ok=True)
        unique = fixed_id(f"file/{number}").hex[:16]
        path = folder / f"{ACCOUNT}_CloudTrail_{REGION}_{delivered:%Y%m%dT%H%MZ}_{unique}.json.gz"
        text = json.dumps({"Records": group}, separators=(",", ":")).encode()
        # Stored, not deflated: the size is then the same with every zlib.
        path.write_bytes(gzip.compress(text, compresslevel=0, mtime=0))
