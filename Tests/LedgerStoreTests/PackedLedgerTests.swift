import CloudTrailLog
import Foundation
import LedgerStore
import PushModel
import Testing

/// A ledger keeps what was read in its records beside their texts; whichever of the two is read, the answer is one.
@Suite struct PackedLedgerTests {
  /// Records that say little, too much, or the same thing twice.
  private static let hostile: [String] = {
    let merge =
      #"{"pullRequestId":"1","repositoryName":"Repo","destinationReference":"refs/heads/main","sourceCommitId":"x"}"#
    let shared = #","sharedEventID":"5a1b""#
    return [
      Sample.push(id: "twice"), Sample.push(tip: String(repeating: "2", count: 40), id: "twice"),
      Sample.push(id: "01234567-89ab-cdef-0123-456789abcdef"), Sample.push(id: ""), Sample.push(id: "e\u{301}"),
      Sample.push(id: "é"),
      Sample.record(id: "shared-1", more: shared), Sample.record(id: "shared-2", more: shared),
      Sample.record(id: "refused", more: #","errorCode":"AccessDenied","errorMessage":"no\n\u0000 way""#),
      Sample.record(
        id: "later", more: #","addendum":{"reason":"UPDATED_DATA","originalEventID":"twice"}"#),
      Sample.record(id: "omitted", more: #","requestParameters":{"omitted":true,"originalSize":102401}"#),
      Sample.record(id: "cut", request: #"{"omitted":true}"#),
      Sample.record(id: "no list", request: #"{"references":7}"#),
      Sample.record(
        id: "refs",
        request:
          #"{"references":[{"commit":"\#(Sample.tip)","ref":"refs/heads/e\u0301"},{"commit":null,"ref":"refs/heads/é"},"#
          + #"{"commit":"\#(String(repeating: "0", count: 40))","ref":"refs/tags/ \u0000\n"},"#
          + #"{"ref":"","deleted":true,"commit":"\#(Sample.tip)"}]}"#),
      Sample.record("GitPull", id: "pull"),
      Sample.record("CreateRepository", id: "c-1", request: #"{"repositoryName":"Repo"}"#),
      Sample.record("DeleteRepository", id: "c-2", request: #"{"repositoryName":"Repo"}"#),
      Sample.record("UpdateRepositoryName", id: "c-3", request: #"{"oldName":"Repo","newName":"Other"}"#),
      Sample.record(
        "UpdateDefaultBranch", id: "c-4", request: #"{"repositoryName":"Repo","defaultBranchName":"main"}"#),
      Sample.record(
        "CreateBranch", id: "c-5",
        request: #"{"repositoryName":"Repo","branchName":"b","commitId":"\#(Sample.tip)"}"#),
      Sample.record("DeleteBranch", id: "c-6", request: #"{"repositoryName":"Repo","branchName":"b"}"#),
      Sample.record("CreateCommit", id: "c-7", request: #"{"repositoryName":"Repo","branchName":"b"}"#),
      Sample.record("PutFile", id: "c-8", request: #"{"omitted":true}"#),
      Sample.record("MergePullRequestBySquash", id: "c-9", request: merge),
      Sample.record("MergeBranchesByFastForward", id: "c-10", request: #"{"repositoryName":"Repo"}"#),
      Sample.record("CreatePullRequest", id: "c-11", request: #"{"targets":[]}"#),
      Sample.record("UploadArchive", id: "c-12", request: #"{"repositoryName":"Repo"}"#),
      Sample.record("ListBranches", id: "c-13"), Sample.record("NobodyKnows", id: "c-14", request: "7"),
      Sample.record(id: "when", time: "yesterday"), Sample.record(id: "too late", time: "2031-01-01T00:00:00Z"),
      #"{"eventSource":"codecommit.amazonaws.com"}"#, #"{"eventSource":"codecommit.amazonaws.com",]"#,
      Sample.push(id: "elsewhere").replacing("111122223333", with: "444455556666"),
      Sample.stranger,
    ]
  }()

  /// A trail of hostile records: in several files, as they are and alone.
  private static func hostileTrail() throws -> TrailFolder {
    let folder = try TrailFolder()
    try folder.write(Sample.name(), records: hostile)
    try folder.write(Sample.name("20240305T1010Z"), records: hostile.reversed())
    try folder.write(
      Sample.name("20240305T1015Z").replacingOccurrences(of: "111122223333", with: "444455556666"),
      records: Array(hostile.prefix(8)))
    try folder.write("flat/plain.json", records: hostile)
    for (index, record) in hostile.enumerated() { try folder.write("single/\(index).json", record) }
    try folder.write("lines.ndjson", hostile.joined(separator: "\n"))
    return folder
  }

  @Test func `hostile records, read from what is packed or from their texts`() throws {
    let folder = try Self.hostileTrail()
    let direct = try folder.direct()
    #expect(direct.events.count > 100)
    try folder.importing()
    #expect(try folder.sqlite("SELECT count(*) FROM files WHERE batch IS NULL AND codecommit_records > 0") == "0")
    #expect(try folder.stored().difference(direct) == nil)
    // Half of them from their texts, then all.
    try folder.change("UPDATE files SET batch = NULL WHERE id % 2 = 0")
    #expect(try folder.stored().difference(direct) == nil)
    try folder.change("UPDATE files SET batch = NULL")
    #expect(try folder.stored().difference(direct) == nil)
  }

  @Test(arguments: [11, 12, 13])
  func `a random trail, read from what is packed or from its texts`(seed: Int) throws {
    let folder = try TrailFolder()
    _ = try Command.python(EquivalenceTests.make, [folder.trail, String(seed)])
    let direct = try folder.direct()
    try folder.importing()
    #expect(try folder.stored().difference(direct) == nil)
    try folder.change("UPDATE files SET batch = NULL WHERE id % 3 = 0")
    #expect(try folder.stored().difference(direct) == nil)
    try folder.change("DELETE FROM batches")
    #expect(try folder.stored().difference(direct) == nil)
  }

  @Test func `without what was packed the texts are read, and the other way round`() throws {
    let folder = try TrailFolder()
    try folder.write(Sample.name(), records: [Sample.push(id: "e-1")])
    let direct = try folder.direct()
    try folder.importing()
    try folder.change("UPDATE chunks SET zstd = x'00'")
    #expect(try folder.stored().difference(direct) == nil)
    try folder.change("UPDATE files SET batch = NULL")
    #expect(throws: LedgerError.self) { try folder.stored() }
    // An import adds to such a ledger, all the same.
    try folder.write(Sample.name("20240305T1010Z"), records: [Sample.push(id: "e-2")])
    #expect(try folder.importing().new == 1)
  }

  @Test func `what another version packed is not read, and the next import packs it anew`() throws {
    let folder = try Self.hostileTrail()
    let direct = try folder.direct()
    try folder.importing()
    for column in ["revision", "form"] {
      try folder.change("UPDATE batches SET \(column) = \(column) + 1, zstd = x'00', size = 7")
      #expect(try folder.stored().difference(direct) == nil)
      try folder.importing()
      #expect(try folder.sqlite("SELECT count(*) FROM files WHERE batch IS NULL AND codecommit_records > 0") == "0")
      #expect(try folder.sqlite("SELECT count(DISTINCT revision + form), min(size) > 7 FROM batches") == "1|1")
    }
    // Nothing else is read.
    try folder.change("UPDATE chunks SET size = size + 1")
    #expect(try folder.stored().difference(direct) == nil)
  }

  /// What the version before had.
  private static func downgrade(_ folder: TrailFolder) throws {
    try folder.change(
      """
      DROP INDEX files_unpacked; DROP TABLE batches; ALTER TABLE files DROP COLUMN batch;
      ALTER TABLE files DROP COLUMN batch_place; DELETE FROM grdb_migrations WHERE identifier LIKE '3:%'
      """)
  }

  @Test func `a ledger of the version before is read as it is, and brought up to date by the next import`() throws {
    let folder = try Self.hostileTrail()
    let direct = try folder.direct()
    try folder.importing()
    try Self.downgrade(folder)
    #expect(try folder.stored().difference(direct) == nil)
    #expect(try folder.stored(with: [folder.trail]).difference(direct) == nil)
    let lookup = try LedgerLookup(ledger: folder.ledger, reader: TrailReader())
    #expect(try lookup.events(naming: "twice", limit: 10).count == 2)
    #expect(try folder.sqlite("SELECT count(*) FROM sqlite_schema WHERE name = 'batches'") == "0")
    #expect(try folder.importing().counts == [0, direct.files, 0, 0])
    #expect(try folder.sqlite("SELECT count(*) > 0 FROM batches") == "1")
    #expect(try folder.sqlite("SELECT count(*) FROM files WHERE batch IS NULL AND codecommit_records > 0") == "0")
    #expect(try folder.sqlite("PRAGMA foreign_key_check") == "")
    #expect(try folder.stored().difference(direct) == nil)
  }

  /// A file's folders tell account and region of what its records leave out; an import from within them does not see those.
  @Test func `a folder that was named in another way first`() throws {
    let folder = try TrailFolder()
    let bare = Sample.push(id: "e-1").replacing(#","recipientAccountId":"111122223333""#, with: "")
      .replacing(#","resources":[{"ARN":"arn:aws:codecommit:us-east-2:111122223333:Repo"}]"#, with: "")
    try folder.write("AWSLogs/111122223333/CloudTrail/us-east-2/2024/03/05/a.json", records: [bare])
    let day = "\(folder.trail)/AWSLogs/111122223333/CloudTrail/us-east-2/2024/03/05"
    let link = folder.path("day")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: day)
    try folder.importing([link])
    try folder.write(
      "AWSLogs/111122223333/CloudTrail/us-east-2/2024/03/05/b.json", records: [bare.replacing("e-1", with: "e-2")])
    try folder.importing()
    let packed = try folder.stored()
    #expect(packed.events.count == 2)
    try folder.change("UPDATE files SET batch = NULL")
    #expect(try folder.stored().difference(packed) == nil)
  }

  @Test func `every byte of what is packed that changes is noticed, or changes nothing`() throws {
    let folder = try TrailFolder()
    try folder.write(Sample.name(), records: Array(Self.hostile.prefix(14)))
    let direct = try folder.direct()
    try folder.importing()
    let file = URL(fileURLWithPath: folder.ledger)
    let ledger = try Data(contentsOf: file)
    let packed = try #require(Data(base64Encoded: folder.packed()))
    let place = try #require(ledger.range(of: packed))
    #expect(packed.count > 200)
    var noticed = 0
    for index in place {
      for change in [0x01, 0x80] as [UInt8] {
        var changed = ledger
        changed[index] ^= change
        try changed.write(to: file)
        do {
          #expect(try folder.stored().difference(direct) == nil, "byte \(index - place.lowerBound)")
        } catch let error as LedgerError {
          #expect(error.kind == .damaged)
          noticed += 1
        }
      }
    }
    #expect(noticed > packed.count)
    for damage in [
      "batches SET zstd = x''", "batches SET size = size + 1", "batches SET size = -1",
      "batches SET zstd = substr(zstd, 1, 40)", "files SET batch_place = 7", "files SET batch_place = -1",
    ] {
      try ledger.write(to: file)
      #expect(try folder.stored().difference(direct) == nil)
      try folder.change("UPDATE \(damage)")
      #expect(throws: LedgerError.self, "\(damage)") { try folder.stored() }
    }
  }
}
