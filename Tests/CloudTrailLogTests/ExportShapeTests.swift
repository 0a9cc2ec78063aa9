import CloudTrailLog
import Foundation
import PushModel
import Testing

/// Every shape in which CodeCommit's records come reads to the events that the log file itself reads to. Python makes
/// the shapes, from the same records.
@Suite struct ExportShapeTests {
  static let shapes = [
    "array.json", "single.json", "lines.ndjson", "lookup.json", "lookup-events.ndjson", "eventbridge.ndjson",
    "eventbridge.json", "filter.json", "subscription.json.gz", "firehose.gz", "export.gz", "lines-eventbridge.gz",
    "lake-json.json", "lake-maps.json", "athena.csv", "athena-json.csv", "athena-upper.csv.gz",
  ]

  @Test(arguments: shapes)
  func `all shapes read to the same events`(shape: String) throws {
    let folder = try TrailFolder()
    _ = try Command.python(Self.make, [folder.path])
    let log = try TrailReader().read([folder.path("log.json")])
    #expect(log.unreadable.isEmpty)
    #expect(!log.spans.isEmpty)
    let read = try TrailReader().read([folder.path(shape)])
    #expect(read.unreadable.isEmpty)
    let expected = shape == "single.json" ? Array(log.events.prefix(1)) : log.events
    #expect(read.events.count == expected.count)
    for (seen, wanted) in zip(read.events, expected) {
      var seen = seen
      seen.location = wanted.location
      #expect(seen == wanted)
    }
    // Somebody filtered it: it proves nothing by what it lacks.
    #expect(read.spans.isEmpty)
    #expect(expected.count >= 1 && log.events.count > 40)
  }

  private func read(_ name: String, _ text: String) throws -> TrailReading {
    let folder = try TrailFolder()
    return try TrailReader().read([folder.write(name, text)])
  }

  private func quoted(_ text: String) throws -> String {
    try Command.python("import json, sys; print(json.dumps(sys.argv[1]), end='')", [text])
  }

  @Test func `an export beside Records is read too`() throws {
    let logged = Sample.push(id: "logged")
    let exported = try quoted(Sample.push(tip: Sample.other, id: "exported"))
    let lists = [
      "\"Events\":[{\"CloudTrailEvent\":\(exported)}]", "\"events\":[{\"message\":\(exported)}]",
      "\"logEvents\":[{\"message\":\(exported)}]", "\"Ev\\u0065nts\":[{\"CloudTrailEvent\":\(exported)}]",
    ]
    for list in lists {
      for text in ["{\"Records\":[\(logged)],\(list)}", "{\(list),\"Records\":[\(logged)]}"] {
        let both = try read("a.json", text)
        #expect(both.events.map(\.eventID) == ["logged", "exported"], "\(text)")
        #expect(both.unreadable.isEmpty && both.records == 2 && both.codecommitRecords == 2)
        #expect(both.events.map(\.location.record) == [1, 2])
      }
    }
    // The second of two texts, and two exports in one object.
    let twice = try read("a.json", "{\"Records\":[]} {\"Records\":[\(logged)],\(lists[0])}")
    #expect(twice.events.map(\.eventID) == ["logged", "exported"])
    let exports = try read("a.json", "{\(lists[0]),\(lists[1])}")
    #expect(exports.events.map(\.eventID) == ["exported", "exported"])
    // Damage within either is named, and hides nothing of the other.
    let broken = try read("a.json", "{\"Records\":[\(logged),{\"eventSource\":}],\(lists[0])}")
    #expect(broken.events.map(\.eventID) == ["logged"])
    #expect(broken.unreadable.count == 2)
    let empty = try read("a.json", "{\"Records\":[\(logged)],\"Events\":[{}]}")
    #expect(empty.events.map(\.eventID) == ["logged"] && empty.unreadable.map(\.record) == [2])
  }

