import CloudTrailLog
import Foundation
import PushModel
import Testing

private let one = Sample.tip
private let two = Sample.other

private func commit(
  _ id: String = one, parents: String = "[\"\(two)\"]", date: String = "1484167798 -0800"
) -> String {
  #"{"commitId":"\#(id)","treeId":"\#(two)","parents":\#(parents),"message":"{\"a\":1}","#
    + #""author":{"name":"Mary","email":"m@example.com","date":"1484167700 -0800"},"#
    + #""committer":{"name":"Mary","email":"m@example.com","date":"\#(date)"},"additionalData":""}"#
}

private func read(_ texts: String...) throws -> ServerCommits {
  let folder = try TrailFolder()
  return try ServerCommitsReader().read(
    texts.enumerated().map { try folder.write("answers-\($0).json", $1) })
}

private func failure(_ text: String) throws -> String {
  do {
    return "read \(try read(text).commits.count)"
  } catch let error as TrailError {
    return error.message.range(of: ".json: ").map { String(error.message[$0.upperBound...]) } ?? error.message
  }
}

@Suite struct ServerCommitsReaderTests {
  @Test func batchAndSingleAnswers() throws {
    let missing = #"{"commitId":"\#(two)","errorCode":"CommitDoesNotExistException","errorMessage":"no"}"#
    let batch = #"{"commits":[\#(commit())],"errors":[\#(missing)]}"#
    let (first, second) = try (#require(ObjectID(hex: one)), #require(ObjectID(hex: two)))
    let time = Timestamp(seconds: 1_484_167_798)
    let expected = [ServerCommits.Commit(id: first, parents: [second], committed: time)]
    #expect(try read(batch).commits == expected)
    #expect(try read(batch).gone == [second])
    #expect(try read(#"{"commit":\#(commit())}"#).commits == expected)
    // Several answers in one file, and the same commit twice; what a later answer has is not gone.
    let root = commit(two, parents: "[]", date: "2017-01-11T20:49:58Z")
    let both = try read("\(batch)\n\(batch)", #"[{"commit":\#(root)}]"#)
    #expect(both.commits == expected + [ServerCommits.Commit(id: second, parents: [], committed: time)])
    #expect(both.gone.isEmpty)
    let folder = try TrailFolder()
    #expect(try ServerCommitsReader().read([folder.write("a.json.gz", folder.gzip(batch))]).commits == expected)
  }

  /// An id that could not be answered for another reason may well be there.
  @Test func onlyAnAbsentCommitIsGone() throws {
    for code in ["InvalidCommitIdException", "EncryptionKeyNotFoundException", ""] {
      let error = #"{"commitId":"\#(two)","errorCode":"\#(code)","errorMessage":""}"#
      #expect(try read(#"{"commits":[],"errors":[\#(error)]}"#).gone.isEmpty)
    }
    let short = #"{"commitId":"2222","errorCode":"CommitIdDoesNotExistException"}"#
    #expect(try read(#"{"errors":[\#(short)]}"#).gone.isEmpty)
  }

  @Test func anotherShapeNamesTheFileAndThePlace() throws {
    func batch(_ commit: String) -> String { #"{"commits":[\#(commit)],"errors":[]}"# }
    #expect(try failure(#"{"Records":[]}"#) == "the file holds no answer")
    #expect(try failure(#"{"a":1}"#) == "answer 1 is no output of batch-get-commits or get-commit: it has a")
    #expect(try failure(batch(commit("xyz"))) == "answer 1, commit 1: commitId is not an object id")
    #expect(try failure(batch(commit(parents: "[7]"))) == "answer 1, commit 1: one of its parents is no object id")
    #expect(try failure(batch(#"{"commitId":"\#(one)"}"#)) == "answer 1, commit 1: parents is absent")
    #expect(
      try failure(batch(commit(date: "yesterday"))) == #"answer 1, commit 1: committer.date "yesterday" is no time"#)
    #expect(try failure(#"{"commits":{}}"#) == "answer 1: commits is not an array")
    #expect(try failure("COMMITS\tx") == "after answer 0, at byte 0: is no JSON")
    #expect(
      try failure(batch(commit()) + batch(commit(parents: "[]")))
        == "commit \(one) is told in two ways; a commit never changes")
    #expect(throws: TrailError.self) { try ServerCommitsReader().read(["/nonexistent/answers.json"]) }
  }
}
