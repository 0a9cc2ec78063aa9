internal import Glibc

/// The text of one file after the other, inflated where it is compressed, in buffers that are used again.
final class FileText {
  private let limit: Int64
  private let standardInput: CInt
  private let input: ByteBuffer
  private let inflated: ByteBuffer
  private let gzip: GzipInflater
  private let zstd: ZstdInflater

  /// `nil` where there is no memory.
  init?(limit: Int64, standardInput: CInt, expecting size: Int = 1 << 20) {
    guard let input = ByteBuffer(capacity: 1 << 18), let inflated = ByteBuffer(capacity: size),
      let gzip = GzipInflater(), let zstd = ZstdInflater()
    else { return nil }
    self.limit = limit
    self.standardInput = standardInput
    self.input = input
    self.inflated = inflated
    self.gzip = gzip
    self.zstd = zstd
  }

  /// What a file gave: as much of its text as could be had, and what was wrong with the rest.
  struct Loaded {
    /// `nil` where there is none at all. It is overwritten by the next file's.
    var text: ByteBuffer?
    /// The file as it lies on disk; `nil` where it could not be read.
    var bytes: ByteBuffer?
    var stamp: FileStamp?
    var damage: GzipInflater.Damage?

    /// Bytes as they lie on disk.
    var size: Int { bytes?.count ?? 0 }
  }

  /// Loads a file; where nothing could be read, `damage` has the offset -1.
  func load(_ file: TrailFile) -> Loaded {
    var stamp: FileStamp?
    if let reason = fill(file, &stamp) { return Loaded(damage: GzipInflater.Damage(offset: -1, reason: reason)) }
    var loaded = Loaded(text: input, bytes: input, stamp: stamp)
    if GzipInflater.isGzip(input) {
      loaded.damage = gzip.inflate(input, into: inflated, limit: limit)
    } else if ZstdInflater.isZstd(input) {
      loaded.damage = zstd.inflate(input, into: inflated, limit: limit)
    } else {
      return loaded
    }
    loaded.text = loaded.damage == nil || inflated.count > 0 ? inflated : nil
    return loaded
  }

  /// A text that was kept, in the same buffer; `nil` where there is no memory.
  func holding(_ text: [UInt8]) -> ByteBuffer? { input.fill(from: text) ? input : nil }

  private func fill(_ file: TrailFile, _ stamp: inout FileStamp?) -> String? {
    if file.isStandardInput { return input.fill(from: standardInput, limit: limit) }
    let path = file.bytes.map { CChar(bitPattern: $0) } + [0]
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "cannot be opened: \(TrailInputs.lastError())" }
    defer { close(descriptor) }
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0 { stamp = FileStamp(status) }
    return input.fill(from: descriptor, limit: limit)
  }
}
