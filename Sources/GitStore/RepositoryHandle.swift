internal import CLibgit2
internal import PushModel

/// One libgit2 repository, freed with its owner. Every question here only reads.
@safe struct RepositoryHandle: ~Copyable {
  let pointer: OpaquePointer
  /// Set where the user's own configuration could not be read.
  private(set) var configurationNote: String?

  init(path: String) throws(GitStoreError) {
    guard Libgit2.isReady else { throw GitStoreError("libgit2 cannot be initialised: \(Libgit2.lastError().message)") }
    try PlainFiles.require(at: path)
    var repository: OpaquePointer?
    var code = unsafe git_repository_open_ext(&repository, path, 0, nil)
    if code != 0, Libgit2.lastError().category == Int32(GIT_ERROR_CONFIG.rawValue) || Self.failsOutside(path, code) {
      // The user's own configuration is only wanted for `insteadOf`: a broken or unreadable one must not stop an audit.
      let reason = Libgit2.lastError().message
      Libgit2.readUserConfiguration(false)
      code = unsafe git_repository_open_ext(&repository, path, 0, nil)
      if code == 0 {
        configurationNote = "\(path): your own git configuration is left out, with its insteadOf: \(reason)"
      } else {
        Libgit2.readUserConfiguration(true)
        throw Self.failure(path, code, reason)
      }
    }
    guard code == 0, let repository = unsafe repository else {
      throw Self.failure(path, code, Libgit2.lastError().message)
    }
    unsafe pointer = repository
  }

  deinit { unsafe git_repository_free(pointer) }

  /// Whether opening failed on a file that is not the repository's: `failed to stat '/home/NAME/.gitconfig'`.
  private static func failsOutside(_ path: String, _ code: Int32) -> Bool {
    code != GIT_ENOTFOUND.rawValue && Libgit2.lastError().message.contains("config")
      && !Libgit2.lastError().message.contains("extension")
  }

  private static func failure(_ path: String, _ code: Int32, _ reason: String) -> GitStoreError {
    if reason.contains("objectformat") {
      return GitStoreError(
        "\(path): the repository names its objects by SHA-256, which libgit2 1.5 cannot read",
        hints: ["CodeCommit repositories are SHA-1: clone the repository again"])
    }
    if reason.contains("refstorage") {
      return GitStoreError(
        "\(path): the repository keeps its refs as reftables, which libgit2 1.5 cannot read",
        hints: ["convert a copy: git refs migrate --ref-format=files, or clone again with --ref-format=files"])
    }
    if code == GIT_ENOTFOUND.rawValue {
      return GitStoreError("\(path): not a git repository, nor inside one")
    }
    return GitStoreError("\(path): cannot be opened as a git repository: \(reason)")
  }

  var isBare: Bool { unsafe git_repository_is_bare(pointer) == 1 }
  /// The list of boundaries is the main worktree's; libgit2 looks for one beside each linked worktree's HEAD.
  var isShallow: Bool { Files.text(commonDirectory + "shallow")?.isEmpty == false }
  /// A line of that list which is none of git's: git reads nothing of such a repository.
  var badBoundary: String? {
    let lines = (Files.bytes(commonDirectory + "shallow") ?? []).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let last = lines.last?.isEmpty == true ? lines.dropLast() : lines[...]
    return last.first { ObjectID(hex: String(decoding: $0.prefix(40), as: UTF8.self)) == nil }.map {
      String(decoding: $0.prefix(60), as: UTF8.self)
    }
  }
  /// Ends in a slash.
  var gitDirectory: String { unsafe String(cString: git_repository_path(pointer)) }
  /// Ends in a slash.
  var commonDirectory: String { unsafe String(cString: git_repository_commondir(pointer)) }

  // MARK: - Configuration

  struct Entry {
    var name: String
    var value: String
  }

  func configuration() -> [Entry] {
    var config: OpaquePointer?
    guard unsafe git_repository_config(&config, pointer) == 0, let config = unsafe config else { return [] }
    defer { unsafe git_config_free(config) }
    return unsafe Self.entries(of: config)
  }

