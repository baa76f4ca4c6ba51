//! Equal runs give equal bytes: twice, and on one and on two threads.

use assert_cmd::Command;

/// Measures a part of the matrix and gives the results file.
fn measure(threads: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let selection = ["--calls", "50", "--harts", "4", "--sites", "64", "--rounds", "10", "--no-host", "--quiet"];
    let cores = ["--core", "sifive-u74", "--core", "cortex-a55"];
    let output = Command::cargo_bin("cmodx")
        .unwrap()
        .current_dir(folder.path())
        .env("RAYON_NUM_THREADS", threads)
        .args(["bench", "-o", "results.jsonl"])
        .args(selection)
        .args(cores)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(folder.path().join("results.jsonl")).unwrap()
}

#[test]
fn the_same_run_gives_the_same_bytes_on_any_number_of_threads() {
    let first = measure("2");
    assert!(first.len() > 10_000, "too little was measured: {} bytes", first.len());
    assert!(first == measure("2"), "two equal runs differ");
    assert!(first == measure("1"), "one thread and two threads differ");
}
