//! `cargo xtask setup`: what the tests need beside cargo, installed where this user may.

use crate::steps::{command, is_installed, run as step, skip};

/// Debian packages, and the program that shows that each is there.
const PACKAGES: &[(&str, &str)] =
    &[("ffmpeg", "ffmpeg"), ("libimage-exiftool-perl", "exiftool"), ("curl", "curl")];

/// Installs what is missing. What cannot be installed is said here, and the tests that need it say
/// so again when they leave something out.
pub(crate) fn run() {
    or_skip("Debian packages", debian_packages());
    or_skip("Python packages", python_packages());
    or_skip("Node packages", node_packages());
}

fn or_skip(name: &str, installed: anyhow::Result<()>) {
    if let Err(error) = installed {
        skip(name, &format!("{error:#}"));
    }
}

fn debian_packages() -> anyhow::Result<()> {
    let mut missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|(_, program)| !is_on_path(program))
        .map(|(package, _)| *package)
        .collect();
    // Debian's Python comes without what makes an environment.
    if is_installed("python3") && !can_make_environments() {
        missing.push("python3-venv");
    }
    if missing.is_empty() {
        return Ok(());
    }
    if !is_on_path("apt-get") || !is_root() {
        skip("Debian packages", &format!("this user cannot install {}", missing.join(", ")));
        return Ok(());
    }
    step("package lists", &mut command("apt-get", &["update", "-qq"]))?;
    let install = ["install", "-y", "-qq", "--no-install-recommends"];
    step("Debian packages", command("apt-get", &install).args(missing))
}

fn python_packages() -> anyhow::Result<()> {
    if !is_installed("python3") {
        skip("Python packages", "python3 is not installed");
        return Ok(());
    }
    if !crate::steps::project_root().join("e2e/.venv/bin/pip").exists() {
        if !can_make_environments() {
            skip("Python packages", "this Python cannot make an environment");
            return Ok(());
        }
        step("Python environment", &mut command("python3", &["-m", "venv", "e2e/.venv"]))?;
    }
    let install =
        ["install", "--quiet", "--disable-pip-version-check", "-r", "e2e/requirements.txt"];
    step("Python packages", &mut command("e2e/.venv/bin/pip", &install))
}

fn node_packages() -> anyhow::Result<()> {
    if !is_installed("npm") {
        skip("Node packages", "npm is not installed");
        return Ok(());
    }
    step(
        "Node packages",
        &mut command("npm", &["ci", "--prefix", "e2e", "--no-audit", "--no-fund"]),
    )
}

fn can_make_environments() -> bool {
    let asked = command("python3", &["-c", "import ensurepip, venv"]).output();
    asked.is_ok_and(|output| output.status.success())
}

fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn is_root() -> bool {
    std::process::Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
