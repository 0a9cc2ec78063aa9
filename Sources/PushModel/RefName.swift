/// A whole ref name, such as `refs/heads/feature/x`.
///
/// Names come from logs and may hold anything; they are kept as they are and escaped only where they are shown.
public struct RefName: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The whole name.
  public let rawValue: String

  public init(_ rawValue: String) { self.rawValue = rawValue }

  /// `refs/heads/NAME`.
  public static func branch(_ name: String) -> RefName { RefName("refs/heads/" + name) }

  /// `refs/tags/NAME`.
  public static func tag(_ name: String) -> RefName { RefName("refs/tags/" + name) }

  public var isBranch: Bool { rawValue.hasPrefix("refs/heads/") }
  public var isTag: Bool { rawValue.hasPrefix("refs/tags/") }

  /// The name without `refs/heads/` or `refs/tags/`; whole for any other ref.
  public var shorthand: String {
    if isBranch { return String(rawValue.dropFirst("refs/heads/".count)) }
    if isTag { return String(rawValue.dropFirst("refs/tags/".count)) }
    return rawValue
  }

  public var description: String { rawValue }

  /// Two names are one only if their bytes are, as in git: Swift's own comparison takes accents written in two ways for
  /// the same.
  public static func == (left: Self, right: Self) -> Bool {
    // Byte by byte costs several times as much.
    let left = unsafe left.rawValue.utf8.span.bytes
    let right = unsafe right.rawValue.utf8.span.bytes
    guard left.byteCount == right.byteCount else { return false }
    var offset = 0
    while offset + 8 <= left.byteCount {
      let (one, other) = unsafe (
        left.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self),
        right.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
      )
      if one != other { return false }
      offset += 8
    }
    while offset < left.byteCount {
      let (one, other) = unsafe (
        left.unsafeLoad(fromByteOffset: offset, as: UInt8.self),
        right.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
      )
      if one != other { return false }
      offset += 1
    }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    unsafe rawValue.utf8.span.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }

  /// Orders by the name's UTF-8 bytes, as git does.
  public static func < (left: Self, right: Self) -> Bool {
    let left = left.rawValue.utf8.span
    let right = right.rawValue.utf8.span
    for index in 0..<min(left.count, right.count) where left[index] != right[index] {
      return left[index] < right[index]
    }
    return left.count < right.count
  }
}
