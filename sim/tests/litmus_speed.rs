//! How fast public litmus tests run, on one thread: `cargo test --release --test litmus_speed -- --ignored --nocapture`.

use cmodx_sim::relaxed::litmus::batch::files;
use cmodx_sim::relaxed::litmus::{Options, run};
use std::path::PathBuf;
use std::time::Instant;

#[test]
#[ignore = "a measurement: needs CMODX_LITMUS, a release build and a quiet machine"]
fn a_thousand_tests_a_second_on_one_thread() {
    let base = PathBuf::from(std::env::var_os("CMODX_LITMUS").expect("CMODX_LITMUS names the folder of public tests"));
    let paths = files(&[base.to_string_lossy().into_owned()]).unwrap();
    let sources: Vec<String> = paths.iter().map(|p| std::fs::read_to_string(p).unwrap()).collect();
    let start = Instant::now();
    let (mut states, mut lists) = (0, 0);
    let options = Options { classic_fencei: true, ..Options::default() };
    for source in &sources {
        let outcome = run(source, "", &options).unwrap();
        states += outcome.thread_states;
        lists += outcome.lists;
    }
    let seconds = start.elapsed().as_secs_f64();
    let rate = sources.len() as f64 / seconds;
    println!("{} tests in {seconds:.3} s: {rate:.0} a second; {lists} lists, {states} states", sources.len());
    assert!(rate > 1000.0, "{rate:.0} tests a second");
}
