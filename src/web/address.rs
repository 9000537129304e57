//! Links to our own pages: a path and parameters in order. Every state of a page is such an address, so
//! every link to another state is this one with something added or taken away.

use std::fmt;

use crate::search::Params;

/// Parameters of a search that say nothing about which records match.
pub const OF_HITS: [&str; 9] = [
    "sort",
    "cursor",
    "facets",
    "interval",
    "passages",
    "limit",
    "group",
    "group_hits",
    "explain",
];

/// A path and its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    path: String,
    params: Vec<(String, String)>,
}

impl Address {
    /// A path, percent-encoded already, without parameters.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            params: Vec::new(),
        }
    }

    /// A path whose parts may hold anything.
    pub fn of(parts: &[&str]) -> Self {
        let parts = parts.iter().map(|part| encoded(part));
        Self::new(parts.fold(String::new(), |path, part| path + "/" + &part))
    }

    /// With these parameters behind its own; empty ones are left out.
    #[must_use]
    pub fn with_all(mut self, params: &Params) -> Self {
        let given = params.iter().filter(|(_, value)| !value.trim().is_empty());
        self.params.extend(given.cloned());
        self
    }

    /// With one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.push((name.to_owned(), value.into()));
        self
    }

    /// With one in the place of all others of its name.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        let at = self.params.iter().position(|(n, _)| n == name);
        self = self.without(name);
        let at = at.unwrap_or(self.params.len()).min(self.params.len());
        self.params.insert(at, (name.to_owned(), value.into()));
        self
    }

    /// Without any of this name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.params.retain(|(n, _)| n != name);
        self
    }

    /// Without one value of a parameter.
    #[must_use]
    pub fn without_value(mut self, name: &str, value: &str) -> Self {
        self.params.retain(|(n, v)| n != name || v != value);
        self
    }

    /// The last value of a parameter, unless it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let given = self.params.iter().rev().find(|(n, _)| n == name);
        given.map(|(_, v)| v.trim()).filter(|v| !v.is_empty())
    }

    /// Its parameters as they stand behind the `?`.
    pub fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.params);
        query.finish()
    }

    /// Its parameters, for the hidden fields of a form.
    pub fn params(&self) -> &Params {
        &self.params
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if self.params.is_empty() {
            return Ok(());
        }
        write!(f, "?{}", self.query())
    }
}

/// One part of a path: everything but letters, digits and `-._~` of ASCII in percent.
fn encoded(part: &str) -> String {
    part.bytes().fold(String::new(), |mut path, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
        path
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_changes_and_is_encoded() {
        let params = [("q".to_owned(), "“test ban” & laos".to_owned())];
        let address = Address::new("/search").with_all(&params);
        let narrowed = address.clone().with("kind", "letter").set("sort", "date");
        insta::assert_snapshot!(narrowed, @"/search?q=%E2%80%9Ctest+ban%E2%80%9D+%26+laos&kind=letter&sort=date");
        assert_eq!(
            narrowed.without_value("kind", "letter").without("sort"),
            address
        );
        insta::assert_snapshot!(Address::of(&["people", "a/b ?"]), @"/people/a%2Fb%20%3F");
    }
}
