import CloudTrailLog
import Foundation
import PushModel
import Testing

/// A random trail of many services, made and read by Python: the reader must see in it what Python's json sees.
@Suite struct RandomCorpusTests {
  @Test(arguments: [1, 2, 3, 4])
  func `the reader agrees with Python`(seed: Int) throws {
    let folder = try TrailFolder()
    let lines = try Command.python(Self.make + Self.read, [folder.path, String(seed)]).split(separator: "\n")
    let expected = lines.map(String.init)
    let reading = try TrailReader().read([folder.path])
    #expect(reading.unreadable.isEmpty)

    var seen = reading.events.map { event in
      "\(event.location.file.dropFirst(folder.path.count + 1)) \(event.location.record) \(event.eventID) \(event.time) "
        + "\(event.action) \(event.principal.name) \(event.repository.name ?? "-") \(event.repository.accountID ?? "-") "
        + "\(event.repository.region ?? "-") \(event.errorCode ?? "-") \(Self.words(event.kind))"
    }
    seen += reading.spans.map { span in
      "span \(span.accountID) \(span.region) \(span.first) \(span.last) "
        + "\(span.days.map(String.init).joined(separator: ",")) \(span.hasReadOnlyRecords)"
    }
    seen.append("total \(reading.files) \(reading.bytes) \(reading.records) \(reading.codecommitRecords)")
    #expect(seen.count == expected.count)
    for (one, other) in zip(seen, expected) where one != other {
      #expect(one == other)
      break
    }
    #expect(reading.codecommitRecords > 300)
    // A second JSON text before the log file makes the reader go by brackets alone: it must see the same.
    _ = try Command.python(Self.prepend, [folder.path])
    let careful = try TrailReader().read([folder.path])
    #expect(careful.unreadable.isEmpty)
    #expect(careful.events == reading.events)
    #expect(careful.spans == reading.spans)
    #expect(careful.records == reading.records)
    // Whatever the order in which the cores finish, the result is the same.
    #expect(try TrailReader().read([folder.path]).events == reading.events)
  }

  private static func words(_ kind: TrailEvent.Kind) -> String {
    switch kind {
    case .pushAdvertisement: "advertisement"
    case .pushOmitted: "omitted"
    case .push(let entries):
      "push "
        + entries.map { entry in
          switch entry.target {
          case .commit(let id): "\(entry.ref)=\(id)"
          case .deletion(let old): "\(entry.ref)-\(old?.hex ?? "")"
          }
        }.joined(separator: " ")
    case .pull(let data, let shallow): "pull \(data) \(shallow.map(String.init) ?? "-")"
    case .refChange(let change): "change \(change.ref) \(Self.words(change.before)) \(change.after?.hex ?? "-")"
    default: "other"
    }
  }

  private static func words(_ before: ToldBefore) -> String {
    switch before {
    case .notTold: "untold"
    case .none: "none"
    case .tip(let id): "tip(\(id))"
    }
  }

