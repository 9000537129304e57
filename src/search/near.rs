//! Did you mean: the name most like one that is not known.

use strsim::damerau_levenshtein;

/// The nearest of some names, if it is near enough to be meant.
pub fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if typed.len() > 60 {
        return None;
    }
    let typed = typed.to_lowercase();
    let bound = (typed.chars().count() / 3).max(1);
    names
        .into_iter()
        .map(|name| (damerau_levenshtein(&typed, &name.to_lowercase()), name))
        .filter(|(distance, name)| {
            *distance <= bound || (typed.len() >= 3 && name.starts_with(&typed))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The hint for a name that is not known: the one that is meant, or what else to say.
pub fn meant<'a>(
    typed: &str,
    names: impl IntoIterator<Item = &'a str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    nearest(typed, names).map_or_else(otherwise, |near| format!("did you mean `{near}`?"))
}

/// Names in a row.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_enough_or_nothing() {
        let names = ["participant", "place", "precedence"];
        assert_eq!(nearest("participent", names), Some("participant"));
        assert_eq!(nearest("partic", names), Some("participant"));
        assert_eq!(nearest("zzz", names), None);
    }
}
