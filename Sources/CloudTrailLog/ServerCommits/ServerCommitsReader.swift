public import PushModel

/// Reads what `aws codecommit batch-get-commits` and `get-commit` answered: one JSON document or several, one after the
/// other or in an array.
///
/// Source: CodeCommit API Reference, "BatchGetCommits", "GetCommit", "Commit", "UserInfo".
public struct ServerCommitsReader: Sendable {
  private let maximumFileSize: Int64

  public init(maximumFileSize: Int64 = 3 << 30) { self.maximumFileSize = maximumFileSize }

  public func read(_ paths: [String]) throws(TrailError) -> ServerCommits {
    var result = ServerCommits()
    guard !paths.isEmpty else { return result }
    guard let source = FileText(limit: maximumFileSize, standardInput: 0, expecting: 1 << 16), let parser = JSONParser()
    else { throw TrailError(message: "there is no memory to read the server's commits") }
    var commits: [ObjectID: ServerCommits.Commit] = [:]
    var gone: Set<ObjectID> = []
    for path in paths {
      let loaded = source.load(TrailFile(bytes: Array(path.utf8), isNamed: true))
      guard let text = loaded.text, loaded.damage == nil else {
        throw TrailError(message: "\(path): \(loaded.damage?.reason ?? "cannot be read")")
      }
      var file = ServerCommitsFile(name: path, parser: parser)
      try file.read(text)
      for commit in file.commits {
        if let known = commits[commit.id], known != commit {
          throw TrailError(message: "\(path): commit \(commit.id) is told in two ways; a commit never changes")
        }
        commits[commit.id] = commit
        result.files[commit.id] = path
      }
      gone.formUnion(file.gone)
    }
    result.commits = commits.values.sorted { $0.id < $1.id }
    result.gone = gone.filter { commits[$0] == nil }
    return result
  }
}

/// One file of such answers.
private struct ServerCommitsFile {
  let name: String
  let parser: JSONParser
  private(set) var commits: [ServerCommits.Commit] = []
  private(set) var gone: Set<ObjectID> = []

  private static let wanted = "aws codecommit batch-get-commits --output json ... > FILE makes such a file"

  init(name: String, parser: JSONParser) {
    self.name = name
    self.parser = parser
  }

  mutating func read(_ text: ByteBuffer) throws(TrailError) {
    text.blankByteOrderMark()
    var items: [CarefulScan.Item] = []
    var scan = CarefulScan(text, from: 0)
    scan.run { items.append($0) }
    var number = 0
    for item in items {
      switch item {
      case .logFile, .export: break
      case .element(let range, _), .text(let range):
        number += 1
        switch parser.parse(text, range) {
        case .value(let value): try answer(value, number)
        case .failure(let reason):
          throw failure("answer \(number) at byte \(range.lowerBound) is broken JSON: \(reason)")
        }
      case .broken(let offset, let reason, _): throw failure("after answer \(number), at byte \(offset): \(reason)")
      }
    }
    if number == 0 { throw failure("the file holds no answer") }
  }

  private func failure(_ reason: String) -> TrailError {
    TrailError(message: "\(name): \(reason)", hints: [Self.wanted])
  }

  private mutating func answer(_ value: JSONValue, _ number: Int) throws(TrailError) {
    let list = value["commits"]
    if let single = value["commit"] {
      try commit(single, "answer \(number)")
    } else if list != nil || value["errors"] != nil {
      for (name, member) in [("commits", list), ("errors", value["errors"])] {
        guard let member, !member.isNull, member.kind != .array else { continue }
        throw failure("answer \(number): \(name) is not an array")
      }
      for (index, entry) in (list?.elements ?? []).enumerated() {
        try commit(entry, "answer \(number), commit \(index + 1)")
      }
      for (index, entry) in (value["errors"]?.elements ?? []).enumerated() {
        try error(entry, "answer \(number), error \(index + 1)")
      }
    } else {
      let names = value.members.prefix(4).map(\.name).joined(separator: ", ")
      throw failure(
        "answer \(number) is no output of batch-get-commits or get-commit" + (names.isEmpty ? "" : ": it has \(names)"))
    }
  }

  private mutating func commit(_ value: JSONValue, _ place: String) throws(TrailError) {
    var fields = RecordFields()
    guard value.isObject else { throw failure("\(place) is not an object") }
    let id = fields.objectID(value, "commitId")
    var parents: [ObjectID] = []
    for parent in fields.array(value, "parents") {
      guard let id = parent.text.flatMap({ ObjectID(hex: $0) }), !id.isZero else {
        throw failure("\(place): one of its parents is no object id")
      }
      parents.append(id)
    }
    // Without the member a root and a cut answer could not be told apart.
    if value["parents"] == nil { throw failure("\(place): parents is absent") }
    let date = fields.text(fields.object(value, "committer"), "date")
    guard fields.damage.isEmpty, let id else {
      throw failure("\(place): \(fields.damage.first ?? "commitId is absent")")
    }
    guard let committed = date.flatMap(Self.time) else {
      throw failure("\(place): committer.date \(date.map { "\"\($0)\" is no time" } ?? "is absent")")
    }
    commits.append(ServerCommits.Commit(id: id, parents: parents, committed: committed))
  }

  private mutating func error(_ value: JSONValue, _ place: String) throws(TrailError) {
    var fields = RecordFields()
    let id = fields.text(value, "commitId")
    let code = fields.text(value, "errorCode") ?? ""
    guard fields.damage.isEmpty, let id else {
      throw failure("\(place): \(fields.damage.first ?? "commitId is absent")")
    }
    // Any other error (a key, a malformed id) says nothing of whether the commit is there.
    if code.contains("DoesNotExist") || code.contains("NotFound"), !code.contains("Key"), let id = ObjectID(hex: id) {
      gone.insert(id)
    }
  }

  /// `1484167798 -0800`, as git writes it raw; an ISO date is understood too.
  private static func time(_ text: String) -> Timestamp? {
    if let time = Timestamp(iso8601: text) { return time }
    let words = text.split(separator: " ")
    guard (1...2).contains(words.count), let seconds = Int64(words[0]), seconds.magnitude < 1 << 50 else { return nil }
    if words.count == 2 {
      let zone = words[1]
      guard zone.utf8.count == 5, zone.hasPrefix("+") || zone.hasPrefix("-"), zone.dropFirst().allSatisfy(\.isNumber)
      else { return nil }
    }
    return Timestamp(seconds: seconds)
  }
}
