import Foundation
import PushModel
import Testing

@testable import GitStore

/// What is read of a clone's files without libgit2 is what libgit2 and git read there.
@Suite struct ObjectFileTests {
  private func read(_ id: ObjectID, _ clone: Clone) -> String {
    switch clone.read(id) {
    case .commit(let parents, let time): "commit \(parents) \(time)"
    case .tag, .other: "other"
    case .absent: "absent"
    case .damaged(let reason): "damaged: \(reason)"
    }
  }

  @Test func everyCommitIsFoundWhereverItLies() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    for number in 0..<4 {
      try world.git("commit", "-q", "--allow-empty", "-m", "more \(number)", in: author)
      if number < 3 { try world.git("repack", "-q", "-d", in: author) }
    }
    let ids = world.ids(try world.git("rev-list", "--all", in: author))
    let absent = ids.map { id in ObjectID(hex: String(id.hex.reversed())) }
    func check(_ path: String, _ form: Comment) throws {
      let clone = try Clone(path: path)
      for id in ids {
        let line = try world.git("log", "-1", "--format=%P %ct", id.hex, in: path).split(separator: " ")
        let parents = line.dropLast().compactMap { ObjectID(hex: $0) }
        #expect(read(id, clone) == "commit \(parents) \(line.last ?? "")", form)
      }
      for case let id? in absent where !ids.contains(id) { #expect(read(id, clone) == "absent", form) }
    }
    try check(author, "three packs and loose")
    try world.git("multi-pack-index", "write", in: author)
    try check(author, "a multi-pack-index")
    let borrower = world.path("borrower.git")
    try world.git("clone", "-q", "--bare", "--shared", author, borrower)
    try check(borrower, "borrowed")
    let objects = borrower + "/objects"
    try Data("../../\(URL(filePath: author).lastPathComponent)/.git/objects\n".utf8)
      .write(to: URL(filePath: objects + "/info/alternates"))
    if (try? world.git("cat-file", "-e", ids[0].hex, in: borrower)) != nil { try check(borrower, "by a relative path") }
    try world.git("-c", "pack.indexVersion=1", "repack", "-q", "-a", "-d", in: author)
    try check(author, "an index of the old kind")
  }

  /// One copy of an object is damaged, another is not: git reads that, and so does the tool, whichever it is.
  @Test(arguments: ["loose", "packed", "first pack", "second pack", "borrowed"])
  func aSoundCopyBesideADamagedOneIsRead(damaged: String) throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    try world.git("tag", "-a", "-m", "v1", "v1", in: author)
    let objects = author + "/.git/objects"
    let revisions = ["HEAD", "HEAD~1", "v1"]
    let ids = try revisions.map { try world.id($0, in: author) }
    func pack() throws -> String {
      let list = try world.git("rev-list", "--objects", "--all", in: author)
      let name = try world.git(
        "pack-objects", "-q", "--window=0", objects + "/pack/pack", in: author, input: list + "\n")
      return "\(objects)/pack/pack-\(name).pack"
    }
    func garble(_ file: String, at offset: Int) throws {
      var bytes = try Data(contentsOf: URL(filePath: file))
      bytes[offset] ^= 0x55
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
      try bytes.write(to: URL(filePath: file))
    }
    func garble(_ ids: [ObjectID], inPack pack: String) throws {
      for line in try world.git("verify-pack", "-v", pack, in: author).split(separator: "\n") {
        let fields = line.split(separator: " ")
        guard let id = ObjectID(hex: fields[0]), ids.contains(id) else { continue }
        try garble(pack, at: try #require(Int(fields[4])) + 20)
      }
    }
    func garble(_ id: ObjectID, looseIn objects: String) throws {
      try garble("\(objects)/\(id.hex.prefix(2))/\(id.hex.dropFirst(2))", at: 20)
    }
    var path = author
    switch damaged {
    case "loose":
      _ = try pack()
      for id in ids { try garble(id, looseIn: objects) }
    case "packed":
      let pack = try pack()
      try garble(ids, inPack: pack)
    case "first pack", "second pack":
      let first = try pack()
      try world.commit("more", in: author)
      let second = try pack()
      try world.git("prune-packed", in: author)
      try garble(ids, inPack: damaged == "first pack" ? first : second)
    default:
      path = world.path("borrower")
      try world.git("clone", "-q", "--shared", author, path)
      let own = path + "/.git/objects"
      for id in ids {
        let folder = "\(own)/\(id.hex.prefix(2))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let name = "/\(id.hex.prefix(2))/\(id.hex.dropFirst(2))"
        try FileManager.default.copyItem(atPath: objects + name, toPath: own + name)
        try garble(id, looseIn: objects)
      }
    }
    for id in ids { #expect(world.succeeds("cat-file", "-p", id.hex, in: path)) }
    let clone = try Clone(path: path)
    for id in ids.dropLast() {
      let line = try world.git("log", "-1", "--format=%P %ct", id.hex, in: path).split(separator: " ")
      let parents = line.dropLast().compactMap { ObjectID(hex: $0) }
      #expect(read(id, clone) == "commit \(parents) \(line.last ?? "")")
    }
    #expect(read(ids[2], clone) == "other")
    let graph = try GraphLoader.load(clones: [clone], ids: [], told: [])
    #expect((0..<CommitGraph.Node(graph.count)).allSatisfy { graph.isPresent($0) && graph.isComplete($0) })
    #expect(clone.incompleteReason == nil && clone.notes.isEmpty)
  }

  /// libgit2 reads a log, and the plain reading of its bytes is the same or none.
  @Test func plainReflogsAreReadAsLibgit2ReadsThem() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    for message in ["update by push", "fetch origin: fast-forward", "x: y: storing head", "tab\there", "ü: é"] {
      try world.git("commit", "-q", "--allow-empty", "-m", "more", in: author)
      try world.git("update-ref", "--create-reflog", "-m", message, "refs/heads/logged", "HEAD", in: author)
    }
    let file = URL(filePath: author + "/.git/logs/refs/heads/logged")
    let whole = try Data(contentsOf: file)
    let zeros = String(repeating: "0", count: 40)
    let ones = String(repeating: "1", count: 40)
    var contents = [whole]
    for line in [
      "\(zeros) \(ones) A <a@b> 12 +0000\tx", "\(zeros) \(ones) <a@b> 12 -0330", "\(zeros) \(ones) A <a@b> -5 +0000\tx",
      "\(zeros) \(ones) A <a> b> 12 +0000\tx", "\(zeros) \(ones) A a@b 12 +0000\tx", "\(zeros) \(ones) A <a@b> 12\tx",
      "\(zeros) \(ones)", "\(zeros) \(ones) A <a@b> 99999999999999999999 +0000\tx", "x", "",
      "\(zeros) \(ones) A <a@b> 12 +0000\t", "\(zeros) \(ones) > <a@b> 12 +0000\tx", "\(zeros) \(ones) A >12 +0000\tx",
    ] {
      contents.append(Data((line + "\n").utf8) + whole)
      contents.append(whole + Data(line.utf8))
    }
    var plain = 0
    for content in contents {
      try content.write(to: file)
      let log = ReflogFile([UInt8](content))
      guard log.oddLines.isEmpty else { continue }
      plain += 1
      #expect(try log.entries == Clone(path: author).handle.reflog("refs/heads/logged"))
      #expect(try Clone(path: author).damagedReflogLines("refs/heads/logged").isEmpty)
    }
    #expect(plain >= 4)
  }

