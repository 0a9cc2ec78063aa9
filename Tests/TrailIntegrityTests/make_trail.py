"""Makes a trail with digest files, changes it in one way, and asks the AWS command line's own validator about it.

usage: make_trail.py FOLDER CASE

Writes FOLDER/copy/AWSLogs/..., FOLDER/keys.json, FOLDER/metadata.json and FOLDER/oracle.json. Keys come from a fixed seed.
"""
import base64, datetime, gzip, hashlib, json, os, random, shutil, sys, zlib

from awscli.customizations.cloudtrail import validation
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

BUCKET, ACCOUNT, REGION = "log bucket", "111122223333", "eu-west-1"


def prime(rng):
    while True:
        n = rng.getrandbits(1024) | (3 << 1022) | 1
        if any(n % p == 0 for p in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)) or n % 65537 == 1:
            continue
        d, s = n - 1, 0
        while d % 2 == 0:
            d, s = d // 2, s + 1
        for _ in range(12):
            x = pow(rng.randrange(2, n - 1), d, n)
            if x in (1, n - 1):
                continue
            for _ in range(s - 1):
                x = x * x % n
                if x == n - 1:
                    break
            else:
                break
        else:
            return n


def key(seed):
    rng = random.Random(seed)
    p, q = prime(rng), prime(rng)
    d = pow(65537, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(65537, p * q)).private_key()


KEY = key(11)


def public(k, spki):
    form = serialization.PublicFormat.SubjectPublicKeyInfo if spki else serialization.PublicFormat.PKCS1
    return base64.b64encode(k.public_key().public_bytes(serialization.Encoding.DER, form)).decode()


class Trail:
    def __init__(self, folder, name="audit_main", prefix="", org="", validated=True, hours=6, backfill=False, salt=""):
        self.copy = os.path.join(folder, "copy")
        self.name, self.backfill = name, backfill
        self.base = f"{prefix}AWSLogs/{org}{ACCOUNT}"
        self.salt = salt
        self.digests, self.logs, self.signatures, self.data = [], [], {}, {}
        previous = None
        start = datetime.datetime(2024, 3, 1, 20, 30, 10)
        for hour in range(hours):
            end = start + datetime.timedelta(hours=1)
            listed = []
            # The third digest file is empty: an hour of silence.
            for minute in () if hour == 2 else (12, 41):
                listed.append(self.log(start + datetime.timedelta(minutes=minute), hour * 100 + minute))
            if validated:
                previous = self.digest(start, end, listed, previous)
            start = end

    def path(self, name):
        return os.path.join(self.copy, name)

    def write(self, name, content):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(gzip.compress(content, mtime=0))
        self.data[name] = content

    def log(self, time, number):
        unique = hashlib.sha256(f"{self.name}{self.salt}{number}".encode()).hexdigest()[:16]
        name = (f"{self.base}/CloudTrail/{REGION}/{time:%Y/%m/%d}/"
                f"{ACCOUNT}_CloudTrail_{REGION}_{time:%Y%m%dT%H%M}Z_{unique}.json.gz")
        self.write(name, json.dumps({"Records": [{"eventID": f"{self.name}-{number}", "n": number}]}).encode())
        self.logs.append(name)
        return name

    def digest_name(self, end):
        tail = "_backfill" if self.backfill else ""
        return (f"{self.base}/CloudTrail-Digest/{REGION}/{end:%Y/%m/%d}/"
                f"{ACCOUNT}_CloudTrail-Digest_{REGION}_{self.name}_us-east-1_{end:%Y%m%dT%H%M%SZ}{tail}.json.gz")

    def digest(self, start, end, listed, previous):
        stamp = "%Y-%m-%dT%H:%M:%SZ"
        name = self.digest_name(end)
        data = {
            "awsAccountId": ACCOUNT, "digestStartTime": start.strftime(stamp), "digestEndTime": end.strftime(stamp),
            "digestS3Bucket": BUCKET, "digestS3Object": name, "digestPublicKeyFingerprint": "f1",
            "digestSignatureAlgorithm": "SHA256withRSA", "newestEventTime": None, "oldestEventTime": None,
            "previousDigestS3Bucket": BUCKET if previous else None, "previousDigestS3Object": previous,
            "previousDigestHashValue": hashlib.sha256(self.data[previous]).hexdigest() if previous else None,
            "previousDigestHashAlgorithm": "SHA-256" if previous else None,
            "previousDigestSignature": self.signatures[previous] if previous else None,
            "logFiles": [
                {"s3Bucket": BUCKET, "s3Object": log, "hashValue": hashlib.sha256(self.data[log]).hexdigest(),
                 "hashAlgorithm": "SHA-256", "newestEventTime": None, "oldestEventTime": None} for log in listed],
        }
        content = json.dumps(data).encode()
        self.write(name, content)
        # The string to sign is the AWS command line's.
        text = validation.Sha256RSADigestValidator()._create_string_to_sign(data, content)
        self.signatures[name] = KEY.sign(text, padding.PKCS1v15(), hashes.SHA256()).hex()
        self.digests.append(name)
        return name

    def edit(self, name, change):
        """Changes one digest file and leaves all else, as somebody without the key would."""
        data = json.loads(self.data[name])
        change(data)
        self.write(name, json.dumps(data).encode())

    def remove(self, name):
        os.remove(self.path(name))


