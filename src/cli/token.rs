//! `memcon token NAME`

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use sha2::{Digest, Sha256};

use crate::http::Token as Setting;

/// Make a token that settings can name
#[derive(Debug, Args)]
pub struct Token {
    /// Whose it is
    #[arg(value_name = "NAME")]
    name: String,

    /// A closing that it opens; `*` opens all
    #[arg(long, value_name = "CLOSING")]
    sees: Vec<String>,

    /// A collection to which it may write; with a `*` at its end any that begin so
    #[arg(long, value_name = "COLLECTION")]
    writes: Vec<String>,
}

#[derive(serde::Serialize)]
struct Stanza {
    tokens: Vec<Setting>,
}

impl Token {
    /// Prints the secret on the terminal, the setting to the output.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).context("the system gives no random numbers")?;
        let secret = hex(&secret);
        let stanza = Stanza {
            tokens: vec![Setting {
                name: self.name,
                sha256: hex(&Sha256::digest(secret.as_bytes())),
                sees: self.sees,
                writes: self.writes,
            }],
        };
        eprintln!(
            "The token, shown this once; it is sent as `Authorization: Bearer TOKEN`:\n\n{secret}\n\nFor the settings file:\n"
        );
        print!("{}", toml::to_string(&stanza)?);
        Ok(ExitCode::SUCCESS)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
