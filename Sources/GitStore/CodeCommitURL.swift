/// A remote URL of an AWS CodeCommit repository, in any of the forms that git and AWS's helpers take.
///
/// Source: CodeCommit User Guide, "Regions and Git connection endpoints"; git-remote-codecommit.
public struct CodeCommitURL: Hashable, Sendable {
  public var name: String
  /// Not told by `codecommit://`, whose region is the profile's.
  public var region: String?
  public var partition: String?

  public init?(_ url: String) {
    if let found = Self.helperForm(url) ?? Self.hostForm(url) { self = found } else { return nil }
  }

  /// The repository as people read it: `NAME in REGION`.
  public var place: String { region.map { "\(name) in \($0)" } ?? name }

  private init(name: String, region: String?, partition: String?) {
    self.name = name
    self.region = region
    self.partition = partition
  }

  /// `codecommit::REGION://[PROFILE@]NAME` and `codecommit://[PROFILE@]NAME`.
  private static func helperForm(_ url: String) -> CodeCommitURL? {
    guard url.hasPrefix("codecommit:"), let separator = url.firstRange(of: "://") else { return nil }
    let scheme = url[..<separator.lowerBound]
    var region: String?
    if scheme.hasPrefix("codecommit::") {
      let text = String(scheme.dropFirst("codecommit::".count))
      guard !text.isEmpty else { return nil }
      region = text
    } else if scheme != "codecommit" {
      return nil
    }
    let rest = url[separator.upperBound...]
    guard let name = repositoryName(rest.split(separator: "@").last ?? rest) else { return nil }
    return CodeCommitURL(name: name, region: region, partition: region.map(partition(ofRegion:)))
  }

  /// `https://` and `ssh://` with a `git-codecommit` host, FIPS and VPC endpoints among them, and the scp-like form.
  private static func hostForm(_ url: String) -> CodeCommitURL? {
    var rest: Substring
    if let separator = url.firstRange(of: "://") {
      guard ["https", "http", "ssh", "git+ssh"].contains(url[..<separator.lowerBound].lowercased()) else { return nil }
      rest = url[separator.upperBound...]
    } else {
      guard let colon = url.firstIndex(of: ":"), !url[..<colon].contains("/") else { return nil }
      rest = url[..<colon] + "/" + url[url.index(after: colon)...]
    }
    guard let slash = rest.firstIndex(of: "/") else { return nil }
    var host = rest[..<slash].split(separator: "@").last.map { $0.lowercased() } ?? ""
    rest = rest[rest.index(after: slash)...]
    if let port = host.firstIndex(of: ":") { host = String(host[..<port]) }
    rest = rest.drop { $0 == "/" }
    guard let region = region(ofHost: host), rest.hasPrefix("v1/repos/"),
      let name = repositoryName(rest.dropFirst("v1/repos/".count))
    else { return nil }
    return CodeCommitURL(name: name, region: region, partition: partition(ofRegion: region))
  }

  /// `[vpce-....]git-codecommit[-fips].REGION.[vpce.]amazonaws.com[.cn]`.
  private static func region(ofHost host: String) -> String? {
    var labels = host.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if labels.suffix(3) == ["amazonaws", "com", "cn"] {
      labels.removeLast(3)
    } else if labels.suffix(2) == ["amazonaws", "com"] {
      labels.removeLast(2)
    } else {
      return nil
    }
    if labels.last == "vpce" { labels.removeLast() }
    if labels.count == 3, labels[0].hasPrefix("vpce-") { labels.removeFirst() }
    guard labels.count == 2, ["git-codecommit", "git-codecommit-fips"].contains(labels[0]), !labels[1].isEmpty else {
      return nil
    }
    return labels[1]
  }

  /// Repository names have up to 100 letters, digits, `_`, `.` and `-`, and never end in `.git`.
  private static func repositoryName(_ text: some StringProtocol) -> String? {
    var name = String(text.prefix { $0 != "?" && $0 != "#" })
    while name.hasSuffix("/") { name.removeLast() }
    if name.hasSuffix(".git") { name.removeLast(4) }
    let isValid = name.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || "_.-".utf8.contains(byte)
    }
    return isValid && (1...100).contains(name.count) ? name : nil
  }

  private static func partition(ofRegion region: String) -> String {
    if region.hasPrefix("cn-") { return "aws-cn" }
    if region.hasPrefix("us-gov-") { return "aws-us-gov" }
    return "aws"
  }

  /// A URL without the user and password that it may carry.
  public static func redacted(_ url: String) -> String {
    guard let separator = url.firstRange(of: "://") else { return url }
    let rest = url[separator.upperBound...]
    let authority = rest.prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return url }
    return String(url[..<separator.upperBound]) + String(rest[rest.index(after: at)...])
  }
}
