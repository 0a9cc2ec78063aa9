/// Renderers of one typed report: terminal text, Markdown, JSON as one document or line by line. No judgement and no input or output here.
public enum ReportFormat: String, Sendable, CaseIterable {
  case text, markdown, json, ndjson

  /// The format that a file's name asks for: `.txt`, `.md` or `.markdown`, `.json`, `.ndjson` or `.jsonl`;
  /// `nil` for any other.
  public init?(fileName: String) {
    let name = fileName.lowercased()
    if name.hasSuffix(".txt") || name.hasSuffix(".text") {
      self = .text
    } else if name.hasSuffix(".md") || name.hasSuffix(".markdown") {
      self = .markdown
    } else if name.hasSuffix(".json") {
      self = .json
    } else if name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl") {
      self = .ndjson
    } else {
      return nil
    }
  }
}
