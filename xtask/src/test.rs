//! `cargo xtask test`: formatting, lints, docs, every test, and real clients.

use anyhow::bail;

use crate::steps::{command, is_installed, run as step, skip};
use crate::{geodata, setup};

/// Runs everything, or with `--quick` what needs cargo alone.
fn run_steps(is_quick: bool) -> anyhow::Result<()> {
    step("formatting", &mut command("cargo", &["fmt", "--all", "--check"]))?;
    let lints = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    step("lints", &mut command("cargo", &lints))?;
    geodata::run(&["--check".to_owned()])?;
    if !is_quick {
        setup::run();
    }
    unit_tests()?;
    if is_quick {
        return Ok(());
    }
    let docs = ["doc", "--workspace", "--no-deps", "--locked"];
    step("docs", command("cargo", &docs).env("RUSTDOCFLAGS", "-D warnings"))?;
    real_clients()
}

fn unit_tests() -> anyhow::Result<()> {
    if is_installed("cargo-nextest") {
        step("tests", &mut command("cargo", &["nextest", "run", "--workspace", "--locked"]))?;
        step(
            "examples in docs",
            &mut command("cargo", &["test", "--doc", "--workspace", "--locked"]),
        )
    } else {
        step("tests", &mut command("cargo", &["test", "--workspace", "--locked"]))
    }
}

/// The real server, driven by the published clients of both APIs.
fn real_clients() -> anyhow::Result<()> {
    step("release build", &mut command("cargo", &["build", "--release", "--locked"]))?;
    if is_installed("python3") {
        step("real clients", &mut command("python3", &["e2e/run.py"]))
    } else {
        skip("real clients", "python3 is not installed");
        Ok(())
    }
}

/// Reads the arguments of the command line.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    match arguments {
        [] => run_steps(false),
        [quick] if quick == "--quick" => run_steps(true),
        other => bail!("test takes --quick or nothing, not {other:?}"),
    }
}
