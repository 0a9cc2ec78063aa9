internal import Glibc

/// A whole file, mapped into memory for reading: what is never looked at is never read.
///
/// Git replaces its graphs and indexes as whole files and never writes into one, so that what is mapped stays as it was.
@safe final class MappedFile: Sendable {
  // Never written to, and there as long as this object is.
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  /// `nil` if there is no such file, it is empty, or it cannot be read.
  init?(path: String) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_size > 0,
      let start = unsafe mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0),
      unsafe start != MAP_FAILED
    else { return nil }
    unsafe bytes = UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
  }

  var size: Int { unsafe bytes.count }

  deinit { unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}

extension UnsafeRawBufferPointer {
  /// A number as git's files store them: big-endian, anywhere.
  func bigEndian<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Number.Type) -> Number {
    Number(bigEndian: unsafe loadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}
