//! The command-line program: everything is in [`backcoach::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    backcoach::cli::main(std::env::args_os())
}
