public import Correlation
internal import GitStore
internal import PushModel

extension Pushtrail {
  /// Who pushed each line of a committed file. `file` is relative to the first clone's folder, as git takes it; `lines` are
  /// counted from 1, to the end of the file where `end` is `nil`.
  public static func blame(
    _ options: Options, file: String, revision: String? = nil, lines: (start: Int, end: Int?)? = nil
  ) throws(PushtrailError) -> Blame {
    let folder = options.clones.first ?? "."
    let blamed: FileBlame
    do {
      blamed = try Clone(path: folder).blame(
        file: file, in: folder, revision: revision, range: lines.map { LineRange(start: $0.start, end: $0.end) })
    } catch {
      throw PushtrailError(error.message, hints: error.hints)
    }
    var options = options
    options.commits = .all
    (options.since, options.until) = (nil, nil)
    return Blame(blamed, report: try report(options), clockSkew: options.clockSkew)
  }
}
