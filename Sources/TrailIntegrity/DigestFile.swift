internal import FoundationEssentials
internal import PushModel

/// One digest file (CloudTrail User Guide, "CloudTrail digest file structure").
struct DigestFile: Sendable {
  let path: String
  let place: StorageName
  let hash: String
  let content: Content
  let name: DigestName
  let start: Timestamp
  let end: Timestamp
  /// Its own S3 name.
  let object: StorageName
  let previous: StorageName?

  struct Content: Decodable, Sendable {
    var digestStartTime: String
    /// Signed as it is written.
    var digestEndTime: String
    var digestS3Bucket: String
    var digestS3Object: String
    var digestPublicKeyFingerprint: String
    var digestSignatureAlgorithm: String?
    var previousDigestS3Bucket: String?
    var previousDigestS3Object: String?
    var previousDigestHashValue: String?
    var previousDigestHashAlgorithm: String?
    var previousDigestSignature: String?
    var logFiles: [LogFile]
  }

  struct LogFile: Decodable, Sendable {
    var s3Bucket: String
    var s3Object: String
    var hashValue: String
    var hashAlgorithm: String?
  }

  enum Failure: Error {
    case damaged(String)
  }

  init(path: String) throws(Failure) {
    let bytes: FileContent
    do {
      bytes = try FileContent(path: path)
    } catch {
      switch error {
      case .unreadable(let reason): throw .damaged(reason)
      }
    }
    do {
      content = try JSONDecoder().decode(Content.self, from: bytes.bytes)
    } catch {
      throw .damaged("is no digest file in whole: it lacks what every digest file holds, or is broken JSON")
    }
    self.path = path
    place = StorageName(path)
    hash = bytes.hash
    object = StorageName(content.digestS3Object)
    previous = content.previousDigestS3Object.map { StorageName($0) }
    guard let start = Timestamp(iso8601: content.digestStartTime), let end = Timestamp(iso8601: content.digestEndTime),
      start <= end
    else { throw .damaged("has no time that can be read") }
    guard let name = DigestName(object.base) else {
      throw .damaged("names itself \(content.digestS3Object), which is no digest's name")
    }
    self.start = start
    self.end = end
    self.name = name
  }

  var bucketAndKey: String { "\(content.digestS3Bucket)/\(content.digestS3Object)" }

  /// What CloudTrail signs.
  var stringToSign: String {
    "\(content.digestEndTime)\n\(bucketAndKey)\n\(hash)\n\(content.previousDigestSignature ?? "null")"
  }
}

/// `ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOMEREGION_YYYYMMDDTHHMMSSZ[_backfill].json`, where a trail's name may hold `_`.
struct DigestName: Hashable, Sendable {
  var accountID: String
  var region: String
  var trail: String
  var homeRegion: String
  var isBackfill: Bool

  init?(_ base: String) {
    guard base.hasSuffix(".json") else { return nil }
    var parts = base.dropLast(5).split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    isBackfill = parts.last == "backfill"
    if isBackfill { parts.removeLast() }
    guard parts.count >= 6, parts[1] == "CloudTrail-Digest" else { return nil }
    accountID = parts[0]
    region = parts[2]
    homeRegion = parts[parts.count - 2]
    trail = parts[3..<(parts.count - 2)].joined(separator: "_")
  }

  /// The end of the time that a digest file describes, by its name.
  static func end(of base: String) -> Timestamp? {
    guard base.hasSuffix(".json") else { return nil }
    let parts = base.dropLast(5).split(separator: "_")
    guard let stamp = parts.last(where: { $0 != "backfill" }).map({ Array($0.utf8) }), stamp.count == 16,
      stamp[8] == UInt8(ascii: "T")
    else { return nil }
    func cut(_ range: Range<Int>) -> String { String(decoding: stamp[range], as: UTF8.self) }
    return Timestamp(
      iso8601: "\(cut(0..<4))-\(cut(4..<6))-\(cut(6..<8))T\(cut(9..<11)):\(cut(11..<13)):\(cut(13..<15))Z")
  }
}
