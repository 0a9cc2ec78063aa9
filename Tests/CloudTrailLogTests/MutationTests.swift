import CloudTrailLog
import Foundation
import PushModel
import Testing

/// Random damage: whatever is done to the bytes of a file, no CodeCommit record vanishes without a word.
@Suite struct MutationTests {
  @Test(arguments: [11, 12, 13])
  func `nothing vanishes in silence`(seed: Int) throws {
    let folder = try TrailFolder()
    let lines = try Command.python(Self.script, [folder.path, String(seed)]).split(separator: "\n")
    #expect(lines.count == 250)
    var damaged = 0
    for line in lines {
      let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      let reading = try TrailReader().read([folder.path(parts[0])])
      let seen = reading.events.map(\.eventID)
      if parts[1] == "sound" {
        // Python reads it, so that its word is the truth; a strict reader may refuse what Python lets pass.
        #expect(seen == Array(parts[2...]) || !reading.unreadable.isEmpty, "\(parts[0])")
      } else if parts[1] == "broken" {
        let lost = ["e0", "e3", "e5", "e7"].filter { !seen.contains($0) }
        #expect(lost.isEmpty || !reading.unreadable.isEmpty, "\(parts[0])")
        damaged += 1
      }
      for place in reading.unreadable {
        #expect(place.path == folder.path(parts[0]))
        #expect(place.offset != nil || place.record != nil || !place.reason.isEmpty)
      }
    }
    #expect(damaged > 30)
  }

  /// Eight records, four of CodeCommit; one to three random edits a file.
  private static let script = #"""
    import json, random, re, sys
    root, seed = sys.argv[1], int(sys.argv[2])
    rng = random.Random(seed)
    ours = {0, 3, 5, 7}
    record = lambda i: {"eventVersion": "1.08", "eventTime": "2024-03-05T10:00:0%dZ" % i,
        "eventSource": "codecommit.amazonaws.com" if i in ours else "kms.amazonaws.com", "eventName": "GitPush",
        "requestParameters": {"references": [{"ref": "refs/heads/b%d" % i, "commit": "%040x" % (i + 1)}]}, "eventID": "e%d" % i}
    whole = json.dumps({"Records": [record(i) for i in range(8)]}).encode()
    for n in range(250):
        data = bytearray(whole)
        edits, quiet = rng.choice([1, 1, 1, 2, 3]), False
        for _ in range(edits):
            at, kind = rng.randrange(len(data)), rng.randrange(6)
            # An edit that makes another service or another id of a record, or cuts one out whole, cannot be seen.
            quiet = quiet or kind in (3, 4) or any(m.start() <= at <= m.end() for m in re.finditer(rb'"(codecommit\.amazonaws\.com|e\d)"', whole))
            if kind == 0: data[at] = rng.randrange(256)
            elif kind == 1: del data[at]
            elif kind == 2: data.insert(at, rng.choice(b'{}[]",:\\ \n0tfn\x00\x80'))
            elif kind == 3: del data[at:at + rng.randrange(1, 300)]
            elif kind == 4: data[at:at] = data[rng.randrange(len(data)):][:rng.randrange(1, 300)]
            elif n % 5 == 0: del data[at:]
        name = "m%03d.json" % n
        open(root + "/" + name, "wb").write(data)
        try:
            records = json.loads(bytes(data))["Records"]
            print(name, "sound", *[r["eventID"] for r in records if r["eventSource"] == "codecommit.amazonaws.com"])
        except Exception:
            print(name, "quiet" if quiet or edits > 1 else "broken")
    """#
}
