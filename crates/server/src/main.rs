//! The binary `kalends`: command line, wiring and shutdown.
//!
//! [`cli`] is what can be typed, [`commands`] what each command does, [`control`] where it is done
//! (here, or in the server that owns the data folder), and [`serve`](commands::serve) puts the
//! library, the dialects and a page behind one address.

mod app;
mod cli;
mod commands;
mod control;
mod data_folder;
mod memory;
mod metrics;
mod start_page;
mod telemetry;
mod web;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command, InfoArgs, KeyArgs, KeyCommand, UserCommand};
use crate::control::Request;
use crate::data_folder::serve_folder;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kalends: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    if matches!(cli.command, Command::DecodeWorker) {
        return commands::decode_worker();
    }
    telemetry::start(cli.log_format, &cli.log)?;
    let (data, request) = match cli.command {
        Command::Demo(args) => return commands::demo::run(args),
        Command::Serve(args) => return commands::serve::run(args),
        Command::Restore(args) => {
            let data = serve_folder(args.data.data)?;
            print!("{}", commands::backup::restore(&data, &args.file)?);
            return Ok(());
        }
        Command::Export(args) => return commands::export::run(args),
        Command::Import(args) => {
            print!("{}", commands::import::run(args)?);
            return Ok(());
        }
        Command::DecodeWorker => return commands::decode_worker(),
        Command::User(UserCommand::Add(args)) => {
            (args.data, Request::UserAdd { email: args.email, password: args.password })
        }
        Command::User(UserCommand::Password(args)) => {
            (args.data, Request::UserPassword { email: args.email, password: args.password })
        }
        Command::Key(KeyCommand::Create(args)) => {
            let KeyArgs { user, name, permissions, data } = args;
            (data, Request::KeyCreate { email: user, name, permissions })
        }
        Command::Scan(data) => (data, Request::Scan),
        Command::Info(args) => {
            let InfoArgs { json, problems, duplicates, data } = args;
            (data, Request::Info { json, problems, duplicates })
        }
        Command::Backup(args) => {
            (args.data, Request::Backup { file: std::path::absolute(args.file)? })
        }
        Command::Clean(data) => (data, Request::Clean),
    };
    print!("{}", control::run(&serve_folder(data.data)?, &request)?);
    Ok(())
}
