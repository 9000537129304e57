//! `memcon serve`

use std::{net::SocketAddr, process::ExitCode};

use anyhow::Context;
use clap::Args;

use super::open_or_specimens;
use crate::{config::Settings, server};

/// Answer over HTTP
#[derive(Debug, Args)]
pub struct Serve {
    /// The address to listen on [default: 127.0.0.1:8080, this machine only]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

impl Serve {
    /// Listens until a signal asks to stop.
    pub fn run(self, mut settings: Settings) -> anyhow::Result<ExitCode> {
        if let Some(listen) = self.listen {
            settings.listen = listen;
        }
        let engine = open_or_specimens(&settings)?;
        let stats = engine.stats().map_err(super::explain)?;
        let app = server::app(engine, &settings).map_err(|fact| {
            anyhow::anyhow!("{fact}\n\nhint: see `closed` and `tokens` in the settings file")
        })?;
        let runtime = tokio::runtime::Runtime::new().context("no threads to serve with")?;
        runtime.block_on(async {
            let listener = server::listen(settings.listen).await.map_err(|error| refused(settings.listen, &error))?;
            let address = listener.local_addr()?;
            eprintln!("memcon answers on http://{address} with {} records of {} volumes", stats.records, stats.volumes);
            if stats.specimens {
                eprintln!("These are specimens that come with the program. Take in real volumes with:\n\n    memcon ingest --data {} PATH...\n", settings.data.display());
            }
            server::serve(listener, app).await.context("the server stopped")
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn refused(address: SocketAddr, error: &std::io::Error) -> anyhow::Error {
    let (fact, hint) = match error.kind() {
        std::io::ErrorKind::AddrInUse => (
            "is in use".to_owned(),
            "stop the other program, or name another address with --listen",
        ),
        std::io::ErrorKind::PermissionDenied => (
            "is not permitted".to_owned(),
            "ports below 1024 need rights; name another with --listen",
        ),
        std::io::ErrorKind::AddrNotAvailable => (
            "is none of this machine's".to_owned(),
            "name one of its own with --listen",
        ),
        _ => (
            format!("cannot be listened on: {error}"),
            "name another with --listen",
        ),
    };
    anyhow::anyhow!("{address} {fact}\n\nhint: {hint}")
}
