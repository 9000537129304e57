//! `memcon schema`

use std::process::ExitCode;

use clap::Args;
use comfy_table::{Table, presets::ASCII_MARKDOWN};

use crate::schema::{FieldKind, schema};

/// Print the fields, analyzers and vocabularies
#[derive(Debug, Args)]
pub struct Schema {
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

impl Schema {
    /// Prints the declarations; the table is the one of README.md.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        if self.json {
            println!("{}", serde_json::to_string_pretty(&schema().fields)?);
        } else {
            println!(
                "{}\n\nfingerprint {}",
                field_table(),
                schema().fingerprint()
            );
            for (name, vocabulary) in &schema().vocabularies {
                let slugs: Vec<&str> = vocabulary.slugs().collect();
                println!("\n{name}: {}", slugs.join(", "));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The field reference, in Markdown.
pub fn field_table() -> String {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["field", "kind", "filter", "facet", "weight", "what it is"]);
    for field in &schema().fields {
        let yes = |set: bool| if set { "yes" } else { "" }.to_owned();
        let weight = if field.kind == FieldKind::Text && field.weight > 0.0 {
            field.weight.to_string()
        } else {
            String::new()
        };
        table.add_row([
            format!("`{}`", field.name),
            field.kind.as_str().to_owned(),
            yes(field.filter),
            yes(field.facet),
            weight,
            field.help.clone(),
        ]);
    }
    table
        .to_string()
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}
