//! `cargo xtask bench`: the figures of the index, the catalog and the encoders, with a table.
//!
//! Each benchmark is an example of the crate it measures and prints lines of `name<TAB>nanoseconds`
//! (or another unit named in the name) after its own table. Here they are run one after another, in
//! release, on an otherwise quiet machine.

use anyhow::bail;

use crate::steps::{command, run as step};

/// Name, crate, example, arguments.
const BENCHMARKS: &[(&str, &str, &str, &[&str])] = &[
    ("timeline", "kalends-timeline", "figures", &["--assets", "1000000"]),
    ("timeline-10m", "kalends-timeline", "figures", &["--assets", "10000000"]),
    ("catalog", "kalends-catalog", "figures", &[]),
    ("immich", "kalends-api-immich", "figures", &[]),
];

/// Runs all benchmarks, or those named.
pub(crate) fn run(names: &[String]) -> anyhow::Result<()> {
    if let Some(unknown) = names.iter().find(|name| !BENCHMARKS.iter().any(|b| b.0 == *name)) {
        let known: Vec<&str> = BENCHMARKS.iter().map(|benchmark| benchmark.0).collect();
        bail!("there is no benchmark {unknown}; there are {}", known.join(", "));
    }
    for (name, package, example, arguments) in BENCHMARKS {
        if !names.is_empty() && !names.iter().any(|asked| asked == name) {
            continue;
        }
        let cargo = ["run", "--release", "--locked", "-p", package, "--example", example, "--"];
        step(name, command("cargo", &cargo).args(*arguments))?;
    }
    Ok(())
}
