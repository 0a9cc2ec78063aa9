import CloudTrailLog
import Foundation
import PushModel
import Testing

/// A log file of the usual form is read from its outline, any other token by token: both must say the same of the same
/// records, sound or damaged.
@Suite struct UsualFormTests {
  @Test(arguments: [21, 22, 23])
  func `both ways of reading agree`(seed: Int) throws {
    let sound = try agreement(on: "any", seed)
    #expect((50..<390).contains(sound))
  }

  /// In the usual form only what is new with a session is read of it, once its role is known.
  @Test(arguments: [31, 32])
  func `sessions of roles are who they are when read whole`(seed: Int) throws {
    let sound = try agreement(on: "sessions", seed)
    #expect((50..<390).contains(sound))
  }

  /// Returns how many files are sound.
  private func agreement(on records: String, _ seed: Int) throws -> Int {
    let folder = try TrailFolder()
    let names = try Command.python(Self.script, [folder.path, String(seed), records]).split(separator: "\n").map(
      String.init)
    #expect(names.count == 400)
    var sound = 0
    for name in names {
      let usual = try TrailReader().read([folder.path("usual/" + name)])
      let other = try TrailReader().read([folder.path("other/" + name)])
      #expect(usual.events.map(Seen.init) == other.events.map(Seen.init), "\(name)")
      let places = usual.unreadable.map { Self.words($0, shift: 0) }
      #expect(places == other.unreadable.map { Self.words($0, shift: 7) }, "\(name)")
      #expect(usual.records == other.records && usual.codecommitRecords == other.codecommitRecords, "\(name)")
      #expect(usual.spans.map(String.init(describing:)) == other.spans.map(String.init(describing:)), "\(name)")
      if usual.unreadable.isEmpty { sound += 1 }
    }
    return sound
  }

  /// All of an event but the file that it lay in.
  private struct Seen: Equatable {
    var event: TrailEvent

    init(_ event: TrailEvent) {
      self.event = event
      self.event.location.file = ""
    }
  }

  private static func words(_ place: UnreadablePlace, shift: Int64) -> String {
    "\(place.record ?? 0) \((place.offset ?? 0) - (place.offset.map { $0 > 0 } == true ? shift : 0)) \(place.reason)"
  }

