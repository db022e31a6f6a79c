//! The handful of commands that everyone who works on Kalends runs.

mod bench;
mod geodata;
mod setup;
mod steps;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask COMMAND

  test [--quick]   everything: formatting, lints, docs, all tests, real clients.
                   --quick leaves out what needs more than cargo.
  bench [NAME]     the benchmarks, in release, with a table
  setup            installs what the tests need beside cargo, where it may
  geodata [--check]  makes the table of cities anew, or checks the committed one
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return ExitCode::FAILURE;
    };
    let outcome = match command.as_str() {
        "test" => test::run(rest),
        "bench" => bench::run(rest),
        "setup" => {
            setup::run();
            Ok(())
        }
        "geodata" => geodata::run(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(anyhow::anyhow!("there is no command {other}\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
