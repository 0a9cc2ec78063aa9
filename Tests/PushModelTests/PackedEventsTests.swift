import Testing

@testable import PushModel

/// Packed events come back as they were, and damaged bytes do no harm.
@Suite struct PackedEventsTests {
  private static let tips = (0..<4).compactMap { ObjectID(hex: String(repeating: "\($0)9abcde0", count: 5).suffix(40)) }

  /// Every kind, with all that it may hold and with as little as it may.
  private static let kinds: [TrailEvent.Kind] = {
    let (main, tag) = (RefName.branch("main"), RefName("refs/tags/v1.0 é e\u{301} \u{0}\n"))
    var kinds: [TrailEvent.Kind] = [
      .pushAdvertisement, .push([]), .push([ReferenceEntry(ref: main, target: .commit(tips[0]))]),
      .push([
        ReferenceEntry(ref: main, target: .commit(.zero)), ReferenceEntry(ref: tag, target: .deletion(oldTip: nil)),
        ReferenceEntry(ref: tag, target: .deletion(oldTip: tips[1])),
        ReferenceEntry(ref: RefName(""), target: .commit(tips[2])),
      ]),
      .pushOmitted, .pull(dataTransferred: true, shallow: nil), .pull(dataTransferred: false, shallow: true),
      .pull(dataTransferred: true, shallow: false), .refChangeOmitted(ref: nil), .refChangeOmitted(ref: main),
      .repositoryCreated(defaultBranch: nil), .repositoryCreated(defaultBranch: "main"), .repositoryDeleted,
      .repositoryRenamed(from: "old", to: "new"), .defaultBranchChanged(branch: ""), .tipsTold([]),
      .tipsTold([ToldTip(ref: main, tip: tips[0]), ToldTip(ref: tag, tip: tips[3])]), .archiveUploaded, .other,
    ]
    for call in RefChange.Call.allCases {
      kinds.append(.refChange(RefChange(ref: main, after: nil, call: call)))
      kinds.append(.refChange(RefChange(ref: tag, before: .none, after: tips[0], call: call)))
      kinds.append(
        .refChange(
          RefChange(
            ref: tag, before: .tip(tips[0]), after: tips[1], call: call, mergeSource: tips[2], mergeSourceRef: main,
            mergeDestination: tips[3])))
    }
    return kinds
  }()

  private static func events(file: String, seed: Int = 0) -> [TrailEvent] {
    let words = ["", "x", "é", "e\u{301}", "a longer text than fits into a word", "\u{0}"]
    var builder = EventBatchBuilder(file: file)
    for (index, kind) in kinds.enumerated() {
      func word(_ step: Int) -> String { words[(index * step + seed) % words.count] }
      func optional(_ step: Int) -> String? { (index + seed) % step == 0 ? nil : word(step) }
      builder.append(
        TrailEvent(
          eventID: index % 3 == 0 ? word(1) : "01234567-89ab-cdef-0123-4567\(String(10_000_000 + index))",
          sharedEventID: index % 5 == 0 ? word(2) : nil,
          time: Timestamp(seconds: 1_700_000_000 + Int64(index % 7) * 86_400 * Int64(seed + 1)), action: word(1),
          principal: Principal(
            type: word(2), name: word(3), arn: optional(2), accountID: optional(3), principalID: optional(4),
            accessKeyID: optional(5), role: optional(6), session: optional(7), sourceIdentity: optional(8),
            mfa: [nil, false, true][index % 3], invokedBy: optional(9)),
          sourceIPAddress: word(5), userAgent: word(4), errorCode: index % 4 == 0 ? word(1) : nil,
          errorMessage: index % 4 == 1 ? word(2) : nil, readOnly: [true, nil, false][index % 3],
          recipientAccountID: optional(2),
          repository: RepositoryReference(
            name: optional(3), id: optional(4), partition: optional(5), accountID: optional(6), region: optional(7)),
          gitProtocol: optional(3), replaces: index % 6 == 0 ? word(3) : nil, kind: kind,
          location: RecordLocation(file: file, record: index * (seed + 1) + 1)))
    }
    appendSessions(to: &builder, seed)
    return Array(builder.events())
  }

  /// Pulls of some sessions of two roles, the same ones several times.
  private static func appendSessions(to builder: inout EventBatchBuilder, _ seed: Int) {
    let origin = builder.add(EventOrigin(action: "GitPull", userAgent: "git/2.43.0"))
    let address = builder.add(address: "192.0.2.1")
    for role in 0..<2 {
      let other = builder.add(
        Principal(
          type: "AssumedRole", name: "first", arn: "arn:aws:sts::1:assumed-role/R\(role)/first",
          principalID: "AROA\(role):first", accessKeyID: "ASIA", role: "R\(role)", session: "first",
          sourceIdentity: role == 0 ? nil : "carol"))
      for index in 0..<6 {
        let (name, key) = (Array("build-\(index % 4 + seed)".utf8), Array("ASIA\(index % 3)".utf8))
        let session = unsafe name.withUnsafeBytes { name in
          unsafe key.withUnsafeBytes { unsafe builder.add(sessionOf: other, named: name, accessKeyID: $0) }
        }
        builder.append(
          EventID(uuid: UInt64(role), UInt64(index)), at: Timestamp(seconds: 1_700_000_000), .pull, origin: origin,
          principal: session ?? other, address: address, record: 100 + index)
      }
    }
  }

