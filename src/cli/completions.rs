use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use clap_complete::Shell;

use super::{EXIT_CODES, Outcome};

/// Print a script that completes the commands in your shell
#[derive(Debug, Args)]
#[command(after_help = format!("\
Example:
  backcoach completions bash > ~/.local/share/bash-completion/completions/backcoach

{EXIT_CODES}"))]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, mut program: clap::Command) -> anyhow::Result<Outcome> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut program, "backcoach", &mut script);
        io::stdout().write_all(&script)?;
        Ok(Outcome::Done)
    }
}

/// Print the manual page
#[derive(Debug, Args)]
#[command(after_help = format!("\
Example:
  backcoach man --folder ~/.local/share/man/man1

{EXIT_CODES}"))]
pub(super) struct Man {
    /// Write the page of every command into this folder instead
    #[arg(long)]
    folder: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(self, program: clap::Command) -> anyhow::Result<Outcome> {
        match self.folder {
            Some(folder) => clap_mangen::generate_to(program, &folder)
                .with_context(|| format!("{}: cannot be written", folder.display()))?,
            None => io::stdout().write_all(&page(program)?)?,
        }
        Ok(Outcome::Done)
    }
}

fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    Ok(page)
}