  /// A log whose lines end as another system's do: git reads it.
  @Test(arguments: [1, 2000])
  func aLogWithReturnsSaysWhatGitReadsThere(times: Int) throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    for message in ["update by push", "fetch origin: fast-forward", "fetch: forced-update", "no end"] {
      try world.git("commit", "-q", "--allow-empty", "-m", "more", in: author)
      try world.git("update-ref", "--create-reflog", "-m", message, "refs/heads/logged", "HEAD", in: author)
    }
    let file = URL(filePath: author + "/.git/logs/refs/heads/logged")
    let whole = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    func read(_ text: String) throws -> (entries: [ReflogEntry], damaged: [Int]) {
      try Data(text.utf8).write(to: file)
      let clone = try Clone(path: author)
      let entries = clone.reflog("refs/heads/logged")
      let told = try world.git("log", "-g", "--format=%H %gs", "refs/heads/logged", in: author)
        .split(whereSeparator: \.isNewline)
      #expect(told.reversed().map(String.init) == entries.map { "\($0.new) \($0.message)" })
      return (entries, clone.damagedReflogLines("refs/heads/logged"))
    }
    let text = String(repeating: whole, count: times)
    let plain = try read(text)
    let returns = text.replacing("\n", with: "\r\n")
    let found = try read(returns)
    #expect(found.entries == plain.entries && found.damaged.isEmpty && plain.damaged.isEmpty)
    #expect(found.entries.prefix(3).map(\.act) == plain.entries.prefix(3).map(\.act) && found.entries[0].act == .push)
    // One line that is not git's: the others are read, and it is said.
    let broken = try read("garbage\r\n" + returns)
    #expect(broken.entries == plain.entries && broken.damaged == [1])
  }

  @Test func aFetchHeadWithReturnsSaysTheSame() throws {
    let text =
      "\(String(repeating: "a", count: 40))\tnot-for-merge\tbranch 'x' of u\n\(String(repeating: "b", count: 40))\t\tu\n"
    let plain = try #require(FetchHead(Array(text.utf8)))
    let found = try #require(FetchHead(Array(text.replacing("\n", with: "\r\n").utf8)))
    #expect(plain.lines == found.lines && plain.lines.count == 2)
  }

  @Test func differencesAreAppliedOnlyWhereTheyFit() {
    let base = Array("tree a\nparent b\n".utf8)
    // Copies `parent `, inserts `c`, copies the newline.
    let delta: [UInt8] = [16, 9, 0x91, 7, 7, 1, UInt8(ascii: "c"), 0x91, 15, 1]
    #expect(PackDelta.applied(delta, to: base, limit: 100) == Array("parent c\n".utf8))
    #expect(PackDelta.applied(delta, to: base, limit: 8) == nil)
    #expect(PackDelta.applied(delta, to: base + [0], limit: 100) == nil)
    for length in 0..<delta.count {
      #expect(PackDelta.applied(Array(delta.prefix(length)), to: base, limit: 100) == nil)
    }
    #expect(PackDelta.applied([16, 2, 0x91, 15, 2], to: base, limit: 100) == nil)
    #expect(PackDelta.applied([16, 1, 0, 1], to: base, limit: 100) == nil)
  }
}
