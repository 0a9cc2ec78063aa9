internal import FoundationEssentials

/// Signatures of digest files that were saved from their S3 metadata, by file name.
///
/// A JSON object: each member's name is a digest file's S3 name, or its file name; the value is the signature in hex, or
/// what `aws s3api head-object` prints of the file.
struct SavedSignatures: Sendable {
  private var signatures: [String: String] = [:]

  static let none = SavedSignatures()

  private init() {}

  private struct Entry: Decodable {
    var signature: String

    enum Names: String, CodingKey {
      case Metadata, signature
      case header = "x-amz-meta-signature"
    }

    init(from decoder: any Decoder) throws {
      if let text = try? decoder.singleValueContainer().decode(String.self) {
        signature = text
        return
      }
      var container = try decoder.container(keyedBy: Names.self)
      if container.contains(.Metadata) {
        container = try container.nestedContainer(keyedBy: Names.self, forKey: .Metadata)
      }
      signature =
        try container.decodeIfPresent(String.self, forKey: .signature) ?? container.decode(String.self, forKey: .header)
    }
  }

  init(path: String) throws(IntegrityError) {
    let entries: [String: Entry]
    do {
      entries = try JSONDecoder().decode([String: Entry].self, from: Data(contentsOf: URL(filePath: path)))
    } catch {
      throw IntegrityError(
        "\(path) holds no saved S3 metadata of digest files",
        hints: [
          "it is a JSON object from S3 names to the value of x-amz-meta-signature, or to what aws s3api head-object prints"
        ])
    }
    for (name, entry) in entries { signatures[StorageName(name).base] = entry.signature }
  }

  subscript(digest: DigestFile) -> String? { signatures[digest.object.base] }
}
