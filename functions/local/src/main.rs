//! The `roundtrip` command: the whole service in one process, over a directory.

mod cli;
mod deploy;
mod feed;
mod grants;
mod home;
mod inputs;
mod remote;
mod report;
mod run;
mod serve;
mod show;
mod validate;

use std::{io::IsTerminal, process::ExitCode};

use clap::Parser;
use cli::{Cli, Command};
use tracing_subscriber::{fmt, layer::SubscriberExt, util::SubscriberInitExt};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    tracing_subscriber::registry().with(lines).with(cli.log).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report::failure(&error.into()),
    };
    let result = runtime.block_on(async {
        match cli.command {
            Command::Serve(options) => serve::serve(options).await,
            Command::Run(options) if options.at.server.is_some() => remote::run(options).await,
            Command::Run(options) => run::run(options).await,
            Command::Deploy(options) => deploy::deploy(options).await,
            Command::Validate(options) => Ok(validate::validate(&options)),
            Command::Token(command) => grants::token(command).await,
            Command::User(command) => grants::user(command).await,
            Command::Tenant(command) => grants::tenant(command).await,
        }
    });
    // What still runs is told to stop by being dropped; it must not hold the exit up.
    runtime.shutdown_timeout(serve::LAST_WORDS);
    result.unwrap_or_else(|error| report::failure(&error))
}
