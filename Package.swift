// swift-tools-version: 6.2
import PackageDescription

/// Swift 6 with every safety the compiler offers: unsafe code is marked where it stands, and a warning is an error.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// Tests reach into modules and raw buffers freely, so they do without the markers of strict memory safety.
let tests: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Optimised in debug builds, too: what plays, and what checks its sums, takes most of the tests' time otherwise.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"])]

// The folders follow a sample through the program; an arrow only ever points to a line further up.
let package = Package(
  name: "sotto",
  products: [
    .executable(name: "sottod", targets: ["sottod"]),
    .executable(name: "sotto", targets: ["sotto"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
  ],
  targets: [
    .systemLibrary(name: "CFFTW", pkgConfig: "fftw3f", providers: [.apt(["libfftw3-dev"])]),
    .systemLibrary(name: "CJack", pkgConfig: "jack", providers: [.apt(["libjack-jackd2-dev"])]),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CSndfile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
    .target(name: "CRealtime", cSettings: [.unsafeFlags(["-O3"])]),

    .target(name: "Text", swiftSettings: strict),
    .target(name: "ONNX", dependencies: ["Text"], swiftSettings: strict),
    .target(name: "Realtime", dependencies: ["CRealtime"], swiftSettings: strict),
    .target(
      name: "Spectral", dependencies: ["Realtime", "CRealtime", "CFFTW"], swiftSettings: strict + optimised),
    .target(
      name: "Network", dependencies: ["Realtime", "CRealtime", "Text"], exclude: ["FORMAT.md"],
      swiftSettings: strict + optimised),
    .target(
      name: "Separation", dependencies: ["Network", "Spectral", "Realtime", "CRealtime"],
      swiftSettings: strict + optimised),
    .target(
      name: "Preset", dependencies: ["Separation", "Network", "Spectral", "Text"], swiftSettings: strict),
    .target(name: "Evaluation", dependencies: ["Spectral"], swiftSettings: strict + optimised),
    .target(name: "Sound", dependencies: ["CSndfile"], swiftSettings: strict),
    .target(
      name: "Control",
      dependencies: [
        "Text",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], exclude: ["PROTOCOL.md"], swiftSettings: strict),
    .target(
      name: "Live", dependencies: ["Preset", "Separation", "Network", "Spectral", "Realtime", "CRealtime"],
      swiftSettings: strict),
    .target(name: "Audio", dependencies: ["Live", "Realtime", "CRealtime", "CJack"], swiftSettings: strict),

    .executableTarget(
      name: "sottod",
      dependencies: [
        "Audio", "Live", "Control", "Preset", "Separation", "Spectral", "Text",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "sotto",
      dependencies: [
        "Audio", "Live", "Control", "Preset", "Separation", "Network", "ONNX", "Spectral", "Evaluation", "Sound",
        "Realtime", "Text",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      resources: [.embedInCode("Rivals.py"), .embedInCode("RivalONNX.py"), .embedInCode("RivalTorch.py")],
      swiftSettings: strict),

    // Counts allocations and locks by standing in for malloc and pthread_mutex_lock; linked into BudgetTests only.
    .target(name: "CAllocationProbe", path: "Tests/CAllocationProbe"),
    // A daemon that says what a test wrote for it: for the tests of the protocol and those of the program that speaks it.
    .target(name: "ControlFixtures", dependencies: ["Control"], path: "Tests/ControlFixtures", swiftSettings: tests),
    // Starts programs, and waits for them.
    .target(name: "ChildProcess", path: "Tests/ChildProcess", swiftSettings: tests),
    .testTarget(name: "TextTests", dependencies: ["Text"], swiftSettings: tests),
    .testTarget(name: "RealtimeTests", dependencies: ["Realtime"], swiftSettings: tests),
    .testTarget(name: "SpectralTests", dependencies: ["Spectral", "Realtime"], swiftSettings: tests),
    .testTarget(name: "KernelTests", dependencies: ["CRealtime", "COpenBLAS"], swiftSettings: tests + optimised),
    .testTarget(
      name: "NetworkTests", dependencies: ["Network", "Realtime", "Text", "CRealtime", "COpenBLAS"],
      resources: [.copy("Fixtures")], swiftSettings: tests),
    .testTarget(
      name: "ONNXTests", dependencies: ["ONNX", "Network", "Sound", "Text"],
      exclude: ["make_fixtures.py", "make_references.py", "make_torch_fixtures.py"],
      resources: [.copy("Fixtures")], swiftSettings: tests),
    .testTarget(
      name: "SeparationTests", dependencies: ["Separation", "Network", "Spectral", "Realtime"],
      swiftSettings: tests + optimised),
    .testTarget(
      name: "PresetTests", dependencies: ["Preset", "Separation", "Network", "Spectral"], swiftSettings: tests),
    .testTarget(
      name: "EvaluationTests", dependencies: ["Evaluation"], exclude: ["make_fixtures.py"],
      resources: [.copy("Fixtures")], swiftSettings: tests),
    .testTarget(name: "SoundTests", dependencies: ["Sound"], swiftSettings: tests),
    .testTarget(
      name: "ControlTests", dependencies: ["ChildProcess", "ControlFixtures", "Control", "Text"], swiftSettings: tests),
    .testTarget(
      name: "LiveTests", dependencies: ["Live", "Preset", "Separation", "Spectral", "Realtime"], swiftSettings: tests),
    .testTarget(
      name: "CommandTests", dependencies: ["ChildProcess", "ControlFixtures", "sotto", "Control", "Sound", "Text"],
      swiftSettings: tests),
    .testTarget(name: "RaceTests", dependencies: ["Realtime", "Separation"], swiftSettings: tests),
    .testTarget(
      name: "BudgetTests",
      dependencies: ["CAllocationProbe", "Preset", "Separation", "Network", "Realtime", "CRealtime"],
      swiftSettings: tests),
    .testTarget(
      name: "SystemTests", dependencies: ["ChildProcess", "Control", "Sound", "Audio", "Live", "Preset", "CJack"],
      swiftSettings: tests),
  ],
  cLanguageStandard: .gnu11
)

// For `.ci/test`: which test targets a build has that runs only those.
if let wanted = Context.environment["SOTTO_TESTS"]?.split(separator: " ").map(String.init) {
  package.targets.removeAll { $0.type == .test && !wanted.contains($0.name) }
}

// Fuzzers, for `.ci/test fuzz`: their `main` is that of libFuzzer, so they link only with it.
if Context.environment["SOTTO_FUZZ"] != nil {
  let fuzzers = tests + [.unsafeFlags(["-parse-as-library"])]
  package.targets += [
    .target(name: "CFuzzer", path: "Tests/Fuzzing/CFuzzer"),
    .target(name: "FuzzInput", dependencies: ["CFuzzer"], path: "Tests/Fuzzing/FuzzInput", swiftSettings: tests),
    .executableTarget(
      name: "FuzzModel", dependencies: ["CFuzzer", "FuzzInput", "Network", "Text"], path: "Tests/Fuzzing/FuzzModel",
      swiftSettings: fuzzers),
    .executableTarget(
      name: "FuzzONNX", dependencies: ["FuzzInput", "ONNX", "Network"], path: "Tests/Fuzzing/FuzzONNX",
      swiftSettings: fuzzers),
    .executableTarget(
      name: "FuzzPreset", dependencies: ["FuzzInput", "Preset", "Separation", "Realtime"],
      path: "Tests/Fuzzing/FuzzPreset", swiftSettings: fuzzers),
  ]
}
