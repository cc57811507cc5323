// swift-tools-version:5.6
//
// The C API for Swift, compiled from source, and the strips of bindings/objc once `make xcframework`
// has built them on a Mac. Not built with Swift, not run on macOS.
//
// A program uses one of the two, since PerbusDesk contains the C API. CPerbus has unsafe flags, which
// Swift takes from a package by path, branch or revision, but not by version.
import Foundation
import PackageDescription

let framework = "target/xcframework/PerbusDesk.xcframework"
let isBuilt = FileManager.default.fileExists(atPath: Context.packageDirectory + "/" + framework)

var products: [Product] = [.library(name: "CPerbus", targets: ["CPerbus"])]
var targets: [Target] = [
    .target(
        name: "CPerbus",
        path: "native",
        exclude: ["avfaudio", "render", "Makefile", "check.mk", "perbus.pc.in", "sources.mk"],
        publicHeadersPath: "swift",
        cSettings: [
            .headerSearchPath("."),
            .unsafeFlags(["-fno-objc-arc", "-fblocks", "-fexceptions", "-fobjc-exceptions"]),
        ],
        linkerSettings: [
            .linkedFramework("AVFoundation"),
            .linkedFramework("AudioToolbox"),
            .linkedFramework("Foundation"),
        ]
    )
]
if isBuilt {
    products.append(.library(name: "PerbusDesk", targets: ["PerbusDesk"]))
    targets.append(.binaryTarget(name: "PerbusDesk", path: framework))
}

let package = Package(
    name: "perbus",
    platforms: [.macOS(.v11), .iOS(.v14)],
    products: products,
    targets: targets
)