  /// The user's and the system's own, outside of any repository; empty where it cannot be read.
  static func userConfiguration() -> [Entry] {
    var config: OpaquePointer?
    guard Libgit2.isReady, unsafe git_config_open_default(&config) == 0, let config = unsafe config else { return [] }
    defer { unsafe git_config_free(config) }
    return unsafe entries(of: config)
  }

  private static func entries(of config: OpaquePointer) -> [Entry] {
    var iterator: OpaquePointer?
    guard unsafe git_config_iterator_new(&iterator, config) == 0, let iterator = unsafe iterator else { return [] }
    defer { unsafe git_config_iterator_free(iterator) }
    var entries: [Entry] = []
    var entry: UnsafeMutablePointer<git_config_entry>?
    while unsafe git_config_next(&entry, iterator) == 0, let found = unsafe entry {
      unsafe entries.append(
        Entry(
          name: String(cString: found.pointee.name),
          value: found.pointee.value.map { unsafe String(cString: $0) } ?? ""))
    }
    return entries
  }

  // MARK: - Refs

  /// Every ref that leads to an object, without peeling: peeling tens of thousands of refs costs fifty times as much.
  func refs(path: String) throws(GitStoreError) -> [Clone.LocalRef] {
    var iterator: OpaquePointer?
    guard unsafe git_reference_iterator_new(&iterator, pointer) == 0, let iterator = unsafe iterator else {
      throw GitStoreError("\(path): its refs cannot be read: \(Libgit2.lastError().message)")
    }
    defer { unsafe git_reference_iterator_free(iterator) }
    var refs: [Clone.LocalRef] = []
    while true {
      var reference: OpaquePointer?
      let code = unsafe git_reference_next(&reference, iterator)
      if code == GIT_ITEROVER.rawValue { break }
      guard code == 0, let reference = unsafe reference else {
        throw GitStoreError("\(path): its refs cannot be read: \(Libgit2.lastError().message)")
      }
      defer { unsafe git_reference_free(reference) }
      guard let target = unsafe git_reference_target(reference) else { continue }
      unsafe refs.append(
        Clone.LocalRef(name: RefName(String(cString: git_reference_name(reference))), target: Self.id(target)))
    }
    return refs.sorted { $0.name < $1.name }
  }

  func head() -> ObjectID? {
    var id = git_oid()
    guard unsafe git_reference_name_to_id(&id, pointer, "HEAD") == 0 else { return nil }
    return unsafe Self.id(&id)
  }

  func symbolicTarget(_ name: String) -> String? {
    if Files.isOdd(commonDirectory + name) || Files.isOdd(gitDirectory + name) { return nil }
    var reference: OpaquePointer?
    guard unsafe git_reference_lookup(&reference, pointer, name) == 0, let reference = unsafe reference else {
      return nil
    }
    defer { unsafe git_reference_free(reference) }
    return unsafe git_reference_symbolic_target(reference).map { unsafe String(cString: $0) }
  }

  // MARK: - Reflogs

  func reflog(_ name: String) -> [ReflogEntry] {
    guard unsafe git_reference_has_log(pointer, name) == 1 else { return [] }
    var log: OpaquePointer?
    guard unsafe git_reflog_read(&log, pointer, name) == 0, let log = unsafe log else { return [] }
    defer { unsafe git_reflog_free(log) }
    // libgit2 counts from the newest.
    let count = unsafe git_reflog_entrycount(log)
    return (0..<count).reversed().compactMap { index in
      guard let entry = unsafe git_reflog_entry_byindex(log, index),
        let old = unsafe git_reflog_entry_id_old(entry), let new = unsafe git_reflog_entry_id_new(entry),
        let committer = unsafe git_reflog_entry_committer(entry)
      else { return nil }
      var message = unsafe git_reflog_entry_message(entry).map { unsafe String(cString: $0) } ?? ""
      if message.utf8.last == UInt8(ascii: "\r") { message.unicodeScalars.removeLast() }
      return unsafe ReflogEntry(
        old: Self.id(old), new: Self.id(new), time: Timestamp(seconds: committer.pointee.when.time), message: message)
    }
  }

  private static func id(_ oid: UnsafePointer<git_oid>) -> ObjectID {
    unsafe ObjectID(rawBytes: UnsafeRawBufferPointer(start: oid, count: 20)) ?? .zero
  }
}
