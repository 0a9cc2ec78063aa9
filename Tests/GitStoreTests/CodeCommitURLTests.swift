import PushModel
import Testing

@testable import GitStore

/// Every form of a CodeCommit URL, and what is none.
@Suite struct CodeCommitURLTests {
  @Test(arguments: [
    ("https://git-codecommit.us-east-2.amazonaws.com/v1/repos/MyRepo", "us-east-2", "aws"),
    ("https://git-codecommit.us-east-2.amazonaws.com/v1/repos/MyRepo.git", "us-east-2", "aws"),
    ("https://git-codecommit.us-east-2.amazonaws.com/v1/repos/MyRepo/", "us-east-2", "aws"),
    (
      "https://AKIA%2FTOKEN:20260101T000000Zsecret@git-codecommit.eu-west-1.amazonaws.com/v1/repos/MyRepo", "eu-west-1",
      "aws"
    ),
    ("ssh://git-codecommit.us-east-2.amazonaws.com/v1/repos/MyRepo", "us-east-2", "aws"),
    ("ssh://APKAEXAMPLE@git-codecommit.us-east-2.amazonaws.com/v1/repos/MyRepo", "us-east-2", "aws"),
    ("ssh://APKAEXAMPLE@git-codecommit.us-east-2.amazonaws.com:22/v1/repos/MyRepo", "us-east-2", "aws"),
    ("APKAEXAMPLE@git-codecommit.us-east-2.amazonaws.com:v1/repos/MyRepo", "us-east-2", "aws"),
    ("https://git-codecommit-fips.us-gov-west-1.amazonaws.com/v1/repos/MyRepo", "us-gov-west-1", "aws-us-gov"),
    ("https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/MyRepo", "cn-north-1", "aws-cn"),
    ("https://vpce-0a1b-2c3d.git-codecommit.us-east-1.vpce.amazonaws.com/v1/repos/MyRepo", "us-east-1", "aws"),
    ("codecommit::ap-southeast-2://MyRepo", "ap-southeast-2", "aws"),
    ("codecommit::ap-southeast-2://profile@MyRepo", "ap-southeast-2", "aws"),
  ])
  func named(url: String, region: String, partition: String) {
    let found = CodeCommitURL(url)
    #expect(found?.name == "MyRepo" && found?.region == region && found?.partition == partition)
  }

  @Test(arguments: ["codecommit://MyRepo", "codecommit://profile@MyRepo"])
  func theProfileHoldsTheRegion(url: String) {
    #expect(CodeCommitURL(url)?.name == "MyRepo" && CodeCommitURL(url)?.region == nil)
  }

  @Test(arguments: [
    "https://github.com/v1/repos/MyRepo", "https://git-codecommit.us-east-2.amazonaws.com.evil.example/v1/repos/MyRepo",
    "https://evil.example/git-codecommit.us-east-2.amazonaws.com/v1/repos/MyRepo", "/srv/git/MyRepo.git",
    "codecommit:://x",
    "https://git-codecommit.us-east-2.amazonaws.com/v2/repos/MyRepo", "https://git-codecommit.us-east-2.amazonaws.com/",
    "codecommit::us-east-2://", "codecommit::us-east-2://a b", "",
    "https://git-codecommit.us-east-2.amazonaws.com/v1/repos/a/b",
  ])
  func others(url: String) {
    #expect(CodeCommitURL(url) == nil)
  }

  @Test(arguments: [
    ("https://user:secret@host/v1/repos/X", "https://host/v1/repos/X"), ("ssh://APKA1@host/x", "ssh://host/x"),
    ("codecommit::us-east-2://profile@X", "codecommit::us-east-2://X"), ("https://host/a@b", "https://host/a@b"),
    ("https://user:se@cret@host/x", "https://host/x"), ("/srv/git/x", "/srv/git/x"),
  ])
  func credentialsAreNeverShown(url: String, shown: String) {
    #expect(CodeCommitURL.redacted(url) == shown)
  }
}
