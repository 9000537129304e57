//! memcon: parse, dispatch, exit code. What each verb does stands in `src/cli/`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match memcon::cli::run(memcon::cli::Cli::parse()) {
        Ok(code) => code,
        // A reader that has seen enough, as `head`, is no failure.
        Err(error)
            if error
                .downcast_ref::<std::io::Error>()
                .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe) =>
        {
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
