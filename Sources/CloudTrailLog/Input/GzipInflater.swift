internal import CLibdeflate

/// Inflates gzip files of one or many members into a reused buffer (RFC 1952).
@safe final class GzipInflater {
  private let decompressor: OpaquePointer

  /// `nil` where there is no memory.
  init?() {
    guard let decompressor = unsafe libdeflate_alloc_decompressor() else { return nil }
    unsafe self.decompressor = decompressor
  }

  deinit { unsafe libdeflate_free_decompressor(decompressor) }

  /// What could not be inflated, and where in the compressed file it begins. What came before it was inflated.
  struct Damage: Equatable {
    var offset: Int
    var reason: String
  }

  static func isGzip(_ bytes: ByteBuffer, at offset: Int = 0) -> Bool {
    bytes.count >= offset + 2 && bytes[offset] == 0x1f && bytes[offset + 1] == 0x8b
  }

  /// Appends every member's content to the emptied `output`.
  func inflate(_ input: ByteBuffer, into output: ByteBuffer, limit: Int64) -> Damage? {
    output.count = 0
    defer { output.pad() }
    var position = 0
    while position < input.count {
      guard Self.isGzip(input, at: position) else { return trailingDamage(input, at: position) }
      if let damage = member(input, position: &position, into: output, limit: limit) { return damage }
    }
    return nil
  }

  private func member(_ input: ByteBuffer, position: inout Int, into output: ByteBuffer, limit: Int64) -> Damage? {
    let start = position
    let remaining = input.count - start
    // The trailer's size is that of the last member modulo 2^32, and anybody's word: a hint, and a bounded one, since
    // deflate never shrinks more than 1032 times.
    var hint = 0
    for offset in stride(from: input.count - 1, through: max(start, input.count - 4), by: -1) {
      hint = hint << 8 | Int(input[offset])
    }
    var room = max(65_536, min(hint, remaining * 1032)) + 1
    while true {
      // One byte more than the limit tells a file of exactly that size from a larger one.
      let allowed = Int(clamping: limit) - output.count + 1
      guard allowed > 0 else { return Damage(offset: start, reason: "inflates to more than \(limit) bytes") }
      room = min(room, allowed)
      guard output.reserve(output.count + room) else {
        return Damage(offset: start, reason: "inflates to more than the memory holds")
      }
      var consumed = 0
      var produced = 0
      let result = unsafe libdeflate_gzip_decompress_ex(
        decompressor, input.start + start, remaining, output.start + output.count, output.capacity - output.count,
        &consumed, &produced)
      switch result {
      case LIBDEFLATE_SUCCESS:
        guard Int64(output.count + produced) <= limit else {
          return Damage(offset: start, reason: "inflates to more than \(limit) bytes")
        }
        output.count += produced
        position += consumed
        return nil
      case LIBDEFLATE_INSUFFICIENT_SPACE:
        guard output.capacity - output.count < allowed else {
          return Damage(offset: start, reason: "inflates to more than \(limit) bytes")
        }
        room = (output.capacity - output.count) * 2
      default:
        return Damage(
          offset: start,
          reason: start == 0
            ? "the gzip data is damaged or cut short" : "the gzip member at this offset is damaged or cut short")
      }
    }
  }

  /// Zeros after the last member are padding, as tapes and block devices leave it; anything else does not belong.
  private func trailingDamage(_ input: ByteBuffer, at position: Int) -> Damage? {
    for offset in position..<input.count where input[offset] != 0 {
      return Damage(offset: position, reason: "bytes that are no gzip member follow the compressed data")
    }
    return nil
  }
}