  /// Files in two folders that differ by one member before `Records`; edits are made behind it.
  private static let script = #"""
    import json, os, random, sys
    root, rng, sessions = sys.argv[1], random.Random(int(sys.argv[2])), sys.argv[3] == "sessions"
    for folder in ("usual", "other"): os.makedirs(os.path.join(root, folder))
    word = lambda: "".join(rng.choice('ab"\\{}[],: é\n0\U0001f600') for _ in range(rng.randrange(0, 90)))
    def value(depth):
        kind = rng.randrange(7 if depth < 4 else 4)
        if kind == 0: return word()
        if kind == 1: return rng.choice([True, False, None, 0, -1.5e-7, 12345678901])
        if kind < 4: return rng.choice(["s3.amazonaws.com", "", "x" * rng.randrange(50, 200), "\\" * rng.randrange(1, 130)])
        if kind < 6: return {rng.choice(["eventSource", "eventTime", "Records", word()]): value(depth + 1) for _ in range(rng.randrange(4))}
        return [value(depth + 1) for _ in range(rng.randrange(4))]
    class Raw(str): pass
    def identity():
        name = rng.choice(["ann", "bob", "build-%d" % rng.randrange(9)] * 9 + ["a:b", "", "a/b", "\x7f"])
        if rng.random() < 0.004: name = rng.choice(["\u00e9", "tab\t"])
        issuer = {"type": "Role", "principalId": "AROAX", "arn": "arn:aws:iam::1:role/p/Dev", "userName": "Dev"}
        if rng.random() < 0.2: issuer.pop(rng.choice(list(issuer) + ["userName"] * 4))
        context = {"sessionIssuer": issuer, "attributes": {"creationDate": "2024-03-01T0%d:00:00Z" % rng.randrange(9), "mfaAuthenticated": rng.choice(["true", "false"])}}
        if rng.random() < 0.2: context["sourceIdentity"] = rng.choice(["carol", "dave"])
        members = [("type", rng.choice(["AssumedRole"] * 9 + ["IAMUser", "FederatedUser"])), ("principalId", rng.choice(["AROAX:", "AROAX:", "AROAX:", "AROAX"]) + name),
            ("arn", "arn:aws:sts::1:assumed-role/%s/%s" % (rng.choice(["Dev", "Dev", "Ops"]), name)), ("accountId", "111122223333"),
            ("accessKeyId", "ASIA%d" % rng.randrange(30)), ("sessionContext", context)]
        if rng.random() < 0.1: members.pop(rng.randrange(6))
        if rng.random() < 0.1: rng.shuffle(members)
        if rng.random() < 0.1: members.append(rng.choice([("arn", "arn:other"), ("type", "Root"), ("principalId", "X:eve"), ("principalId", "AROAX:ann"), ("accessKeyId", "ASIAY"), ("userName", "u"), ("sessionContext", {})]))
        if rng.random() < 0.05: members.insert(0, ("arn", rng.choice(["", "arn:first", 3])))
        gap = rng.choice(["", "", "", " "])
        return "{" + ",".join(gap + json.dumps(n) + ":" + gap + (json.dumps(v, ensure_ascii=rng.random() < .1) if rng.random() < .9 or not isinstance(v, str)
                                                                    else '"' + v + '"') for n, v in members) + "}"
    def record(number):
        ours = rng.random() < (0.9 if sessions else 0.4)
        members = [("eventVersion", "1.08"), ("eventTime", "2024-03-0%dT10:00:%02dZ" % (rng.randrange(1, 4), rng.randrange(60))),
            ("eventSource", "codecommit.amazonaws.com" if ours else "s3.amazonaws.com"), ("eventName", rng.choice(["GitPush", "GitPull", "GetBlob"])),
            ("awsRegion", rng.choice(["us-east-1", "eu-west-1"])), ("eventID", rng.choice(["e%d", "%08x-0000-4000-8000-00000000abcd", "%08X-0000-4000-8000-00000000ABCD"]) % number), ("readOnly", rng.choice([True, False])),
            ("recipientAccountId", "111122223333"), ("userAgent", "git/2.39"), ("sourceIPAddress", "192.0.2.1"), ("resources", []),
            ("userIdentity", Raw(identity()) if sessions else {"type": "IAMUser", "accountId": "111122223333", "userName": rng.choice(["ann", "bob"])}),
            ("additionalEventData", {"protocol": "HTTP", "repositoryName": "r", "repositoryId": "i"}), ("responseElements", None)]
        if ours and rng.random() < 0.8:
            members.append(("requestParameters", {"references": [{"commit": "%040x" % rng.randrange(1, 9), "ref": "refs/heads/m"}]}))
        members += [(rng.choice(["errorCode", "vpcEndpointId", "eventSource", word()]), value(0)) for _ in range(0 if sessions else rng.choice([0, 0, 1, 3]))]
        if not sessions and rng.random() < 0.3: rng.shuffle(members)
        # Written by hand, so that names may repeat.
        gap = rng.choice(["", "", " ", "\n\t"])
        return "{" + gap + ("," + gap).join(json.dumps(n, ensure_ascii=rng.random() < .5) + gap + ":" + gap + (v if isinstance(v, Raw) else json.dumps(v, ensure_ascii=rng.random() < .5))
                                            for n, v in members) + gap + "}"
    for number in range(400):
        space = rng.choice(["", "", "\n  "])
        tail = bytearray((space + "[" + ("," + space).join(record(n) for n in range(rng.randrange(50 if sessions else 9))) + "]" + space + "}").encode("utf-8", "surrogatepass"))
        for _ in range(rng.choice([0, 0, 1, 2])):
            at = rng.randrange(max(1, len(tail) - 1))
            if at >= len(tail): break
            kind = rng.randrange(4)
            if kind == 0: tail[at] = rng.randrange(256)
            elif kind == 1: del tail[at]
            elif kind == 2: tail[at:at] = rng.choice([b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b" ", b"\n", b"\x00", b"\x80", b"{}", b'"a":'])
            else: del tail[at:at + rng.randrange(1, 300)]
        name = "%03d.json" % number
        open(os.path.join(root, "usual", name), "wb").write(b'{"Records":' + bytes(tail))
        open(os.path.join(root, "other", name), "wb").write(b'{"v":"",' + b'"Records":' + bytes(tail))
        print(name)
    """#
}
