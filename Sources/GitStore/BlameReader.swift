internal import CLibgit2
public import PushModel

#if canImport(Glibc)
  internal import Glibc
#endif

extension Clone {
  /// Blames a file of a revision (HEAD where none is named). `file` is relative to `folder`, the folder in which the user
  /// stands, where that is inside the worktree; else to the top of the repository.
  public func blame(
    file: String, in folder: String, revision: String?, range: LineRange?
  ) throws(GitStoreError) -> FileBlame {
    let spec = revision ?? "HEAD"
    let commit = try commit(named: spec)
    let path = try pathInRepository(file, folder)
    let text = try fileText(path, commit, spec)
    var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    let start = range?.start ?? 1
    let end = min(range?.end ?? lines.count, lines.count)
    guard range == nil || start <= lines.count else {
      throw GitStoreError(
        "\(file) has only \(lines.count == 1 ? "1 line" : "\(lines.count) lines") in \(spec), and line \(start) was asked for"
      )
    }
    var result = FileBlame(revision: commit, path: path)
    guard !lines.isEmpty else { return result }
    for hunk in try hunks(path, commit, start...end) {
      for number in hunk.lines where number >= start && number <= end {
        result.lines.append(
          FileBlame.Line(number: number, commit: hunk.commit, text: String(decoding: lines[number - 1], as: UTF8.self)))
      }
      if result.commits[hunk.commit] == nil { result.commits[hunk.commit] = try signature(of: hunk.commit) }
    }
    result.lines.sort { $0.number < $1.number }
    return result
  }

  // MARK: - What is blamed

  private func commit(named spec: String) throws(GitStoreError) -> ObjectID {
    var object: OpaquePointer?
    guard unsafe git_revparse_single(&object, handle.pointer, spec) == 0, let object = unsafe object else {
      throw GitStoreError("\(path): there is no revision '\(spec)'")
    }
    defer { unsafe git_object_free(object) }
    var peeled: OpaquePointer?
    guard unsafe git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) == 0, let peeled = unsafe peeled else {
      throw GitStoreError("\(path): '\(spec)' is no commit")
    }
    defer { unsafe git_object_free(peeled) }
    guard let id = unsafe git_object_id(peeled) else { throw GitStoreError("\(path): '\(spec)' is no commit") }
    return unsafe ObjectID(rawBytes: UnsafeRawBufferPointer(start: id, count: 20)) ?? .zero
  }

  private func pathInRepository(_ file: String, _ folder: String) throws(GitStoreError) -> String {
    var parts: [Substring] = []
    if let top = unsafe git_repository_workdir(handle.pointer).map({ unsafe String(cString: $0) }) {
      let here = Self.real(folder).map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
      let top = Self.real(top).map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? top
      if file.hasPrefix("/") {
        // The file itself may be gone from the worktree: its folder's real path is enough.
        let slash = file.lastIndex(of: "/") ?? file.startIndex
        let parent = Self.real(String(file[...slash])).map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
        guard parent.hasPrefix(top) else { throw GitStoreError("\(file) is outside of \(path)") }
        return String(parent.dropFirst(top.count) + file[file.index(after: slash)...])
      }
      if here.hasPrefix(top) { parts = here.dropFirst(top.count).split(separator: "/") }
    }
    for part in file.split(separator: "/") where part != "." {
      guard part == ".." else {
        parts.append(part)
        continue
      }
      guard parts.popLast() != nil else { throw GitStoreError("\(file) is outside of \(path)") }
    }
    guard !parts.isEmpty else { throw GitStoreError("'\(file)' names no file") }
    return parts.joined(separator: "/")
  }

  /// A path without links; `nil` where there is nothing.
  private static func real(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  private func fileText(_ path: String, _ commit: ObjectID, _ spec: String) throws(GitStoreError) -> [UInt8] {
    var object: OpaquePointer?
    // The id keeps a path with a colon from being read as anything else.
    guard unsafe git_revparse_single(&object, handle.pointer, "\(commit.hex):\(path)") == 0, let object = unsafe object
    else {
      throw GitStoreError(
        "\(path) is not in \(spec) (\(commit.short))",
        hints: ["only what is committed is blamed; --rev REVISION looks elsewhere, or the clone lacks the file's tree"])
    }
    defer { unsafe git_object_free(object) }
    guard unsafe git_object_type(object) == GIT_OBJECT_BLOB else {
      throw GitStoreError("\(path) is no file in \(spec)")
    }
    guard let start = unsafe git_blob_rawcontent(object) else { return [] }
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: Int(git_blob_rawsize(object))))
  }

  // MARK: - libgit2's blame

  private struct Hunk {
    var lines: Range<Int>
    var commit: ObjectID
  }

  private func hunks(
    _ path: String, _ commit: ObjectID, _ range: ClosedRange<Int>
  ) throws(GitStoreError) -> [Hunk] {
    var options = git_blame_options()
    guard unsafe git_blame_options_init(&options, UInt32(GIT_BLAME_OPTIONS_VERSION)) == 0 else {
      throw GitStoreError("libgit2 cannot blame: \(Libgit2.lastError().message)")
    }
    unsafe withUnsafeMutableBytes(of: &options.newest_commit) { unsafe $0.copyBytes(from: commit.rawBytes) }
    options.min_line = range.lowerBound
    options.max_line = range.upperBound
    var blame: OpaquePointer?
    guard unsafe git_blame_file(&blame, handle.pointer, path, &options) == 0, let blame = unsafe blame else {
      let reason = Libgit2.lastError().message
      throw GitStoreError(
        "\(path) cannot be blamed: \(reason)",
        hints: isShallow
          ? ["the clone is shallow: git fetch --unshallow brings the history that is missing"]
          : isPartial ? ["the clone is partial: git fetch --refetch --no-filter brings what is missing"] : [])
    }
    defer { unsafe git_blame_free(blame) }
    return unsafe (0..<git_blame_get_hunk_count(blame)).compactMap { index in
      guard let hunk = unsafe git_blame_get_hunk_byindex(blame, index) else { return nil }
      let start = unsafe Int(hunk.pointee.final_start_line_number)
      let count = unsafe Int(hunk.pointee.lines_in_hunk)
      let id = unsafe withUnsafeBytes(of: hunk.pointee.final_commit_id) { unsafe ObjectID(rawBytes: $0) }
      return Hunk(lines: start..<start + count, commit: id ?? .zero)
    }
  }

  private func signature(of id: ObjectID) throws(GitStoreError) -> FileBlame.Commit {
    var oid = git_oid()
    unsafe withUnsafeMutableBytes(of: &oid) { unsafe $0.copyBytes(from: id.rawBytes) }
    var commit: OpaquePointer?
    guard unsafe git_commit_lookup(&commit, handle.pointer, &oid) == 0, let commit = unsafe commit else {
      throw GitStoreError("\(path): commit \(id) cannot be read: \(Libgit2.lastError().message)")
    }
    defer { unsafe git_commit_free(commit) }
    guard let author = unsafe git_commit_author(commit) else {
      throw GitStoreError("\(path): commit \(id) has no author")
    }
    return unsafe FileBlame.Commit(
      authorName: author.pointee.name.map { unsafe String(cString: $0) } ?? "",
      authorEmail: author.pointee.email.map { unsafe String(cString: $0) } ?? "",
      authored: Timestamp(seconds: author.pointee.when.time),
      committed: Timestamp(seconds: git_commit_time(commit)))
  }
}