def field(name, value):
    return lambda data: data.__setitem__(name, value)


def restart(t):
    start = datetime.datetime(2024, 3, 2, 4, 30, 10)
    log = t.log(start + datetime.timedelta(minutes=5), 9005)
    first = t.digest(start, start + datetime.timedelta(hours=1), [log], None)
    t.digest(start + datetime.timedelta(hours=1), start + datetime.timedelta(hours=2), [], first)


def truncate(t, name):
    with open(t.path(name), "r+b") as file:
        file.truncate(150)


def move(t, name):
    target = t.path(name).replace("/2024/03/01/", "/2024/02/27/")
    os.makedirs(os.path.dirname(target))
    os.rename(t.path(name), target)


def regzip(t, name):
    with open(t.path(name), "wb") as file:
        file.write(gzip.compress(t.data[name], compresslevel=1, mtime=77))


def inflate(t, name):
    t.remove(name)
    with open(t.path(name)[:-3], "wb") as file:
        file.write(t.data[name])


def append_member(t, name):
    with open(t.path(name), "ab") as file:
        file.write(gzip.compress(b'{"Records":[{"eventID":"put-there"}]}', mtime=0))


def remove_day(t, folder):
    shutil.rmtree(t.path(f"{t.base}/{folder}/{REGION}/2024/03/01"))


def stray(t):
    """A digest file that lists an extra log, put between two others, without the key."""
    start = datetime.datetime(2024, 3, 1, 22, 35)
    log = t.log(start + datetime.timedelta(minutes=20), 7777)
    kept = dict(t.signatures)
    t.digest(start, start + datetime.timedelta(minutes=30), [log], t.digests[1])
    t.signatures = kept | {t.digests[-1]: "00" * 256}


CASES = {
    "intact": lambda t: None,
    "log-byte": lambda t: t.write(t.logs[2], t.data[t.logs[2]].replace(b"112", b"113")),
    "log-regzipped": lambda t: regzip(t, t.logs[2]),
    "log-inflated": lambda t: inflate(t, t.logs[2]),
    "log-truncated": lambda t: truncate(t, t.logs[2]) or open(t.path(t.logs[2]), "r+b").truncate(40),
    "log-member-appended": lambda t: append_member(t, t.logs[2]),
    "log-removed": lambda t: t.remove(t.logs[2]),
    "log-extra": lambda t: t.log(datetime.datetime(2024, 3, 1, 21, 55), 4711),
    "log-newer": lambda t: t.log(datetime.datetime(2024, 3, 2, 2, 50), 4711),
    "log-days-not-copied": lambda t: remove_day(t, "CloudTrail"),
    "digest-start-time": lambda t: t.edit(t.digests[1], field("digestStartTime", "2024-03-01T21:00:00Z")),
    "digest-end-time": lambda t: t.edit(t.digests[1], field("digestEndTime", "2024-03-01T22:31:00Z")),
    "digest-log-hash": lambda t: t.edit(t.digests[1], lambda d: d["logFiles"][0].update(hashValue="0" * 64)),
    "digest-log-dropped": lambda t: t.edit(t.digests[1], lambda d: d["logFiles"].pop()),
    "digest-previous-hash": lambda t: t.edit(t.digests[3], field("previousDigestHashValue", "0" * 64)),
    "digest-previous-null": lambda t: t.edit(t.digests[3], lambda d: d.update({
        k: None for k in d if k.startswith("previousDigest")})),
    "digest-fingerprint": lambda t: t.edit(t.digests[1], field("digestPublicKeyFingerprint", "f9")),
    "digest-algorithm": lambda t: t.edit(t.digests[1], field("digestSignatureAlgorithm", "none")),
    "signature-swapped": lambda t: t.edit(t.digests[3], field("previousDigestSignature", t.signatures[t.digests[0]])),
    "signature-not-hex": lambda t: t.edit(t.digests[3], field("previousDigestSignature", "xyz")),
    "digest-removed": lambda t: t.remove(t.digests[1]),
    "digest-oldest-removed": lambda t: t.remove(t.digests[0]),
    "digest-newest-changed": lambda t: t.edit(t.digests[-1], field("newestEventTime", "2024-03-02T00:00:00Z")),
    "digest-moved": lambda t: move(t, t.digests[1]),
    "digest-truncated": lambda t: truncate(t, t.digests[1]),
    "digest-not-json": lambda t: t.write(t.digests[1], b"{"),
    "digest-regzipped": lambda t: regzip(t, t.digests[1]),
    "digest-days-not-copied": lambda t: remove_day(t, "CloudTrail-Digest"),
    "digest-stray": stray,
    "restart": restart,
    "wrong-key": lambda t: None,
    "key-unknown": lambda t: None,
    "key-spki": lambda t: None,
    "two-trails": lambda t: None,
    "trail-without-validation": lambda t: None,
    "backfill": lambda t: None,
    "organization": lambda t: None,
    "prefix": lambda t: None,
}


