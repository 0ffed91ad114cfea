//! `picklebench completions`: command-line completion for a shell.

use clap::{Args, Command};
use clap_complete::Shell;

use super::output::print_raw;
use super::{Error, Outcome};

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench completions bash > ~/.local/share/bash-completion/completions/picklebench
  picklebench completions fish > ~/.config/fish/completions/picklebench.fish")]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments, command: &mut Command) -> Result<Outcome, Error> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, command, "picklebench", &mut script);
    print_raw(&script)?;
    Ok(Outcome::Done)
}