  @Test func `what is damaged within an export is named, and the rest is read`() throws {
    let good = try quoted(Sample.push(id: "good"))
    let lookup = try read(
      "a.json",
      "{\"Events\":[{\"EventId\":\"x\"},{\"CloudTrailEvent\":\"{\\\"eventSource\\\":\"},{\"CloudTrailEvent\":\(good)}]}"
    )
    #expect(lookup.events.map(\.eventID) == ["good"])
    #expect(lookup.unreadable.map(\.record) == [1, 2])
    #expect(lookup.unreadable.allSatisfy { $0.offset == nil })
    let filter = try read("a.json", "{\"events\":[{\"message\":\"START RequestId\"},{\"message\":\(good)}]}")
    #expect(filter.events.map(\.eventID) == ["good"])
    #expect(filter.unreadable.map(\.record) == [1])
    let lines = try read("a.txt", "2024-03-05T10:00:00.000Z \(Sample.push(id: "good"))\nnoise\n")
    #expect(lines.events.map(\.eventID) == ["good"])
    #expect(lines.unreadable.count == 1 && lines.unreadable[0].offset != nil)
  }

  @Test func `an EventBridge event that is no record is named`() throws {
    let read = try read(
      "a.json",
      #"{"detail-type":"CodeCommit Repository State Change","source":"aws.codecommit","detail":{"event":"x"}}"#)
    #expect(read.unreadable.count == 1)
    #expect(read.unreadable.first?.reason.contains("CodeCommit Repository State Change") == true)
  }

  @Test func `empty exports are no damage`() throws {
    for text in [#"{"Events":[]}"#, #"{"events":[]}"#, #"{"QueryResultRows":[]}"#, #"{"logEvents":[]}"#] {
      let read = try read("a.json", text)
      #expect(read.unreadable.isEmpty && read.events.isEmpty && read.spans.isEmpty, "\(text)")
    }
  }

  @Test func `tables without the columns that are needed are refused`() throws {
    let error = #expect(throws: TrailError.self) {
      try read("a.csv", "\"eventtime\",\"eventname\",\"eventsource\",\"eventid\",\"requestparameters\"\n")
    }
    #expect(error?.message.contains("errorcode") == true)
    #expect(error?.hints.first?.contains("git pushtrail sql") == true)
    let lake = #expect(throws: TrailError.self) {
      try read("a.json", #"{"QueryResultRows":[[{"eventtime":"2024-03-05 10:00:00.000"},{"eventname":"GitPush"}]]}"#)
    }
    #expect(lake?.message.contains("eventid") == true)
  }