def listing(case):
    signer = key(12) if case == "wrong-key" else KEY
    name = "publicKeyList" if case == "key-spki" else "PublicKeyList"
    print_ = "f8" if case == "key-unknown" else "f1"
    return {name: [{"Value": public(signer, case == "key-spki"), "Fingerprint": print_,
                    "ValidityStartTime": "2024-01-01T00:00:00Z", "ValidityEndTime": "2025-01-01T00:00:00Z"}]}


class LocalS3:
    """The bucket as the AWS command line would see it, were the copy put back."""

    def __init__(self, trails):
        self.trails = trails

    def get_client(self, bucket):
        return self

    def get_object(self, Bucket, Key):
        for trail in self.trails:
            if Key in trail.signatures:
                metadata = {"signature": trail.signatures[Key], "signature-algorithm": "SHA256withRSA",
                            "backfill-generation-timestamp": "2024-03-05T00:00:00Z"}
                return {"Body": open(trail.path(Key), "rb"), "Metadata": metadata}
        return {"Body": open(self.trails[0].path(Key), "rb"), "Metadata": {}}


def oracle(trails, keys):
    """What the AWS command line says of each digest file in its place, and of each log that they list."""
    provider = validation.DigestProvider(LocalS3(trails), ACCOUNT, "audit_main", "us-east-1", REGION)
    traverser = validation.DigestTraverser(provider, BUCKET, None, None, validation.Sha256RSADigestValidator())
    known = {}
    for entry in list(keys.values())[0]:
        # The AWS command line reads PKCS#1 alone.
        known[entry["Fingerprint"]] = entry | {"Value": public(KEY, False)} if "publicKeyList" in keys else entry
    traverser._load_public_keys = lambda start, end: known
    result = {"digests": {}, "logs": {}}
    for trail in trails:
        for root, _, names in os.walk(trail.copy):
            for name in names:
                path = os.path.join(root, name)
                at = os.path.relpath(path, trail.copy)
                if "CloudTrail-Digest" not in at or not at.endswith(".gz"):
                    continue
                try:
                    data, _ = traverser._load_and_validate_digest(dict(known), BUCKET, at, "_backfill" in at)
                    result["digests"][name] = "valid"
                except (validation.DigestError, EOFError) as error:
                    result["digests"][name] = str(error).replace("\t", " ")
                    continue
                for log in data["logFiles"]:
                    result["logs"][log["s3Object"].split("/")[-1]] = check_log(trail, log)
    return result


def check_log(trail, log):
    try:
        with open(trail.path(log["s3Object"]), "rb") as file:
            content = zlib.decompress(file.read(), zlib.MAX_WBITS | 16)
    except FileNotFoundError:
        return "missing"
    except zlib.error:
        return "changed"
    return "valid" if hashlib.sha256(content).hexdigest() == log["hashValue"] else "changed"


def main(folder, case):
    org = "o-abcdefghij/" if case == "organization" else ""
    trail = Trail(folder, org=org, prefix="company/logs/" if case == "prefix" else "")
    trails = [trail]
    if case in ("two-trails", "trail-without-validation"):
        trails.append(Trail(folder, name="second", validated=case == "two-trails"))
    if case == "backfill":
        trails.append(Trail(folder, backfill=True, hours=2, salt="late"))
    CASES[case](trail)
    keys = listing(case)
    saved = {name: s for t in trails for name, s in t.signatures.items()}
    saved = {name: s if index % 2 else {"ContentType": "x", "Metadata": {"signature": s}}
             for index, (name, s) in enumerate(sorted(saved.items()))}
    for name, value in (("keys", keys), ("metadata", saved), ("oracle", oracle(trails, keys))):
        with open(os.path.join(folder, name + ".json"), "w") as file:
            json.dump(value, file)


if __name__ == "__main__":
    if len(sys.argv) == 2 and sys.argv[1] == "--cases":
        print("\n".join(CASES))
    else:
        main(sys.argv[1], sys.argv[2])
