internal import CSimdjson
internal import PushModel

/// simdjson's parsers and their memory, reused from text to text.
@safe final class JSONParser {
  private let parser: OpaquePointer
  private let scratch: ByteBuffer

  /// `nil` where there is no memory.
  init?() {
    guard let scratch = ByteBuffer(capacity: 1 << 12), let parser = unsafe pt_parser_create() else { return nil }
    self.scratch = scratch
    unsafe self.parser = parser
  }

  deinit { unsafe pt_parser_destroy(parser) }

  enum Outcome {
    case value(JSONValue)
    case failure(String)
  }

  /// Parses a part of a padded text strictly.
  func parse(_ text: ByteBuffer, _ range: Range<Int>) -> Outcome {
    var root = pt_value()
    let failure = unsafe pt_parse(parser, text.start + range.lowerBound, range.count, &root)
    guard let failure = unsafe failure else { return .value(JSONValue(raw: root)) }
    return .failure(unsafe String(cString: failure))
  }

  /// Scans a whole text for its records; `nil` where it is broken. Times that `place` does not allow are in no span.
  func scan(_ text: ByteBuffer, place: LogFilePlace, _ body: (RecordScan) -> Void) -> Bool {
    let (earliest, latest) = place.allowedTimes
    let told = Array("\(place.accountID ?? "") \(place.region ?? "")".utf8)
    var result = unsafe pt_scan_result()
    let isSound = unsafe earliest.description.withCString { earliest in
      unsafe latest.description.withCString { latest in
        unsafe told.withUnsafeBufferPointer { told in
          var options = unsafe pt_scan_options(
            wants_place: place.accountID == nil || place.region == nil, earliest: earliest, latest: latest,
            place: pt_slice(bytes: told.baseAddress, length: told.count))
          return unsafe pt_scan(parser, text.start, text.count, &options, &result)
        }
      }
    }
    guard isSound else { return false }
    unsafe body(RecordScan(result))
    return true
  }

  /// Parses a text strictly and lends its value; `false` where it is broken. The values parsed before are gone.
  func parsed(_ text: String, _ body: (JSONValue) -> Void) -> Bool {
    guard scratch.fill(from: text), case .value(let value) = parse(scratch, 0..<scratch.count) else { return false }
    body(value)
    return true
  }

  /// A value as JSON text.
  func json(_ value: JSONValue) -> String { unsafe pt_value_json(parser, value.raw).text }

  /// Changes when the numbers that scans give to texts begin anew.
  var generation: UInt64 { unsafe pt_generation(parser) }

  /// The text of such a number.
  func text(_ index: UInt32) -> String { unsafe pt_text(parser, index).text }
}

extension pt_slice {
  /// The text; empty where there are no bytes.
  var text: String {
    guard let bytes = unsafe bytes else { return "" }
    return unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self)
  }
}
