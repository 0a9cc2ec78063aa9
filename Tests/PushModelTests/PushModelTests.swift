import Foundation
import PushModel
import Testing

@Suite struct TimestampTests {
  /// Foundation's calendar is the oracle: another implementation of the same rules.
  @Test func datesAreThoseOfTheCalendar() throws {
    let format = ISO8601DateFormatter()
    // Every 7 days and some odd seconds, over the whole range that logs can hold.
    for seconds in stride(from: Int64(0), to: 253_402_300_800, by: 7 * 86_400 + 12_345) where seconds % 11 == 0 {
      let time = Timestamp(seconds: seconds)
      #expect(time.description == format.string(from: Date(timeIntervalSince1970: Double(seconds))))
      #expect(Timestamp(iso8601: time.description) == time)
    }
  }

  @Test(arguments: [
    ("2024-02-29T12:00:00Z", 1_709_208_000), ("2024-02-29 12:00:00", 1_709_208_000),
    ("2024-02-29T13:30:00+01:30", 1_709_208_000), ("2024-02-29T10:00:00-0200", 1_709_208_000),
    ("2024-02-29T12:00:00.999Z", 1_709_208_000), ("2024-02-29", 1_709_164_800),
  ])
  func everyFormIsRead(text: String, seconds: Int64) {
    #expect(Timestamp(iso8601: text)?.seconds == seconds)
  }

  @Test(arguments: [
    "", "2023-02-29T00:00:00Z", "2024-13-01", "2024-00-10", "2024-01-32", "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "1969-12-31T23:59:59Z", "2024-1-1", "2024-01-01T00:00:00Zjunk", "2024-01-01T00:00:00.Z", "Dec 14, 2016 6:19:14 PM",
  ])
  func whatIsNoTimeIsRefused(text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }
}

@Suite struct ObjectIDTests {
  private let hex = "0123456789abcdef0123456789abcdef01234567"

  @Test func digitsAreReadInEitherCaseAndWrittenInLower() throws {
    let id = try #require(ObjectID(hex: hex))
    #expect(id.hex == hex)
    #expect(ObjectID(hex: hex.uppercased()) == id)
    #expect(id.short == "0123456789ab")
  }

  @Test(arguments: [
    "", "0123", "g123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef012345678",
  ])
  func anythingElseIsRefused(text: String) {
    #expect(ObjectID(hex: text) == nil)
  }

  @Test func idsSortAsTheirDigitsDo() {
    let texts = (0..<500).map { number in
      String(
        (0..<40).map {
          "0123456789abcdef"[String.Index(utf16Offset: (number * 7 + $0 * $0 * 13) % 16, in: "0123456789abcdef")]
        })
    }
    let ids = texts.compactMap { ObjectID(hex: $0) }
    #expect(ids.sorted().map(\.hex) == texts.sorted())
  }

  @Test func theRawBytesAreTheDigits() throws {
    let id = try #require(ObjectID(hex: hex))
    #expect(id.rawBytes.map { String(format: "%02x", $0) }.joined() == hex)
    #expect(ObjectID(hex: String(repeating: "0", count: 40))?.isZero == true)
  }
}

@Suite struct RefNameTests {
  @Test func slashesBelongToTheName() {
    #expect(RefName("refs/heads/feature/x").shorthand == "feature/x")
    #expect(RefName("refs/tags/v1/2").shorthand == "v1/2")
    #expect(RefName("refs/notes/commits").shorthand == "refs/notes/commits")
    #expect(RefName.branch("a/b").isBranch)
  }

  @Test func accentsWrittenInTwoWaysAreTwoNames() {
    let composed = RefName("refs/heads/caf\u{e9}")
    let decomposed = RefName("refs/heads/cafe\u{301}")
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed, composed]).count == 2)
  }
}
