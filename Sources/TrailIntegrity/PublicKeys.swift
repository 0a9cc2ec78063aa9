internal import Crypto
internal import CryptoExtras
internal import FoundationEssentials

/// CloudTrail's public keys: the output of `aws cloudtrail list-public-keys`, by fingerprint.
struct PublicKeys: Sendable {
  private var keys: [String: _RSA.Signing.PublicKey] = [:]

  private struct Listing: Decodable {
    var keys: [Entry]

    enum Names: String, CodingKey, CaseIterable {
      case PublicKeyList, publicKeyList
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Names.self)
      keys =
        try container.decodeIfPresent([Entry].self, forKey: .PublicKeyList)
        ?? container.decode([Entry].self, forKey: .publicKeyList)
    }
  }

  private struct Entry: Decodable {
    var fingerprint: String
    var value: String

    enum Names: String, CodingKey {
      case Fingerprint, fingerprint, Value, value
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Names.self)
      fingerprint =
        try container.decodeIfPresent(String.self, forKey: .Fingerprint)
        ?? container.decode(String.self, forKey: .fingerprint)
      value =
        try container.decodeIfPresent(String.self, forKey: .Value) ?? container.decode(String.self, forKey: .value)
    }
  }

  init(path: String) throws(IntegrityError) {
    let listing: Listing
    let text: Data
    do {
      text = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw IntegrityError("\(path): cannot be read")
    }
    do {
      listing = try JSONDecoder().decode(Listing.self, from: text)
    } catch {
      throw IntegrityError(
        "\(path) is no list of CloudTrail's public keys",
        hints: ["make it with: aws cloudtrail list-public-keys --start-time START --region HOME-REGION > keys.json"])
    }
    for entry in listing.keys {
      guard let key = Self.key(entry.value) else {
        throw IntegrityError("\(path): the key with fingerprint \(entry.fingerprint) is no RSA public key")
      }
      keys[entry.fingerprint] = key
    }
    if keys.isEmpty { throw IntegrityError("\(path) lists no public key") }
  }

  /// PKCS#1 `RSAPublicKey` or `SubjectPublicKeyInfo`, both DER.
  private static func key(_ base64: String) -> _RSA.Signing.PublicKey? {
    guard let der = Data(base64Encoded: base64, options: .ignoreUnknownCharacters) else { return nil }
    do {
      return try _RSA.Signing.PublicKey(derRepresentation: der)
    } catch {
      return nil
    }
  }

  /// Whether a signature holds; `nil` where the key is not among these.
  func verify(_ signature: String, of digest: DigestFile) -> Bool? {
    guard let key = keys[digest.content.digestPublicKeyFingerprint] else { return nil }
    guard let bytes = FileContent.bytes(hex: signature) else { return false }
    return key.isValidSignature(
      _RSA.Signing.RSASignature(rawRepresentation: Data(bytes)),
      for: SHA256.hash(data: Data(digest.stringToSign.utf8)), padding: .insecurePKCS1v1_5)
  }
}
