//! `/`: what is here, and where to begin.

use askama::Template;
use axum::{extract::State, response::Response};

use super::frame::{Frame, page};
use crate::{
    http::{Failure, Service},
    index::Stats,
    search::Search,
};

#[derive(Template)]
#[template(path = "home.html", config = "src/web/askama.toml")]
struct HomePage {
    frame: Frame,
    stats: Stats,
}

/// Shows what the collection holds.
pub async fn show_home(State(service): State<Service>) -> Result<Response, Failure> {
    let stats = service.ask(Search::stats).await?;
    Ok(page(&HomePage {
        frame: Frame {
            specimens: stats.specimens,
            ..Frame::default()
        },
        stats,
    }))
}
