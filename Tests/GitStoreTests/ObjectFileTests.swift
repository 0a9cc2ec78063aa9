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
      guard let entries = ReflogFile.entries([UInt8](content)) else { continue }
      plain += 1
      #expect(try entries == Clone(path: author).handle.reflog("refs/heads/logged"))
      #expect(try Clone(path: author).damagedReflogLines("refs/heads/logged").isEmpty)
    }
    #expect(plain >= 4)
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
