internal import CSimdjson

/// simdjson's parsers and their memory, reused from text to text.
@safe final class JSONParser {
  private let parser: OpaquePointer

  /// `nil` where there is no memory.
  init?() {
    guard let parser = unsafe pt_parser_create() else { return nil }
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

  /// Scans a whole text for its records; `nil` where it is broken.
  func scan(_ text: ByteBuffer, wantsPlace: Bool, _ body: (RecordScan) -> Void) -> Bool {
    var result = unsafe pt_scan_result()
    guard unsafe pt_scan(parser, text.start, text.count, wantsPlace, &result) else { return false }
    unsafe body(RecordScan(result))
    return true
  }
}
