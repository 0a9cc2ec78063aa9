import Foundation
import Testing

/// Holds the import table: data flows one way, and each C library or package has one place.
@Suite struct ImportTableTests {
  /// What a module may import.
  struct Row {
    var ours: Set<String>
    /// C libraries and packages, and the files (all of the module's where empty) that may import them.
    var foreign: [String: Set<String>] = [:]
    /// Pure modules judge and render: they open no file and ask no clock.
    var isPure = false
  }

  static let table: [String: Row] = [
    "AllCores": Row(ours: []),
    "PushModel": Row(ours: [], isPure: true),
    "CloudTrailLog": Row(ours: ["PushModel"], foreign: ["CLibdeflate": [], "CLibzstd": [], "CSimdjson": []]),
    "TrailIntegrity": Row(
      ours: ["PushModel"], foreign: ["CLibdeflate": [], "Crypto": [], "CryptoExtras": []]),
    "LedgerStore": Row(
      ours: ["AllCores", "PushModel", "CloudTrailLog"],
      foreign: ["CLibzstd": ["Chunk.swift"], "Crypto": [], "GRDB": []]),
    "GitStore": Row(
      ours: ["PushModel"],
      foreign: ["CLibdeflate": [], "CLibgit2": [], "Crypto": ["CommitGraphFile.swift", "CommitInflater.swift"]]),
    "RefLedger": Row(ours: ["AllCores", "PushModel"], isPure: true),
    "Correlation": Row(ours: ["AllCores", "RefLedger", "GitStore", "PushModel"], isPure: true),
    "Report": Row(ours: ["AllCores", "Correlation", "RefLedger", "PushModel"], isPure: true),
    "Pushtrail": Row(
      ours: [
        "PushModel", "CloudTrailLog", "TrailIntegrity", "LedgerStore", "GitStore", "RefLedger", "Correlation", "Report",
      ]),
    // The typed report that it prints is Correlation's.
    "git-pushtrail": Row(
      ours: ["AllCores", "Pushtrail", "Report", "Correlation", "LedgerStore", "TrailIntegrity", "PushModel"],
      foreign: ["ArgumentParser": []]),
  ]

  /// Systems' modules that any module may import.
  static let everywhere: Set<String> = ["FoundationEssentials", "Synchronization"]
  /// Those that only a module that does I/O may import.
  static let withIO: Set<String> = ["Foundation", "Dispatch", "Glibc", "Musl", "Darwin"]
  /// Names by which FoundationEssentials alone would let a pure module reach a file, a clock or the environment.
  static let ioNames = [
    "FileManager", "contentsOf:", "contentsOfFile", "FileHandle", "ProcessInfo", "Date()", "Date.now",
  ]

  @Test func everyModuleIsInTheTable() throws {
    let swiftModules = try Self.modules().filter { try !Self.sources(of: $0).isEmpty }
    #expect(Set(swiftModules) == Set(Self.table.keys))
  }

  @Test(arguments: table.keys.sorted())
  func importsAreInTheTable(module: String) throws {
    let row = try #require(Self.table[module])
    for file in try Self.sources(of: module) {
      let text = try String(contentsOf: file, encoding: .utf8)
      for name in Self.imports(in: text) {
        let complaint = Self.complaint(about: name, in: file.lastPathComponent, row: row)
        #expect(complaint == nil, "Sources/\(module)/\(file.lastPathComponent)")
      }
      if row.isPure {
        for name in Self.ioNames {
          #expect(!Self.code(in: text).contains(name), "Sources/\(module)/\(file.lastPathComponent) uses \(name)")
        }
      }
    }
  }

  @Test func theTableHasNoCircle() {
    var done: Set<String> = []
    var left = Set(Self.table.keys)
    while let next = left.sorted().first(where: { Self.table[$0]?.ours.isSubset(of: done) == true }) {
      done.insert(next)
      left.remove(next)
    }
    #expect(left.isEmpty, "these import each other")
  }

  /// The test can fail: wrong imports, in every way that Swift lets one write them, are seen.
  @Test func wrongImportsAreSeen() throws {
    let text = """
      // import NotThis
      public import PushModel
      @preconcurrency internal import   Foundation
      @_spi(Testing) import struct CLibgit2.git_oid
      let words = "import NotThisEither"
        import Glibc
      """
    let found = Self.imports(in: text)
    #expect(found == ["PushModel", "Foundation", "CLibgit2", "Glibc"])
    let report = try #require(Self.table["Report"])
    #expect(found.map { Self.complaint(about: $0, in: "Text.swift", row: report) != nil } == [false, true, true, true])
    #expect(Self.code(in: "let a = 1  // FileManager\n/// Date()\n").contains("FileManager") == false)
  }

  // MARK: Reading the sources

  static func complaint(about name: String, in file: String, row: Row) -> String? {
    if row.ours.contains(name) || everywhere.contains(name) { return nil }
    if withIO.contains(name) { return row.isPure ? "a pure module imports \(name)" : nil }
    if let files = row.foreign[name] {
      return files.isEmpty || files.contains(file) ? nil : "\(name) is for \(files.sorted()) alone"
    }
    return "the table does not let it import \(name)"
  }

  static func imports(in text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      var words = line.split(separator: " ", omittingEmptySubsequences: true)[...]
      while let word = words.first, word.hasPrefix("@") || accessLevels.contains(String(word)) { words.removeFirst() }
      guard words.popFirst() == "import" else { return nil }
      if let kind = words.first, kinds.contains(String(kind)) { words.removeFirst() }
      return words.first?.split(separator: ".").first.map(String.init)
    }
  }

  static let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
  static let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]

  /// The text without line comments: a comment may speak of what the code does not do.
  static func code(in text: String) -> String {
    text.split(whereSeparator: \.isNewline)
      .map { line in line.firstRange(of: "//").map { String(line[..<$0.lowerBound]) } ?? String(line) }
      .joined(separator: "\n")
  }

  static let sourcesFolder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources")

  static func modules() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: sourcesFolder.path).filter { !$0.hasPrefix(".") }.sorted()
  }

  static func sources(of module: String) throws -> [URL] {
    let folder = sourcesFolder.appending(path: module)
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    return names.filter { $0.hasSuffix(".swift") }.sorted().map { folder.appending(path: $0) }
  }
}
