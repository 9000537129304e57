//! `/help`: every way to ask, taught on the collection at hand.

use askama::Template;
use axum::{extract::State, response::Response};

use super::{
    address::Address,
    collection::Held,
    examples::{self, Example},
    frame::{Frame, page},
    text::{Count, Piece, with_code},
};
use crate::{
    http::{Failure, Reader},
    schema::{Field, schema},
    search::{Construct, Problem, Search},
};

#[derive(Template)]
#[template(path = "help.html", config = "src/web/askama.toml")]
struct HelpPage {
    frame: Frame,
    examples: Vec<Example>,
    constructs: Vec<Taught>,
    fields: &'static [Field],
}

/// A way to ask, with a question that has it.
struct Taught {
    construct: &'static Construct,
    /// The question, and where it is asked if it finds something here.
    query: String,
    found: Option<(Address, Count)>,
}

impl HelpPage {
    /// A text with its code set apart.
    fn with_code(&self, text: &str) -> Vec<Piece> {
        with_code(text)
    }
}

/// Shows every way to ask.
pub async fn show_help(service: Reader, State(held): State<Held>) -> Result<Response, Failure> {
    let help = service.ask(move |search| {
        Ok(HelpPage {
            constructs: constructs(search)?,
            examples: held.at_hand(search)?.examples.clone(),
            fields: &schema().fields,
            frame: Frame {
                specimens: search.stats()?.specimens,
                styles: &["search.css"],
                ..Frame::default()
            },
        })
    });
    Ok(page(&help.await?))
}

fn constructs(search: &Search) -> Result<Vec<Taught>, Problem> {
    let at_hand = examples::pair(search)?;
    let taught = crate::search::syntax_table().iter().map(|construct| {
        let own = at_hand
            .as_ref()
            .map(|pair| pair.put_into(construct.example));
        let candidates = own.into_iter().chain([construct.example.to_owned()]);
        let found = candidates
            .map(|query| (query.clone(), String::new()))
            .collect();
        let example = examples::first_that_finds(search, found)?;
        Ok(Taught {
            construct,
            query: example
                .as_ref()
                .map_or(construct.example, |e| &e.query)
                .to_owned(),
            found: example.map(|e| (e.address, e.count)),
        })
    });
    taught.collect()
}
