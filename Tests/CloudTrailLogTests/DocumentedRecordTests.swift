import CloudTrailLog
import Foundation
import PushModel
import Testing

/// The records that AWS published, in Fixtures/aws-docs.
@Suite struct DocumentedRecordTests {
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/aws-docs").path

  @Test func `AWS's own pages are read`() throws {
    let reading = try TrailReader().read([Self.fixtures])
    #expect(reading.files == 6)
    #expect(reading.codecommitRecords == 7)
    // create-repository, git-pull-data, git-pull-up-to-date, git-push-pair (2), git-push-ssh, list-repositories
    let kinds = reading.events.map(\.kind)
    let tip = try #require(ObjectID(hex: "2167ac048f337fd2b24edd379e0ea6fd22749ca9"))
    #expect(
      kinds == [
        .repositoryCreated(defaultBranch: nil),
        .pull(dataTransferred: true, shallow: false),
        .pull(dataTransferred: false, shallow: nil),
        .pushAdvertisement,
        .pushOmitted,
        .push([ReferenceEntry(ref: .branch("master"), target: .commit(tip))]),
        .other,
      ])
    // The placeholder commit is no object id, and is said.
    #expect(reading.unreadable.count == 1)
    #expect(reading.unreadable[0].path.hasSuffix("git-push-pair.json"))
    #expect(reading.unreadable[0].record == 2)
    #expect(reading.unreadable[0].reason == "references[0] has a commit that is no object id")
    #expect(reading.unreadable[0].start == Timestamp(iso8601: "2016-12-14T18:19:15Z"))

    let created = reading.events[0]
    #expect(
      created.repository
        == RepositoryReference(
          name: "MyDemoRepo", id: "8afe792d-EXAMPLE", partition: "aws", accountID: "111122223333", region: "us-east-2"))
    #expect(created.principal.name == "Mary_Major")
    #expect(created.principal.accountID == "444455556666")
    let ssh = reading.events[5]
    #expect(ssh.gitProtocol == "SSH")
    #expect(ssh.principal.accessKeyID == nil)
    #expect(ssh.recipientAccountID == nil)
    #expect(ssh.repository.accountID == "xxxxxxxxxxxx")
  }
}
