internal import CLibzstd

/// Inflates zstd files of one or many frames into a reused buffer (RFC 8878).
@safe final class ZstdInflater {
  private let stream: OpaquePointer

  /// `nil` where there is no memory.
  init?() {
    guard let stream = unsafe ZSTD_createDCtx() else { return nil }
    unsafe self.stream = stream
  }

  deinit { _ = unsafe ZSTD_freeDCtx(stream) }

  static func isZstd(_ bytes: ByteBuffer) -> Bool {
    bytes.count >= 4 && bytes.bytes(0..<4) == [0x28, 0xb5, 0x2f, 0xfd]
  }

  /// Appends every frame's content to the emptied `output`. `nil` on success.
  func inflate(_ input: ByteBuffer, into output: ByteBuffer, limit: Int64) -> GzipInflater.Damage? {
    output.count = 0
    defer { output.pad() }
    _ = unsafe ZSTD_DCtx_reset(stream, ZSTD_reset_session_only)
    // One byte more than the limit tells a file of exactly that size from a larger one.
    let most = limit < Int64.max ? Int(clamping: limit + 1) : Int.max
    var source = unsafe ZSTD_inBuffer(src: input.start, size: input.count, pos: 0)
    // Where the frame begins, in the file and in the output: of a damaged one nothing is kept.
    var (frame, kept) = (0, 0)
    func damage(_ reason: String) -> GzipInflater.Damage {
      output.count = kept
      return GzipInflater.Damage(offset: frame, reason: reason)
    }
    while true {
      if output.count == output.capacity || output.capacity < 65_536 {
        guard output.reserve(min(most, max(65_536, output.capacity * 2))) else {
          return damage("inflates to more than the memory holds")
        }
      }
      let room = min(output.capacity, most)
      var target = unsafe ZSTD_outBuffer(dst: output.start, size: room, pos: output.count)
      let left = unsafe ZSTD_decompressStream(stream, &target, &source)
      guard ZSTD_isError(left) == 0 else {
        return damage(
          frame == 0 ? "the zstd data is damaged or cut short" : "the zstd frame at this offset is damaged or cut short"
        )
      }
      output.count = unsafe target.pos
      if Int64(output.count) > limit {
        return damage("inflates to more than \(limit) bytes")
      }
      let isAtEnd = unsafe source.pos == source.size
      if left == 0 {
        if isAtEnd { return nil }
        unsafe (frame, kept) = (source.pos, output.count)
      } else if isAtEnd, output.count < room {
        // It waits for more than there is.
        return damage(
          frame == 0 ? "the zstd data is damaged or cut short" : "the zstd frame at this offset is damaged or cut short"
        )
      }
    }
  }
}
