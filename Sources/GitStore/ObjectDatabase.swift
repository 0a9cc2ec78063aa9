internal import CLibgit2
internal import PushModel

/// A clone's objects, read raw: for history only a commit's header matters, and parsing it here is several times faster
/// than libgit2's own commit type.
@safe struct ObjectDatabase: ~Copyable {
  private let handle: OpaquePointer

  init?(repository: OpaquePointer) {
    var odb: OpaquePointer?
    guard unsafe git_repository_odb(&odb, repository) == 0, let odb = unsafe odb else { return nil }
    unsafe handle = odb
  }

  deinit { unsafe git_odb_free(handle) }

  enum Outcome {
    case commit(parents: [ObjectID], time: Int64)
    case tag(target: ObjectID)
    case other
    case absent
    /// The object is there and cannot be read.
    case damaged(String)
  }

  func read(_ id: ObjectID) -> Outcome {
    var oid = git_oid()
    unsafe withUnsafeMutableBytes(of: &oid) { unsafe $0.copyBytes(from: id.rawBytes) }
    var object: OpaquePointer?
    let code = unsafe git_odb_read(&object, handle, &oid)
    guard code == 0, let object = unsafe object else {
      if code == GIT_ENOTFOUND.rawValue { return .absent }
      return .damaged(Libgit2.lastError().message)
    }
    defer { unsafe git_odb_object_free(object) }
    let bytes = unsafe UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object))
    switch unsafe git_odb_object_type(object) {
    case GIT_OBJECT_COMMIT: return unsafe Self.parseCommit(bytes)
    case GIT_OBJECT_TAG: return unsafe Self.parseTag(bytes)
    default: return .other
    }
  }

  private static func parseCommit(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    var parents: [ObjectID] = []
    var time: Int64?
    var lines = unsafe HeaderLines(bytes)
    while let line = unsafe lines.next() {
      if unsafe line.starts(with: "parent ".utf8) {
        guard let parent = unsafe ObjectID(hexDigits: line.dropFirst(7)) else {
          return .damaged("a parent line is broken")
        }
        parents.append(parent)
      } else if unsafe line.starts(with: "committer ".utf8) {
        time = unsafe Self.time(inSignature: line)
      }
    }
    return .commit(parents: parents, time: time ?? 0)
  }

  /// `committer NAME <MAIL> SECONDS ZONE`: the number after the last `>`. What is not a number counts as 0, as in git.
  private static func time(inSignature line: Slice<UnsafeRawBufferPointer>) -> Int64 {
    guard let end = unsafe line.lastIndex(of: UInt8(ascii: ">")) else { return 0 }
    var seconds: Int64 = 0
    var position = end + 1
    while unsafe position < line.endIndex, unsafe line[position] == UInt8(ascii: " ") { position += 1 }
    while unsafe position < line.endIndex {
      let byte = unsafe line[position]
      position += 1
      guard (0x30...0x39).contains(byte) else { break }
      let (product, overflow) = seconds.multipliedReportingOverflow(by: 10)
      guard !overflow, product < .max - 9 else { return 0 }
      seconds = product + Int64(byte - 0x30)
    }
    return seconds
  }

  private static func parseTag(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    var lines = unsafe HeaderLines(bytes)
    while let line = unsafe lines.next() {
      if unsafe line.starts(with: "object ".utf8), let target = unsafe ObjectID(hexDigits: line.dropFirst(7)) {
        return .tag(target: target)
      }
    }
    return .damaged("a tag names no object")
  }
}

/// The lines of an object's header, up to its empty line.
@unsafe private struct HeaderLines {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

  mutating func next() -> Slice<UnsafeRawBufferPointer>? {
    guard unsafe position < bytes.count else { return nil }
    var end = unsafe position
    while unsafe end < bytes.count, unsafe bytes[end] != UInt8(ascii: "\n") { end += 1 }
    let line = unsafe bytes[position..<end]
    unsafe position = end + 1
    return unsafe line.isEmpty ? nil : line
  }
}
