//! Controlled subjects: countries under their regions, and the tags of a taxonomy that the record names.

use super::outline::Outline;
use crate::{
    authority::Taxonomy,
    record::{Evidence, Passage, PassageKind},
    schema::Country,
};

/// Mentions in the text that make a subject without a heading.
const IN_TEXT: u32 = 3;

/// What a mention in a heading counts beside one in the text.
const HEADED: f32 = 3.0;

/// The most subjects of a record beside its countries.
const MOST: usize = 12;

/// Subjects, each as its chain of headings, with the evidence for those of the taxonomy.
pub fn find(
    taxonomy: Option<&Taxonomy>,
    heading: &str,
    outline: &Outline,
    chapters: &[String],
    passages: &[Passage],
    countries: &[(&'static Country, Evidence)],
) -> Vec<(Vec<String>, Option<Evidence>)> {
    let placed = countries.iter().map(|(country, _)| {
        let mut chain = country.region.clone();
        chain.push(country.label.clone());
        (chain, None)
    });
    let mut found: Vec<_> = placed.collect();
    let Some(taxonomy) = taxonomy else {
        return found;
    };
    let mut counts: Vec<(usize, [u32; 4])> = Vec::new();
    let mut count = |text: &str, place: usize| {
        for subject in taxonomy.find(text) {
            match counts.iter_mut().find(|(known, _)| *known == subject) {
                Some((_, places)) => places[place] += 1,
                None => {
                    let mut places = [0; 4];
                    places[place] += 1;
                    counts.push((subject, places));
                }
            }
        }
    };
    count(heading, 0);
    outline.subject.iter().for_each(|text| count(text, 1));
    outline
        .topics
        .iter()
        .chain(chapters)
        .for_each(|text| count(text, 2));
    passages
        .iter()
        .filter(|p| p.kind != PassageKind::Footnote)
        .for_each(|p| count(&p.text, 3));
    counts.retain(|(_, [title, subject, topic, text])| {
        title + subject + topic > 0 || *text >= IN_TEXT
    });
    let weight = |[title, subject, topic, text]: &[u32; 4]| {
        HEADED * (title + subject + topic) as f32 + *text as f32
    };
    counts.sort_by(|a, b| weight(&b.1).total_cmp(&weight(&a.1)).then(a.0.cmp(&b.0)));
    found.extend(counts.iter().take(MOST).map(|(number, places)| {
        let chain = taxonomy.subject(*number).to_vec();
        let named = ["title", "subject", "topic", "text"]
            .iter()
            .zip(places)
            .filter(|(_, n)| **n > 0);
        let evidence = Evidence {
            value: chain.last().cloned().unwrap_or_default(),
            weight: weight(places),
            places: named.map(|(place, n)| ((*place).to_owned(), *n)).collect(),
        };
        (chain, Some(evidence))
    }));
    found
}