  @Test func `the console's summary is refused with what to download instead`() throws {
    let error = #expect(throws: TrailError.self) {
      try read("a.csv", "Event ID,Event time,User name,Event name,Event source\n1,2,3,4,5\n")
    }
    #expect(error?.hints.first?.contains("JSON") == true)
  }

  private static let header =
    "eventtime,eventsource,eventname,eventid,errorcode,useridentity,requestparameters,responseelements,additionaleventdata\n"

  private func row(_ request: String) throws -> TrailReading {
    try read(
      "a.csv",
      Self.header
        + "2024-03-05T10:00:00Z,codecommit.amazonaws.com,GitPush,e1,,\"{type=IAMUser, username=mary}\",\"\(request)\",,\"{repositoryName=Repo}\"\n"
    )
  }

  @Test func `structures without quotes are read only where nothing is in doubt`() throws {
    let plain = try row("{references=[{commit=\(Sample.tip), ref=refs/heads/a=b}]}")
    #expect(plain.unreadable.isEmpty)
    let tip = try #require(ObjectID(hex: Sample.tip))
    #expect(plain.events.first?.kind == .push([ReferenceEntry(ref: .branch("a=b"), target: .commit(tip))]))
    for doubtful in [
      "{references=[{commit=\(Sample.tip), ref=refs/heads/a}}]}", "{references=[{commit=\(Sample.tip)",
      "{commitMessage=x, references=[{commit=\(Sample.tip), ref=refs/heads/main}]}",
      "{references=null, references=[{commit=\(Sample.tip), ref=refs/heads/main}]}",
      "{references=[{commit=\(Sample.tip), ref=refs/heads/a]}]}", "references", "{references}", "{}x",
    ] {
      let read = try row(doubtful)
      #expect(read.events.isEmpty && read.unreadable.count == 1, "\(doubtful)")
    }
  }

  @Test func `a table cut short says so`() throws {
    let cut = try read("a.csv", Self.header + "2024-03-05T10:00:00Z,codecommit.amazonaws.com,GitPush,e1,,\"{type=IAM")
    #expect(cut.unreadable.count == 1)
    let short = try read("a.csv", Self.header + "2024-03-05T10:00:00Z,codecommit.amazonaws.com,GitPush\n")
    #expect(short.unreadable.count == 1)
  }

  private static let make = #"""
    import base64, csv, gzip, io, json, random, sys
    root = sys.argv[1] + "/"
    rng = random.Random(5)
    oid = lambda: "%040x" % rng.getrandbits(160)
    A, R = "111122223333", "us-east-2"
    def identity():
        name = rng.choice(["mary", "jo=hn", "zo\u00eb,x", "a@b.c"])
        if rng.random() < .5:
            return {"type": "IAMUser", "principalId": "AIDA1", "arn": "arn:aws:iam::%s:user/%s" % (A, name), "accountId": A, "accessKeyId": "AKIA1", "userName": name}
        return {"type": "AssumedRole", "principalId": "AROA1:" + name, "arn": "arn:aws:sts::%s:assumed-role/Dev/%s" % (A, name), "accountId": A, "accessKeyId": "ASIA1",
                "sessionContext": {"attributes": {"creationDate": "2024-03-05T09:00:00Z", "mfaAuthenticated": "true"}, "sessionIssuer": {"type": "Role", "principalId": "AROA1", "arn": "arn:aws:iam::%s:role/Dev" % A, "accountId": A, "userName": "Dev"}, "sourceIdentity": "someone"}}
    def record(n):
        r = {"eventVersion": "1.08", "userIdentity": identity(), "eventTime": "2024-03-05T10:%02d:%02dZ" % (n // 60, n % 60), "eventSource": "codecommit.amazonaws.com",
             "eventName": rng.choice(["GitPush", "GitPush", "GitPull", "CreateBranch", "DeleteBranch"]), "awsRegion": R, "sourceIPAddress": "203.0.113.%d" % (n % 9), "userAgent": rng.choice(["git/2.39.5", "a \"quoted\", agent", "line\nbreak"]),
             "requestParameters": None, "responseElements": None, "additionalEventData": None, "requestID": "q%d" % n, "eventID": "id-%d" % n, "readOnly": n % 2 == 0,
             "resources": [{"ARN": "arn:aws:codecommit:%s:%s:Repo" % (R, A), "accountId": A, "type": "AWS::CodeCommit::Repository"}], "eventType": "AwsApiCall", "recipientAccountId": A}
        if r["eventName"].startswith("Git"):
            data = rng.random() < .7
            r["additionalEventData"] = {"protocol": rng.choice(["HTTP", "SSH"]), "dataTransferred": data, "repositoryName": "Repo", "repositoryId": "r-1"}
            if data and r["eventName"] == "GitPush":
                r["requestParameters"] = {"references": [{"commit": oid(), "ref": "refs/heads/" + rng.choice(["main", "f/x=1", "\u00fc"])} for _ in range(rng.choice([1, 1, 3]))]}
        elif r["eventName"] == "CreateBranch": r["requestParameters"] = {"repositoryName": "Repo", "branchName": "b", "commitId": oid()}
        else:
            r["requestParameters"] = {"repositoryName": "Repo", "branchName": "b"}
            r["responseElements"] = {"deletedBranch": {"branchName": "b", "commitId": oid()}}
        if rng.random() < .1: r.update(errorCode="AccessDenied", errorMessage="User: x is not authorized, \"so\"")
        return r
    records = [record(n) for n in range(60)]
    dump = lambda v: json.dumps(v, ensure_ascii=rng.random() < .5)
    def write(name, text):
        data = text.encode()
        open(root + name, "wb").write(gzip.compress(data) if name.endswith(".gz") else data)
    write("log.json", dump({"Records": records}))
    write("array.json", json.dumps(records, indent=1))
    write("single.json", dump(records[0]))
    write("lines.ndjson", "\n".join(map(dump, records)) + "\n")
    looked = [{"EventId": r["eventID"], "EventName": r["eventName"], "ReadOnly": str(r["readOnly"]).lower(), "EventTime": 1709632800.0, "EventSource": r["eventSource"],
               "Username": "u", "Resources": [{"ResourceType": "t", "ResourceName": "n"}], "CloudTrailEvent": dump(r)} for r in records]
    write("lookup.json", json.dumps({"Events": looked, "NextToken": "x"}, indent=4))
    write("lookup-events.ndjson", "\n".join(map(dump, looked)))
    bridged = [{"version": "0", "id": "b%d" % n, "detail-type": "AWS API Call via CloudTrail", "source": "aws.codecommit", "account": A, "time": r["eventTime"], "region": R, "resources": [], "detail": r} for n, r in enumerate(records)]
    write("eventbridge.ndjson", "\n".join(map(dump, bridged)))
    write("eventbridge.json", dump(bridged))
    events = lambda text: [{"logStreamName": "s", "timestamp": 1709632800000, "message": m, "ingestionTime": 1, "eventId": "3"} for m in text]
    write("filter.json", json.dumps({"events": events(map(dump, records)), "searchedLogStreams": []}, indent=4))
    payload = lambda rs: {"messageType": "DATA_MESSAGE", "owner": A, "logGroup": "g", "logStream": A + "_CloudTrail_" + R, "subscriptionFilters": ["f"], "logEvents": [{"id": "1", "timestamp": 1, "message": dump(r)} for r in rs]}
    write("subscription.json.gz", dump(payload(records)))
    # Firehose writes payloads one after the other, without anything between them.
    write("firehose.gz", "".join(dump(payload(records[n:n + 7])) for n in range(0, 60, 7)) + dump({"messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logGroup": "", "logStream": "", "subscriptionFilters": [], "logEvents": [{"id": "", "timestamp": 1, "message": "CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}))
    write("export.gz", "".join("2024-03-05T11:00:%02d.123Z %s\n" % (n % 60, json.dumps(r)) for n, r in enumerate(records)))
    write("lines-eventbridge.gz", "".join("2024-03-05T11:00:00.000Z %s\n" % json.dumps(b) for b in bridged))

    # Tables: names in lower case, null where a record has no such member.
    names = ["eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "errorCode", "errorMessage", "requestParameters",
             "responseElements", "additionalEventData", "requestID", "eventID", "readOnly", "resources", "eventType", "recipientAccountId", "sharedEventID", "addendum"]
    def printed(v, lower):
        if v is None: return "null"
        if isinstance(v, bool): return str(v).lower()
        if isinstance(v, dict): return "{" + ", ".join("%s=%s" % (k.lower() if lower else k, printed(x, lower)) for k, x in v.items()) + "}"
        if isinstance(v, list): return "[" + ", ".join(printed(x, lower) for x in v) + "]"
        return str(v)
    lowered = lambda v: {k.lower(): lowered(x) for k, x in v.items()} if isinstance(v, dict) else [lowered(x) for x in v] if isinstance(v, list) else v
    def row(r, structs, maps):
        out = {}
        for name in names:
            v = r.get(name)
            if v is not None:
                if name in ("userIdentity", "resources", "addendum"): v = printed(v, True) if structs else json.dumps(lowered(v))
                elif name in ("requestParameters", "responseElements", "additionalEventData"):
                    # A map of texts keeps what is nested in it as JSON.
                    v = "{" + ", ".join("%s=%s" % (k, json.dumps(x) if isinstance(x, (dict, list)) else printed(x, False)) for k, x in v.items()) + "}" if maps else json.dumps(v)
                elif isinstance(v, bool): v = str(v).lower()
            out[name.lower()] = v
        return out
    def lake(rows):
        for r in rows: r["eventtime"] = r["eventtime"].replace("T", " ").replace("Z", ".000")
        return {"QueryStatus": "FINISHED", "QueryStatistics": {"ResultsCount": 60}, "QueryResultRows": [[{k: v} for k, v in r.items()] for r in rows]}
    write("lake-json.json", json.dumps(lake([row(r, False, False) for r in records])))
    write("lake-maps.json", json.dumps(lake([row(r, True, True) for r in records]), indent=4))
    def table(rows, header):
        out = io.StringIO()
        # Athena quotes every value and leaves null empty without quotes.
        out.write(",".join('"%s"' % n for n in header) + "\n")
        for r in rows: out.write(",".join("" if r[n.lower()] is None else '"%s"' % r[n.lower()].replace('"', '""') for n in header) + "\n")
        return out.getvalue()
    plain = [n.lower() for n in names]
    write("athena.csv", table([row(r, True, False) for r in records], plain))
    shuffled = plain[:]; rng.shuffle(shuffled)
    write("athena-json.csv", table([row(r, False, False) for r in records], shuffled))
    write("athena-upper.csv.gz", table([row(r, True, True) for r in records], [rng.choice([str.upper, str.lower])(n) for n in shuffled]))
    """#
}
