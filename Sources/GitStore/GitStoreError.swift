internal import CLibgit2

/// Why a clone could not be read at all. What can be read in part is said by the clone's notes instead.
public struct GitStoreError: Error, Hashable, Sendable {
  /// One sentence that names the place.
  public var message: String
  public var hints: [String]

  public init(_ message: String, hints: [String] = []) {
    self.message = message
    self.hints = hints
  }
}

/// libgit2, set up once for the process.
enum Libgit2 {
  /// Lets folders of other owners be read, and repositories with extensions that do not matter to history: libgit2 runs
  /// no hook and no configured command. Reftable and SHA-256 are never forced: libgit2 would then report an empty
  /// repository.
  static let isReady: Bool = {
    guard git_libgit2_init() > 0 else { return false }
    _ = pushtrail_set_owner_validation(0)
    // Each object is read once: what libgit2 would keep of it only costs room.
    _ = pushtrail_set_caching(0)
    _ = pushtrail_set_cache_max_size(64 << 20)
    let result = unsafe "partialclone".withCString { partial in
      unsafe "worktreeconfig".withCString { worktree in
        unsafe "preciousobjects".withCString { precious in
          var names: [UnsafePointer<CChar>?] = unsafe [partial, worktree, precious]
          return unsafe pushtrail_set_extensions(&names, names.count)
        }
      }
    }
    return result == 0
  }()

  /// Whether the configuration outside repositories (the user's, the machine's) is read.
  static func readUserConfiguration(_ isRead: Bool) {
    for level in [GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA]
    {
      // Without a path, libgit2 goes back to the usual place.
      _ = unsafe pushtrail_set_search_path(level.rawValue, isRead ? nil : "")
    }
  }

  /// What libgit2 says of the call that just failed on this thread.
  static func lastError() -> (message: String, category: Int32) {
    guard let error = unsafe git_error_last() else { return ("unknown error", 0) }
    let message = unsafe error.pointee.message.map { unsafe String(cString: $0) } ?? "unknown error"
    return (message, unsafe error.pointee.klass)
  }
}
