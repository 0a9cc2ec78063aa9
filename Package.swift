// swift-tools-version: 6.2
import PackageDescription

/// One set of compiler settings for every Swift target: Swift 6 mode, warnings are errors, memory safety is checked.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "pushtrail",
  products: [
    .executable(name: "git-pushtrail", targets: ["git-pushtrail"]),
    .library(name: "Pushtrail", targets: ["Pushtrail"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .systemLibrary(name: "CLibdeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CLibzstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .target(
      name: "CSimdjson",
      linkerSettings: [.linkedLibrary("simdjson")]
    ),

    .target(name: "AllCores", swiftSettings: strict),
    .target(name: "PushModel", swiftSettings: strict),
    .target(
      name: "CloudTrailLog", dependencies: ["PushModel", "CLibdeflate", "CLibzstd", "CSimdjson"], swiftSettings: strict),
    .target(
      name: "TrailIntegrity",
      dependencies: [
        "PushModel", "CLibdeflate", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    .target(
      name: "LedgerStore",
      dependencies: [
        "AllCores", "PushModel", "CloudTrailLog", "CLibzstd", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    .target(
      name: "GitStore",
      dependencies: ["PushModel", "CLibgit2", "CLibdeflate", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(name: "RefLedger", dependencies: ["AllCores", "PushModel"], swiftSettings: strict),
    .target(
      name: "Correlation", dependencies: ["AllCores", "RefLedger", "GitStore", "PushModel"], swiftSettings: strict),
    .target(
      name: "Report", dependencies: ["AllCores", "Correlation", "RefLedger", "PushModel"],
      exclude: ["Schema/pushtrail-report.schema.json"], swiftSettings: strict),
    .target(
      name: "Pushtrail",
      dependencies: [
        "PushModel", "CloudTrailLog", "TrailIntegrity", "LedgerStore", "GitStore", "RefLedger", "Correlation", "Report",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "git-pushtrail",
      dependencies: [
        "AllCores", "Pushtrail", "Report", "Correlation", "LedgerStore", "TrailIntegrity", "PushModel", argumentParser,
      ],
      swiftSettings: strict),

    .testTarget(name: "AllCoresTests", dependencies: ["AllCores"], swiftSettings: strict),
    .testTarget(name: "PushModelTests", dependencies: ["PushModel"], swiftSettings: strict),
    .testTarget(name: "CloudTrailLogTests", dependencies: ["CloudTrailLog", "PushModel"], swiftSettings: strict),
    .testTarget(
      name: "TrailIntegrityTests", dependencies: ["TrailIntegrity", "PushModel"], exclude: ["make_trail.py"],
      swiftSettings: strict),
    .testTarget(
      name: "LedgerStoreTests", dependencies: ["LedgerStore", "CloudTrailLog", "PushModel"], swiftSettings: strict),
    .testTarget(
      name: "GitStoreTests",
      dependencies: ["GitStore", "PushModel", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .testTarget(name: "RefLedgerTests", dependencies: ["RefLedger", "PushModel"], swiftSettings: strict),
    .testTarget(
      name: "CorrelationTests", dependencies: ["Correlation", "RefLedger", "GitStore", "PushModel"],
      swiftSettings: strict),
    .testTarget(
      name: "ReportTests", dependencies: ["Report", "Correlation", "RefLedger", "PushModel"], swiftSettings: strict),
    .testTarget(
      name: "PushtrailTests", dependencies: ["Pushtrail", "Report", "Correlation", "PushModel", "git-pushtrail"],
      swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)
