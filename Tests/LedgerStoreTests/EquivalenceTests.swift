import CloudTrailLog
import Foundation
import LedgerStore
import PushModel
import Testing

/// Whatever the trail, a ledger of it gives just what its files give.
@Suite struct EquivalenceTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6])
  func `a random trail`(seed: Int) throws {
    let folder = try TrailFolder()
    _ = try Command.python(Self.make, [folder.trail, String(seed)])
    let direct = try folder.direct()
    #expect(direct.events.count > 100)
    #expect(!direct.unreadable.isEmpty)
    let listed = try TrailReader().list([folder.trail]).files.count
    // Copies of a file are kept, and count once.
    #expect(listed >= direct.files)
    let summary = try folder.importing()
    #expect(summary.new == listed)
    #expect(try folder.stored().difference(direct) == nil)
    // Nothing is new the second time, and nothing is gone. What could not be read whole is tried again.
    let again = try folder.importing()
    #expect(again.counts == [0, listed, 0, 0])
    #expect(try folder.stored().difference(direct) == nil)
    // The files beside their ledger add nothing to it.
    #expect(try folder.stored(with: [folder.trail]).difference(direct) == nil)
  }

  @Test(arguments: [7, 8, 9])
  func `in any number of imports, or partly beside the ledger`(seed: Int) throws {
    let folder = try TrailFolder()
    _ = try Command.python(Self.make, [folder.trail, String(seed)])
    let direct = try folder.direct()
    let parts = try FileManager.default.contentsOfDirectory(atPath: folder.trail).sorted()
    #expect(parts.count > 2)
    for (index, part) in parts.reversed().enumerated() {
      let path = "\(folder.trail)/\(part)"
      // A folder or a file, as it comes; some by another way to it.
      try folder.importing([index % 2 == 0 ? path : "\(folder.trail)/../trail/\(part)"])
      let rest = try folder.stored(with: [folder.trail])
      let isSame = rest.events.map(\.eventID) == direct.events.map(\.eventID)
      #expect(isSame, "after \(part)")
      #expect(rest.parts.counts == direct.parts.counts, "after \(part)")
      #expect(rest.spans == direct.spans)
    }
  }

  @Test func `a trail that was copied to a second folder is one trail`() throws {
    let folder = try TrailFolder()
    let base = "AWSLogs/111122223333/CloudTrail/us-east-2/2024/03/05/"
    let name = "111122223333_CloudTrail_us-east-2_20240305T1200Z_0123456789abcdef.json"
    let record =
      #"{"eventSource":"codecommit.amazonaws.com","eventName":"GitPush","eventID":"a","eventTime":"2024-03-05T11:58:00Z","additionalEventData":{"repositoryName":"Repo","repositoryId":"r-1","dataTransferred":true},"requestParameters":{"references":[{"commit":"1111111111111111111111111111111111111111","ref":"refs/heads/main"}]}}"#
    for copy in ["a/", "b/"] {
      try folder.write(copy + base + name, records: [record])
    }
    // Of the same name and size, and another file for all that.
    try folder.write("c/" + base + name, records: [record.replacing("1111111111", with: "2222222222")])
    let direct = try folder.direct()
    #expect(direct.parts.counts[0] == 2)
    #expect(direct.events.count == 2)
    #expect(try folder.direct(["\(folder.trail)/b", "\(folder.trail)/a"]).parts.counts[0] == 1)
    for part in ["b", "a", "c"] {
      try folder.importing(["\(folder.trail)/\(part)"])
      #expect(try folder.stored(with: [folder.trail]).difference(direct) == nil)
    }
    #expect(try folder.stored().difference(direct) == nil)
  }

  @Test func `every record once, and as it was logged`() throws {
    let folder = try TrailFolder()
    _ = try Command.python(Self.make, [folder.trail, "10"])
    try folder.importing()
    let direct = try folder.direct()
    // Python takes the texts out of the ledger and finds them in the files; it counts them as the ledger does.
    let said = try Command.python(
      #"""
      import gzip, hashlib, json, os, re, sqlite3, subprocess, sys
      ledger, root = sys.argv[1:]
      db = sqlite3.connect(ledger)
      assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
      assert db.execute("PRAGMA foreign_key_check").fetchall() == []
      chunks = [subprocess.run(["zstd", "-dc"], input=blob, capture_output=True, check=True).stdout
                for (blob,) in db.execute("SELECT zstd FROM chunks ORDER BY id")]
      assert [len(c) for c in chunks] == [n for (n,) in db.execute("SELECT size FROM chunks ORDER BY id")]
      decoder, texts = json.JSONDecoder(), []
      for chunk in chunks:
          text, at = chunk.decode(), 0
          while at < len(text):
              _, end = decoder.raw_decode(text, at)
              texts.append(text[at:end].encode())
              at = end
              while at < len(text) and text[at] in " \n\t\r": at += 1
      hashes = sorted(hashlib.sha256(t).hexdigest() for t in texts)
      stored = sorted(h for (h,) in db.execute("SELECT lower(hex(sha256)) FROM records"))
      assert len(hashes) == len(set(hashes))
      assert stored == hashes
      contents = {}
      for folder, _, names in os.walk(root):
          for name in names:
              path = os.path.join(folder, name)
              raw = open(path, "rb").read()
              contents[path] = raw
      for path, size, sha in db.execute("SELECT path, size, sha256 FROM source_files"):
          assert len(contents[path]) == size and hashlib.sha256(contents[path]).hexdigest() == sha, path
      whole = b"".join(gzip.decompress(r) if r[:2] == b"\x1f\x8b" and "cut" not in p else r for p, r in contents.items())
      # What an export wraps is taken out of it: there the parsed record counts.
      wrapped = set(re.findall(rb"id-[0-9]+-[0-9]+", b"".join(r for p, r in contents.items() if "/exports/" in p)))
      missing = [t for t in texts if t not in whole and json.loads(t)["eventID"].encode() not in wrapped]
      assert not missing, missing[:1]
      ids = [i for (i,) in db.execute("SELECT event_id FROM records WHERE event_id IS NOT NULL")]
      print(len(set(ids)))
      """#, [folder.ledger, folder.trail])
    #expect(said.trimmingCharacters(in: .newlines) == String(Set(direct.events.map(\.eventID)).count))
  }

  @Test func `standard input, and names that are no UTF-8`() throws {
    let folder = try TrailFolder()
    let text = "{\"Records\":[\(Sample.push(id: "e-in"))]}"
    let file = folder.path("in.json")
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    for _ in 0..<2 {
      let input = try #require(FileHandle(forReadingAtPath: file))
      let reader = TrailReader(standardInput: input.fileDescriptor)
      _ = try LedgerImport(ledger: folder.ledger, reader: reader, now: later).run(["-"])
      try input.close()
    }
    let stored = try folder.stored()
    #expect(stored.events.map(\.location.file) == ["standard input"])
    _ = try Command.python(
      #"""
      import os, sys
      root = os.fsencode(sys.argv[1])
      os.makedirs(root + b"/\xff")
      open(root + b"/\xff/\xfe.json", "w").write(sys.argv[2])
      """#, [folder.trail, "{\"Records\":[\(Sample.push(id: "e-odd"))]}"])
    try folder.importing()
    #expect(try folder.importing().known == 1)
    #expect(try Set(folder.stored().events.map(\.eventID)) == ["e-in", "e-odd"])
    #expect(try folder.stored().events.last?.location == folder.direct().events.last?.location)
  }

  @Test func `a file that was refused before is read when the limit allows it`() throws {
    let folder = try TrailFolder()
    try folder.write("big.json", records: [Sample.push()])
    let small = TrailReader(maximumFileSize: 100)
    _ = try LedgerImport(ledger: folder.ledger, reader: small, now: later).run([folder.trail])
    #expect(try folder.stored().unreadable.count == 1)
    #expect(try folder.importing().new == 1)
    #expect(try folder.stored().parts == folder.direct().parts)
    #expect(try folder.sqlite("SELECT count(*) FROM files") == "1")
  }

  @Test func `a folder that could not be listed is a gap until it can be`() throws {
    let folder = try TrailFolder()
    try folder.write(Sample.name(), records: [Sample.push()])
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.trail)/gone.json", withDestinationPath: folder.path("nowhere"))
    try folder.importing()
    try folder.importing()
    #expect(try folder.stored().parts == folder.direct().parts)
    #expect(try folder.stored().unreadable.count == 1)
    try FileManager.default.removeItem(atPath: "\(folder.trail)/gone.json")
    try folder.importing()
    #expect(try folder.stored().unreadable == [])
  }

  /// Files of every kind: CloudTrail's own, gzip or not, exports, copies of one another whole or in part, damaged ones.
  static let make = #"""
    import csv, gzip, io, json, os, random, sys
    root, seed = sys.argv[1], int(sys.argv[2])
    rng = random.Random(seed)
    oid = lambda: "%040x" % rng.getrandbits(160)
    number = 0
    def record(day, service=None):
        global number
        number += 1
        service = service or rng.choice(["codecommit", "codecommit", "s3", "kms"])
        account, region = rng.choice(["111111111111", "222222222222"]), rng.choice(["us-east-1", "eu-west-1"])
        name = rng.choice(["GitPush", "GitPush", "GitPull", "CreateCommit", "ListBranches"])
        r = {"eventVersion": "1.08", "eventTime": "2024-03-%02dT%02d:%02d:%02dZ" % (day, rng.randrange(24), rng.randrange(60), rng.randrange(60)),
             "eventSource": service + ".amazonaws.com", "eventName": name, "awsRegion": region, "userAgent": rng.choice(["git/2.39", "a\"\u00e9\\"]),
             "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::%s:user/x" % account, "userName": rng.choice(["mary", "bob"])},
             "sourceIPAddress": "203.0.113.1", "requestParameters": None, "responseElements": None, "eventID": "id-%d-%d" % (seed, number),
             "readOnly": rng.random() < 0.2, "recipientAccountId": account,
             "additionalEventData": {"repositoryName": "Repo", "repositoryId": "r-1", "dataTransferred": True, "protocol": "HTTP"},
             "resources": [{"ARN": "arn:aws:codecommit:%s:%s:Repo" % (region, account)}]}
        if name == "GitPush" and rng.random() < 0.8:
            r["requestParameters"] = {"references": [{"commit": rng.choice([oid(), oid(), "0" * 40]), "ref": "refs/heads/" + rng.choice("abc")} for _ in range(rng.choice([1, 1, 3]))]}
        if name == "CreateCommit":
            r["requestParameters"] = {"repositoryName": "Repo", "branchName": "b", "parentCommitId": oid()}
            r["responseElements"] = {"commitId": oid()}
        if rng.random() < 0.05: r["errorCode"] = "AccessDenied"
        if rng.random() < 0.03: r["eventTime"] = "yesterday"
        if rng.random() < 0.03: r["requestParameters"] = "damaged"
        return r
    def dump(r): return json.dumps(r, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, None, None, 1]))
    def write(name, data):
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "wb").write(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
    texts = []
    for index in range(40):
        day = rng.choice([1, 2, 2, 3, 5, 8])
        records = [dump(record(day)) for _ in range(rng.choice([0, 1, 3, 20]))]
        # Copies: of records, or of copies.
        if texts and rng.random() < 0.4:
            records += rng.sample(texts, min(len(texts), 5))
            rng.shuffle(records)
        texts += records
        if rng.random() < 0.1: records.insert(0, '{"eventSource":"codecommit.amazonaws.com","eventTime":"2024-03-02T00:00:00Z",]')
        data = ('{"Records":[%s]}' % rng.choice([",", ",\n  "]).join(records)).encode()
        account, region = rng.choice(["111111111111", "222222222222"]), rng.choice(["us-east-1", "eu-west-1"])
        where = rng.choice(["AWSLogs/%s/CloudTrail/%s/2024/03/%02d/" % (account, region, day), "flat/", "AWSLogs/", ""])
        name = rng.choice(["%s_CloudTrail_%s_202403%02dT2359Z_%016x" % (account, region, day, rng.getrandbits(64)), "%016x" % rng.getrandbits(64)])
        write(where + name + rng.choice([".json", ".json.gz"]), data)
        if rng.random() < 0.15: write("copies/" + name + ".json.gz", data)
    codecommit = lambda n: [record(2, "codecommit") for _ in range(n)]
    write("exports/lines.ndjson", "\n".join(json.dumps(r) for r in codecommit(5)).encode())
    write("exports/lookup.json", json.dumps({"Events": [{"EventId": r["eventID"], "CloudTrailEvent": json.dumps(r)} for r in codecommit(4)]}).encode())
    write("exports/array.json", json.dumps(codecommit(3)).encode())
    write("exports/one.json", json.dumps(codecommit(1)[0]).encode())
    write("exports/envelope.json", json.dumps({"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": codecommit(1)[0]}).encode())
    write("cut/zcut.json.gz", b"")
    with open(os.path.join(root, "cut/zcut.json.gz"), "wb") as file: file.write(gzip.compress(data)[:-9])
    write("cut/empty.json", b"")
    write("cut/words.json", b"no JSON at all")
    write("cut/half.json", ('{"Records":[%s,%s' % (dump(record(3, "codecommit")), dump(record(3, "codecommit"))[:100])).encode())
    os.makedirs(os.path.join(root, "AWSLogs/111111111111/CloudTrail-Digest/us-east-1"), exist_ok=True)
    """#
}
