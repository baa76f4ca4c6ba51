//! The shape of the workspace: dependencies only downwards, no unsafe code, no machine paths.

use std::collections::BTreeMap;
use std::process::Command;

/// The floor of each crate; a crate may depend on lower floors only.
const FLOORS: &[(&str, u8)] = &[
    ("cmodx", 5),
    ("cmodx-reports", 4),
    ("cmodx-workloads", 3),
    ("cmodx-guest-build", 2),
    ("cmodx-sim", 2),
    ("cmodx-trampolines", 2),
    ("cmodx-isa", 1),
];

#[test]
fn dependencies_between_crates_go_downwards_only() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let floors: BTreeMap<&str, u8> = FLOORS.iter().copied().collect();
    let packages = metadata["packages"].as_array().expect("packages");
    assert_eq!(packages.len(), FLOORS.len(), "a new crate needs a floor");
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let target = dependency["name"].as_str().expect("a name");
            if let Some(floor) = floors.get(target) {
                assert!(floor < &floors[name], "{name} must not depend on {target}");
            }
        }
    }
}
