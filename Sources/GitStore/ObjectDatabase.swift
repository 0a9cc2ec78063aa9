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

  /// One pack alone, by its index.
  init?(pack index: String) {
    var backend: OpaquePointer?
    guard unsafe git_odb_backend_one_pack(&backend, index) == 0, let backend = unsafe backend else { return nil }
    unsafe self.init(only: backend)
  }

  /// The loose objects of one directory alone.
  init?(looseIn directory: String) {
    var backend: OpaquePointer?
    guard unsafe git_odb_backend_loose(&backend, directory, -1, 0, 0, 0) == 0, let backend = unsafe backend else {
      return nil
    }
    unsafe self.init(only: backend)
  }

  private init?(only backend: OpaquePointer) {
    var odb: OpaquePointer?
    guard unsafe git_odb_new(&odb) == 0, let odb = unsafe odb else { return nil }
    // From here on the database frees its backend.
    guard unsafe git_odb_add_backend(odb, backend, 1) == 0 else {
      unsafe git_odb_free(odb)
      return nil
    }
    unsafe handle = odb
  }

  deinit { unsafe git_odb_free(handle) }

  enum Outcome {
    case commit(parents: [ObjectID], time: Int64)
    /// By its own word, only a tag of a tree or a blob leads to no commit.
    case tag(target: ObjectID, mayLeadToCommit: Bool)
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
    guard let time = unsafe parseCommit(bytes, parents: &parents) else { return .damaged("a parent line is broken") }
    return .commit(parents: parents, time: time)
  }

  /// Appends a commit's parents and returns its committer's time; `nil` if a parent line is broken.
  static func parseCommit(_ bytes: UnsafeRawBufferPointer, parents: inout [ObjectID]) -> Int64? {
    var time: Int64 = 0
    var header = unsafe ObjectHeader(bytes)
    while let line = unsafe header.next() {
      if unsafe line.has("parent ") {
        guard let parent = unsafe line.id(from: 7) else { return nil }
        parents.append(parent)
      } else if unsafe line.has("committer ") {
        time = unsafe line.timeOfSignature
      }
    }
    return time
  }

  private static func parseTag(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    var target: ObjectID?
    var mayLeadToCommit = true
    var header = unsafe ObjectHeader(bytes)
    while let line = unsafe header.next() {
      if target == nil, unsafe line.has("object ") {
        target = unsafe line.id(from: 7)
      } else if unsafe line.reads("type tree") {
        mayLeadToCommit = false
      } else if unsafe line.reads("type blob") {
        mayLeadToCommit = false
      }
    }
    guard let target else { return .damaged("a tag names no object") }
    return .tag(target: target, mayLeadToCommit: mayLeadToCommit)
  }
}