  /// Writes the trail: 3 accounts and 3 regions, mixed services, pretty and dense, one member and many.
  private static let make = #"""
    import gzip, json, os, random, sys
    root, seed = sys.argv[1], int(sys.argv[2])
    rng = random.Random(seed)
    accounts = ["111111111111", "222222222222", "333333333333"]
    regions = ["us-east-1", "eu-west-1", "ap-south-1"]
    services = ["s3", "sts", "ec2", "kms", "codecommit", "iam", "codebuild", "lambda"]
    text = lambda: rng.choice(["plain", "q\"uote", "back\\slash", "{[", "]}", "\u00e9\u202e", "\U0001F600", "tab\t", "codecommit.amazonaws.com", "\u0000", ""])
    oid = lambda: "%040x" % rng.getrandbits(160)
    def junk(depth=0):
        kind = rng.randrange(8 if depth < 4 else 5)
        return [None, True, rng.randrange(-10**15, 10**15), rng.random(), text()][kind] if kind < 5 else \
            [junk(depth + 1) for _ in range(rng.randrange(4))] if kind == 5 else \
            {text() + str(i): junk(depth + 1) for i in range(rng.randrange(4))}
    def stamp(day):
        return "2024-%02d-%02dT%02d:%02d:%02dZ" % (day // 28 + 1, day % 28 + 1, rng.randrange(24), rng.randrange(60), rng.randrange(60))
    def identity(account):
        name = rng.choice(["mary", "jo:hn", "zo\u00eb", "a/b"])
        if rng.random() < 0.5:
            return {"type": "IAMUser", "arn": "arn:aws:iam::%s:user/x" % account, "accountId": account, "userName": name}
        return {"type": "AssumedRole", "principalId": "AROA:" + name, "arn": "arn:aws:sts::%s:assumed-role/R/x" % account,
                "accountId": account, "accessKeyId": rng.choice(["ASIA1", "ASIA2", '"creationDate": "2024-01-01T00:00:00Z"']),
                "sessionContext": {"sessionIssuer": {"userName": rng.choice(["R", "creationDate"])},
                    "attributes": rng.choice([{"mfaAuthenticated": "false", "creationDate": stamp(rng.randrange(300))},
                        {"creationDate": stamp(rng.randrange(300)), "mfaAuthenticated": "true"}, {"creationDate": "then"}, {}])}}
    def references():
        entries = []
        for _ in range(rng.choice([0, 1, 1, 1, 2, 5, 40])):
            entry = {"ref": rng.choice(["refs/heads/", "refs/tags/"]) + rng.choice(["main", "f/x", "\u00e9", "sp ace"])}
            form = rng.randrange(9)
            if form == 0: entry["commit"] = "0" * 40
            elif form == 1: entry["commit"] = None
            elif form == 2: entry["commit"] = ""
            elif form == 3: entry.update(commit=oid(), deleted=True)
            elif form > 4: entry["commit"] = rng.choice([str.upper, str.lower])(oid())
            entries.append(entry)
        return entries
    def record(account, region, day, number):
        service = rng.choice(services)
        r = {"eventVersion": "1.08", "userIdentity": identity(account), "eventTime": stamp(day), "eventSource": service + ".amazonaws.com",
             "eventName": "Call", "awsRegion": region, "sourceIPAddress": "203.0.113.1", "userAgent": text(), "requestParameters": junk(),
             "responseElements": junk(), "eventID": "id-%d-%d" % (seed, number), "readOnly": rng.random() < 0.2, "recipientAccountId": account}
        if service == "codecommit":
            r["eventName"] = rng.choice(["GitPush"] * 4 + ["GitPull", "CreateBranch", "CreateCommit", "GetBranch"])
            r["resources"] = [{"ARN": "arn:aws:codecommit:%s:%s:Repo" % (region, account)}]
            r["additionalEventData"] = {"repositoryName": "Repo", "dataTransferred": rng.random() < 0.5}
            r["responseElements"] = None
            if r["eventName"] == "GitPush":
                r["requestParameters"] = rng.choice([None, {}, {"omitted": "true"}] + [{"references": references()} for _ in range(5)])
            elif r["eventName"] == "GitPull":
                r["requestParameters"] = None
                if rng.random() < 0.5: r["additionalEventData"]["shallow"] = rng.random() < 0.5
            elif r["eventName"] == "CreateBranch":
                r["requestParameters"] = {"repositoryName": "Repo", "branchName": "b", "commitId": oid()}
            elif r["eventName"] == "CreateCommit":
                r["requestParameters"] = {"repositoryName": "Repo", "branchName": "b"}
                if rng.random() < 0.7: r["requestParameters"]["parentCommitId"] = oid()
                r["responseElements"] = {"commitId": oid()}
            else: r["requestParameters"] = {"repositoryName": "Repo"}
            if rng.random() < 0.1: r["errorCode"] = "AccessDenied"
        keys = list(r); rng.shuffle(keys)
        return {k: r[k] for k in keys}
    number = 0
    for _ in range(60):
        account, region, day = rng.choice(accounts), rng.choice(regions), rng.randrange(1, 80)
        records = []
        for _ in range(rng.randrange(0, 120)):
            number += 1
            # A file of one region now and then holds a record of another: global services.
            records.append(record(account, rng.choice(regions) if rng.random() < 0.05 else region, day, number))
        data = json.dumps({"Records": records}, indent=rng.choice([None, None, 2]), ensure_ascii=rng.random() < 0.5).encode()
        date = "2024-%02d-%02d" % (day // 28 + 1, day % 28 + 1)
        name = "%s_CloudTrail_%s_%sT2359Z_%016x.json" % (account, region, date.replace("-", ""), rng.getrandbits(64))
        layout = rng.randrange(3)
        folder = [root + "/AWSLogs/%s/CloudTrail/%s/%s" % (account, region, date.replace("-", "/")), root + "/flat", root + "/renamed"][layout]
        if layout == 2: name = "%016x.json" % rng.getrandbits(64)
        os.makedirs(folder, exist_ok=True)
        pack = rng.randrange(3)
        if pack == 1: data, name = gzip.compress(data), name + ".gz"
        if pack == 2:
            cut = rng.randrange(len(data) + 1)
            data, name = gzip.compress(data[:cut]) + gzip.compress(data[cut:]) + bytes(rng.choice([0, 512])), name + ".gz"
        open(folder + "/" + name, "wb").write(data)

    """#

  private static let prepend = #"""
    import gzip, os, sys
    for folder, _, names in os.walk(sys.argv[1]):
        for name in names:
            path = os.path.join(folder, name)
            raw = open(path, "rb").read()
            first = b"[]\n" if raw[:2] != b"\x1f\x8b" else gzip.compress(b"[]\n")
            open(path, "wb").write(first + raw)
    """#

  /// Reads it again, knowing nothing of how it was written.
  private static let read = #"""
    import calendar, re, time
    files = sorted((os.fsencode(os.path.join(d, f)) for d, _, fs in os.walk(root) for f in fs))
    spans, total, ours, size = {}, 0, 0, 0
    seconds = lambda t: calendar.timegm(time.strptime(t, "%Y-%m-%dT%H:%M:%SZ"))
    iso = lambda s: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(s))
    for path in files:
        raw = open(path, "rb").read(); size += len(raw)
        if raw[:2] == b"\x1f\x8b": raw = gzip.decompress(raw)
        path = os.fsdecode(path)[len(root) + 1:]
        match = re.search(r"AWSLogs/(\d+)/CloudTrail/([^/]+)/(\d+)/(\d+)/(\d+)/", path) or re.search(r"/(\d{12})_CloudTrail_([^_]+)_(\d{4})(\d\d)(\d\d)T", path)
        place = match and match.group(1, 2)
        if place: spans.setdefault(place, [[], set(), False])[1].add(seconds("-".join(match.group(3, 4, 5)) + "T00:00:00Z") // 86400)
        for number, r in enumerate(json.loads(raw)["Records"], 1):
            total += 1
            span = spans.setdefault(place or (r["recipientAccountId"], r["awsRegion"]), [[], set(), False])
            when = seconds(r["eventTime"]); span[0].append(when); span[1].add(when // 86400); span[2] |= r["readOnly"]
            if r["eventSource"] != "codecommit.amazonaws.com": continue
            ours += 1
            name, request, extra = r["eventName"], r["requestParameters"], r["additionalEventData"]
            kind = "other"
            if name == "GitPush":
                if not request: kind = "omitted" if extra.get("dataTransferred") and not r["readOnly"] else "advertisement"
                elif request.get("references") == []: kind = "advertisement"
                elif request.get("omitted"): kind = "omitted"
                else:
                    words = []
                    for e in request["references"]:
                        commit = (e.get("commit") or "").lower().strip("0") and e["commit"].lower()
                        gone = e.get("deleted") or not commit
                        words.append(e["ref"] + ("-" if gone else "=") + (commit or ""))
                    kind = "push " + " ".join(words)
            elif name == "GitPull":
                kind = "pull %s %s" % (str(extra["dataTransferred"]).lower(), str(extra.get("shallow", "-")).lower())
            elif name == "CreateBranch": kind = "change refs/heads/b none " + request["commitId"]
            elif name == "CreateCommit":
                parent = request.get("parentCommitId")
                kind = "change refs/heads/b %s %s" % ("tip(%s)" % parent if parent else "none", r["responseElements"]["commitId"])
            who = r["userIdentity"]
            label = who.get("userName") or who["principalId"].split(":", 1)[1]
            account, region = r["resources"][0]["ARN"].split(":")[4], r["resources"][0]["ARN"].split(":")[3]
            print(path, number, r["eventID"], r["eventTime"], name, label, "Repo", account, region, r.get("errorCode", "-"), kind)
    for (account, region), (times, days, reads) in sorted(spans.items()):
        if times: print("span", account, region, iso(min(times)), iso(max(times)), ",".join(map(str, sorted(days))), str(reads).lower())
    print("total", len(files), size, total, ours)
    """#
}
