//! Running other programs, one named step after another.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// The folder that holds the whole project.
pub(crate) fn project_root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().expect("xtask lies in the project's folder").to_owned()
}

/// A program with its arguments, to be run in the project's folder.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(project_root());
    command
}

/// Runs a step and fails when it does.
pub(crate) fn run(name: &str, command: &mut Command) -> anyhow::Result<()> {
    println!("\n== {name}");
    let status = command.status().with_context(|| format!("start {name}"))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}

/// Whether a program is on the path and answers `--version`.
pub(crate) fn is_installed(program: &str) -> bool {
    let quiet = std::process::Stdio::null;
    let asked = Command::new(program).arg("--version").stdout(quiet()).stderr(quiet()).status();
    asked.is_ok_and(|status| status.success())
}

/// Says what is left out, and why.
pub(crate) fn skip(name: &str, reason: &str) {
    println!("\n== {name}: skipped, {reason}");
}