  @Test func `a session has its own name and key, and all else of its role`() {
    let principals = Self.events(file: "a", seed: 3).suffix(12).map(\.principal)
    #expect(
      principals[9]
        == Principal(
          type: "AssumedRole", name: "carol", arn: "arn:aws:sts::1:assumed-role/R1/build-6",
          principalID: "AROA1:build-6", accessKeyID: "ASIA0", role: "R1", session: "build-6", sourceIdentity: "carol"))
    #expect(principals[2].name == "build-5" && principals[2].accessKeyID == "ASIA2")
  }

  @Test func `who it is does not depend on how it was read, nor on the key`() throws {
    var table = PrincipalTable()
    let role = Principal(type: "AssumedRole", name: "a", arn: "arn:x/R/a", principalID: "P:a", accessKeyID: "1")
    let other = table.add(role)
    let name = Array("b".utf8)
    let session = try #require(
      unsafe name.withUnsafeBytes { unsafe table.add(sessionOf: other, named: $0, accessKeyID: $0) })
    let whole = table.add(Principal(type: "AssumedRole", name: "b", arn: "arn:x/R/b", accessKeyID: "2"))
    #expect(table.identity(of: Int(session)) == table.identity(of: Int(whole)))
    #expect(table.identity(of: Int(session)) != table.identity(of: Int(other)))
    #expect(table[Int(other)] == role)
  }

  /// Texts are compared by Swift as one reads them; here each byte counts.
  private static func bytes(_ events: [TrailEvent]) -> [[UInt8]] {
    events.map { event in
      Array("\(event.time) \(event.traffic) \(event.id.isUUID) \(event.fields)".utf8)
    }
  }

  private static func append(_ events: [TrailEvent], to packer: inout EventPacker, isPacked: Bool = true) throws {
    let result = packer.append(events)
    #expect(result == isPacked)
  }

  @Test func `every kind of event, of several files`() throws {
    let files = (0..<5).map { Self.events(file: "file \($0)", seed: $0) } + [[], Self.events(file: "file 0")]
    var packer = EventPacker()
    for file in files { try Self.append(file, to: &packer) }
    #expect(packer.count == files.count)
    let packed = try #require(PackedEvents(packer.bytes))
    #expect(packed.count == files.count)
    for (place, file) in files.enumerated() {
      let name = file.first?.location.file ?? ""
      let events = try #require(packed.events(ofFile: place, named: name))
      #expect(events == file)
      #expect(Self.bytes(events) == Self.bytes(file))
      #expect(packed.events(ofFile: place, named: "another")?.allSatisfy { $0.location.file == "another" } == true)
    }
    #expect(packed.events(ofFile: files.count, named: "") == nil)
    #expect(packed.events(ofFile: -1, named: "") == nil)
    // Packed once more, of batches that have their tables in common, they are the same bytes.
    var again = EventPacker()
    for (place, file) in files.enumerated() {
      try Self.append(#require(packed.events(ofFile: place, named: file.first?.location.file ?? "")), to: &again)
    }
    #expect(again.bytes == packer.bytes)
  }

  @Test func `events of several batches, and none`() throws {
    var packer = EventPacker()
    let mixed = Self.events(file: "a", seed: 1).reversed() + Self.events(file: "a", seed: 2)
    try Self.append(mixed, to: &packer)
    #expect(try #require(PackedEvents(packer.bytes)).events(ofFile: 0, named: "a") == mixed)
    #expect(try #require(PackedEvents(EventPacker().bytes)).count == 0)
  }

  @Test func `what has no room is not packed, and adds nothing`() throws {
    func event(_ seconds: Int64, record: Int = 1) -> TrailEvent {
      TrailEvent(
        eventID: "e", time: Timestamp(seconds: seconds), action: "GitPush",
        principal: Principal(type: "IAMUser", name: "ann"), kind: .pushAdvertisement,
        location: RecordLocation(file: "a", record: record))
    }
    var packer = EventPacker()
    for unfit in [event(-1), event(1 << 32), event(5, record: 1 << 32)] {
      try Self.append([event(5), unfit], to: &packer, isPacked: false)
    }
    try Self.append([event(5), event((1 << 32) - 1, record: (1 << 32) - 1)], to: &packer)
    #expect(try #require(PackedEvents(packer.bytes)).events(ofFile: 0, named: "a")?.count == 2)
  }

  @Test func `bytes that were cut, or of which one was changed, do no harm`() throws {
    var packer = EventPacker()
    try Self.append(Self.events(file: "a"), to: &packer)
    let bytes = packer.bytes
    func read(_ bytes: [UInt8]) -> Int {
      guard let packed = PackedEvents(bytes) else { return 0 }
      return (0..<packed.count).reduce(0) { sum, place in
        sum
          + (packed.events(ofFile: place, named: "x") ?? []).reduce(0) {
            $0 + $1.eventID.utf8.count + $1.action.utf8.count + $1.fields.hashValue % 2
          }
      }
    }
    #expect(read(bytes) > 0)
    for length in 0..<bytes.count { #expect(PackedEvents(Array(bytes[..<length])) == nil) }
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= [0x01, 0x80, 0xff][index % 3]
      _ = read(changed)
    }
    #expect(PackedEvents(bytes + [0]) == nil)
  }
}
