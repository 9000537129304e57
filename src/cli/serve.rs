//! `memcon serve`

use std::{net::SocketAddr, process::ExitCode};

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;

use super::open_or_specimens;
use crate::{
    config::Settings,
    server::{self, Server, Signals},
};

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
        let server = Server::new(engine, &settings).map_err(|fact| {
            anyhow::anyhow!("{fact}\n\nhint: see `closed` and `tokens` in the settings file")
        })?;
        server::log_panics();
        let runtime = tokio::runtime::Runtime::new().context("no threads to serve with")?;
        let served = runtime.block_on(async {
            let listener = listen(settings.listen).await?;
            let figures = match settings.telemetry.metrics_listen {
                Some(address) => Some(listen(address).await?),
                None => None,
            };
            let (mut signals, again) = (Signals::new()?, Signals::new()?);
            let address = listener.local_addr()?;
            eprintln!("memcon answers on http://{address} with {} records of {} volumes", stats.records, stats.volumes);
            if stats.specimens {
                eprintln!("These are specimens that come with the program. Take in real volumes with:\n\n    memcon ingest --data {} PATH...\n", settings.data.display());
            }
            tokio::select! {
                () = server.serve(listener, figures, signals.next()) => {}
                () = twice(again) => tracing::warn!("stopped at once"),
            }
            anyhow::Ok(())
        });
        // Questions that nobody waits for do not hold the program.
        runtime.shutdown_background();
        served?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = server::listen(address).await;
    listener.map_err(|error| refused(address, &error))
}

/// Whoever asks a second time wants no patience.
async fn twice(mut signals: Signals) {
    signals.next().await;
    signals.next().await;
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
