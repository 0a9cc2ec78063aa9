import PushModel
import Testing

/// A row of a batch reads as the event that it was made of.
@Suite struct TrailEventTests {
  private static let ids = [
    "00000000-0000-0000-0000-000000000000", "01234567-89ab-cdef-0123-456789abcdef",
    "01234567-89ab-cdef-8123-456789abcdef", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    // Not as CloudTrail writes them: kept as they are.
    "01234567-89AB-CDEF-0123-456789ABCDEF", "0123456789abcdef0123456789abcdef0123", "", "e-1", "é",
    "01234567-89ab-cdef-0123-456789abcdeg", "01234567-89ab-cdef-0123-456789abcdef ",
  ]

  private static func event(_ id: String, _ kind: TrailEvent.Kind = .pushAdvertisement) -> TrailEvent {
    TrailEvent(
      eventID: id, sharedEventID: nil, time: Timestamp(seconds: 5), action: "GitPush",
      principal: Principal(type: "IAMUser", name: "ann"), sourceIPAddress: "192.0.2.1", userAgent: "git/2",
      readOnly: true, kind: kind, location: RecordLocation(file: "a.json", record: 7))
  }

  @Test(arguments: ids)
  func `an id is kept, whatever it is`(id: String) {
    let event = Self.event(id)
    #expect(event.eventID == id)
    #expect(event.id.isUUID == Self.ids.prefix(4).contains(id))
    #expect(event == Self.event(id))
    #expect(event.hasSameID(as: Self.event(id)))
  }

  @Test func `ids are ordered as their texts are`() {
    for left in Self.ids {
      for right in Self.ids {
        #expect(Self.event(left).hasSmallerID(than: Self.event(right)) == (left < right), "\(left) \(right)")
        #expect(Self.event(left).hasSameID(as: Self.event(right)) == (left == right), "\(left) \(right)")
      }
    }
  }

  @Test func `every kind comes back`() {
    let main = RefName.branch("main")
    let tip = ObjectID(hex: "1111111111111111111111111111111111111111") ?? .zero
    let kinds: [TrailEvent.Kind] = [
      .pushAdvertisement, .pushOmitted, .push([]),
      .push([
        ReferenceEntry(ref: main, target: .commit(tip)),
        ReferenceEntry(ref: .tag("v1"), target: .deletion(oldTip: nil)),
        ReferenceEntry(ref: main, target: .deletion(oldTip: tip)),
      ]),
      .pull(dataTransferred: true, shallow: nil), .pull(dataTransferred: false, shallow: false),
      .pull(dataTransferred: true, shallow: true), .refChangeOmitted(ref: main), .archiveUploaded, .other,
      .refChange(RefChange(ref: main, after: tip, call: .commit)),
    ]
    for kind in kinds {
      var event = Self.event(Self.ids[1], kind)
      #expect(event.kind == kind)
      event.location.record = 9
      event.location.file = "b.json"
      event.errorCode = "AccessDenied"
      #expect(event.kind == kind)
      #expect(event.location == RecordLocation(file: "b.json", record: 9))
      #expect(event.isRefused && event.eventID == Self.ids[1] && event.sourceIPAddress == "192.0.2.1")
      #expect(event != Self.event(Self.ids[1], kind))
    }
  }

  @Test func `a file's events stand in one batch`() {
    var builder = EventBatchBuilder(file: "c.json")
    let events = Self.ids.map { Self.event($0, .pull(dataTransferred: true, shallow: false)) }
    for (number, event) in events.enumerated() {
      var event = event
      event.location.record = number + 1
      builder.append(event)
    }
    builder.renumber([10, 20, 30])
    let kept = builder.events()
    #expect(kept.map(\.eventID) == Array(Self.ids.prefix(3)))
    #expect(kept.map(\.location) == [10, 20, 30].map { RecordLocation(file: "c.json", record: $0) })
    #expect(kept.allSatisfy { $0.batch === kept[0].batch })
  }
}
