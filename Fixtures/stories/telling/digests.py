"""CloudTrail's digest files beside a trail: one an hour, each with the hash and the signature of the one before it.

As the CloudTrail User Guide has it in "CloudTrail digest file structure". The key is of two well-known primes, and nobody's
secret.
"""

import base64
import gzip
import hashlib
import json

from telling.people import ACCOUNT
from telling.trail import REGION
from telling.words import seconds, stamp

BUCKET, NAME, HOME_REGION = "log-bucket", "audit", "us-east-1"
P, Q, E = 2**1024 - 105, 3 * 2**1022 + 1037, 65537
N, D = P * Q, pow(E, -1, (P - 1) * (Q - 1))
SHA_256 = bytes.fromhex("3031300d060960864801650304020105000420")


def sign(text):
    """RSASSA-PKCS1-v1_5 with SHA-256, in hex."""
    tail = SHA_256 + hashlib.sha256(text.encode()).digest()
    block = b"\0\1" + b"\xff" * (256 - len(tail) - 3) + b"\0" + tail
    return pow(int.from_bytes(block, "big"), D, N).to_bytes(256, "big").hex()


def integer(number):
    content = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return b"\x02" + length(content) + content


def length(content):
    size = len(content)
    return bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")


def public_keys():
    """As `aws cloudtrail list-public-keys` prints them: PKCS#1, DER."""
    body = integer(N) + integer(E)
    value = base64.b64encode(b"\x30" + length(body) + body).decode()
    return {"PublicKeyList": [{"Value": value, "ValidityStartTime": "2026-01-01T00:00:00Z",
                               "ValidityEndTime": "2027-01-01T00:00:00Z", "Fingerprint": "f1"}]}


class Digests:
    """The digest files of the trail in a folder. What is in it was delivered when the files' names say."""

    def __init__(self, folder):
        self.folder = folder
        self.files = []

    def path(self, name):
        return self.folder / name

    def write(self, start, end, restarts=()):
        """Whole hours from the start to the end; a chain begins anew after each time of `restarts`, an hour later."""
        logs = {}
        for path in sorted(self.folder.rglob("*_CloudTrail_*.json.gz")):
            logs.setdefault(path.name.split("_")[3], []).append(path)
        previous = None
        while start + seconds(3600) <= end:
            if start in restarts:
                previous, start = None, start + seconds(3600)
            until = start + seconds(3600)
            listed = [path for minute in sorted(logs) for path in logs[minute]
                      if f"{start:%Y%m%dT%H%MZ}" <= minute < f"{until:%Y%m%dT%H%MZ}"]
            previous = self.digest(start, until, listed, previous)
            start = until

    def digest(self, start, end, listed, previous):
        name = (f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/{end:%Y/%m/%d}/{ACCOUNT}_CloudTrail-Digest_{REGION}_{NAME}_"
                f"{HOME_REGION}_{end:%Y%m%dT%H%M%SZ}.json.gz")
        old_name, old_hash, old_signature = previous or (None, None, None)
        text = json.dumps({
            "awsAccountId": ACCOUNT, "digestStartTime": stamp(start), "digestEndTime": stamp(end),
            "digestS3Bucket": BUCKET, "digestS3Object": name, "digestPublicKeyFingerprint": "f1",
            "digestSignatureAlgorithm": "SHA256withRSA", "newestEventTime": None, "oldestEventTime": None,
            "previousDigestS3Bucket": BUCKET if previous else None, "previousDigestS3Object": old_name,
            "previousDigestHashValue": old_hash, "previousDigestHashAlgorithm": "SHA-256" if previous else None,
            "previousDigestSignature": old_signature,
            "logFiles": [{"s3Bucket": BUCKET, "s3Object": path.relative_to(self.folder).as_posix(),
                          "hashValue": hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest(),
                          "hashAlgorithm": "SHA-256", "newestEventTime": None, "oldestEventTime": None}
                         for path in listed]}).encode()
        file = self.path(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(text, compresslevel=0, mtime=0))
        self.files.append(file)
        own_hash = hashlib.sha256(text).hexdigest()
        signature = sign(f"{stamp(end)}\n{BUCKET}/{name}\n{own_hash}\n{old_signature or 'null'}")
        return name, own_hash, signature
