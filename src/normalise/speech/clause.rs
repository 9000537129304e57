//! The first clause of a sentence that reports speech: its subject and its verb.

use super::{
    cast::Cast,
    verbs::{Verb, Verbs},
    words::Word,
};

/// What a clause of saying has as its subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// `I`
    First,
    /// `we`
    FirstPlural,
    /// `he`, `she`
    Third,
    /// `the latter`
    Latter,
    /// `the former`
    Former,
    /// Named, or one of several who hold the office named.
    Members(Vec<usize>),
    /// A name that leads to nobody in the talk; folded.
    Stranger(String),
    /// `the conversation`
    Talk,
}

/// A clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its subject.
    pub subject: Subject,
    /// What the subject does; `None` where the verb is none of the vocabulary.
    pub verb: Option<Verb>,
    /// In the past of the past, or as a possibility: it belongs to what is said, not to the report.
    pub remote: bool,
    /// With `not`.
    pub denied: bool,
    /// Several are its subject.
    pub joint: bool,
    /// Index of the subject's first word.
    pub at: usize,
    /// Index of the word behind the verb.
    pub behind: usize,
}

/// Words that may stand between a subject and its verb.
const BETWEEN: &[&str] = &[
    "then",
    "also",
    "again",
    "now",
    "however",
    "further",
    "furthermore",
    "too",
    "even",
    "just",
    "still",
    "once",
    "never",
    "always",
    "often",
    "only",
    "both",
    "all",
    "himself",
    "herself",
    "first",
    "next",
    "finally",
    "later",
    "thereupon",
    "who",
    "rather",
    "so",
    "here",
    "moreover",
    "therefore",
    "thus",
    "instead",
    "nevertheless",
    "meanwhile",
    "twice",
    "more",
];

/// Words that open a phrase between a subject and its verb: `Vorel on this point adhered ...`.
const PREPOSITIONS: &[&str] = &[
    "of",
    "with",
    "to",
    "from",
    "by",
    "for",
    "between",
    "on",
    "in",
    "at",
    "about",
    "than",
    "against",
    "upon",
    "throughout",
    "during",
    "after",
    "before",
    "concerning",
    "regarding",
    "under",
    "through",
    "like",
    "without",
    "toward",
    "towards",
];

/// Words at which such a phrase is given up.
const STOPS: &[&str] = &[
    "that", "which", "whether", "if", "when", "while", "because", "and", "but", "or", "as", "than",
    "what", "how", "why", "where",
];

/// Verbs that leave the saying to the infinitive behind them.
const HELPING: &[&str] = &[
    "seemed",
    "appeared",
    "began",
    "proceeded",
    "continued",
    "tried",
    "attempted",
    "wished",
    "wanted",
    "sought",
    "hastened",
    "managed",
    "went",
    "took",
    "used",
    "chose",
    "felt",
    "was",
];

const MODALS: &[&str] = &[
    "would", "could", "might", "should", "will", "may", "must", "can", "shall", "has", "have",
    "is", "are", "am", "be", "were",
];

/// Finds clauses.
pub struct Finder<'a> {
    /// Who is in the talk.
    pub cast: &'a Cast,
    /// Offices stand without their articles.
    pub telegraphic: bool,
}

impl Finder<'_> {
    /// The first clause that reports speech; else the first in which somebody acts; else the first with a
    /// subject that is in the talk.
    pub fn first(&self, words: &[Word]) -> Option<Clause> {
        let mut silent: Option<Clause> = None;
        let mut wordless: Option<Clause> = None;
        let mut at = 0;
        while at < words.len() {
            let Some(clause) = self.clause(words, at) else {
                at += 1;
                continue;
            };
            let behind = clause.behind.max(at + 1);
            match clause.verb {
                _ if clause.subject == Subject::Talk => {
                    let told = Clause {
                        verb: None,
                        ..clause
                    };
                    return Some(silent.unwrap_or(told));
                }
                Some(Verb::Act) => {
                    silent.get_or_insert(clause);
                }
                // Behind what somebody does, only a clause of its own tells what was said.
                Some(_) if silent.is_none() || (!clause.remote && is_introduced(words, at)) => {
                    return Some(clause);
                }
                Some(_) => {}
                None => {
                    wordless.get_or_insert(clause);
                }
            }
            at = behind;
        }
        silent.or_else(|| self.words_of(words)).or(wordless)
    }

    /// The clause that begins at a place.
    fn clause(&self, words: &[Word], at: usize) -> Option<Clause> {
        let (subject, behind) = self.subject(words, at)?;
        let (subject, joined) = self.joined_subjects(words, behind, subject);
        let joint = joined > behind || subject == Subject::FirstPlural;
        let predicate = predicate(words, joined);
        let behind = predicate
            .as_ref()
            .and_then(|p| p.verb.map(|_| p.behind))
            .unwrap_or(joined);
        let known = predicate.unwrap_or(Clause {
            subject: subject.clone(),
            verb: None,
            remote: false,
            denied: false,
            joint,
            at,
            behind,
        });
        Some(Clause {
            subject,
            joint,
            at,
            behind,
            ..known
        })
    }

    /// `occasional comments by Vorel about ...`, `was mentioned by Vorel`, `according to Vorel`.
    fn words_of(&self, words: &[Word]) -> Option<Clause> {
        const SPOKEN: &[&str] = &[
            "comment",
            "comments",
            "remark",
            "remarks",
            "observation",
            "observations",
            "question",
            "questions",
            "statement",
            "suggestion",
            "inquiry",
        ];
        for (index, word) in words
            .iter()
            .enumerate()
            .filter(|(_, w)| matches!(w.text.as_str(), "by" | "to") && !w.quoted)
        {
            let before = index.checked_sub(1).map_or("", |i| words[i].text.as_str());
            let spoken = if word.text == "to" {
                before == "according"
            } else {
                SPOKEN.contains(&before)
                    || matches!(Verbs::table().find(&[before]), Some(Verb::Say | Verb::Ask))
            };
            if spoken
                && !word.parted
                && let Some((members, behind)) = self.members(words, index + 1)
            {
                return Some(Clause {
                    subject: Subject::Members(members),
                    verb: Some(Verb::Say),
                    remote: false,
                    denied: false,
                    joint: false,
                    at: index + 1,
                    behind,
                });
            }
        }
        None
    }

    /// The members named at a place, by name or by office.
    fn members(&self, words: &[Word], at: usize) -> Option<(Vec<usize>, usize)> {
        match self.cast.named(words, at) {
            Some((Ok(member), behind)) => Some((vec![member], behind)),
            _ => self.cast.office(words, at, self.telegraphic),
        }
    }

    /// A subject at a place, and the place behind it.
    fn subject(&self, words: &[Word], at: usize) -> Option<(Subject, usize)> {
        let word = &words[at];
        let before = at.checked_sub(1).map(|i| &words[i]);
        let governed =
            before.is_some_and(|b| !word.parted && PREPOSITIONS.contains(&b.text.as_str()));
        if word.quoted || governed {
            return None;
        }
        let next = words.get(at + 1).map_or("", |w| w.text.as_str());
        match word.text.as_str() {
            "i" if is_pronoun(words, at) => return Some((Subject::First, at + 1)),
            "we" => return Some((Subject::FirstPlural, at + 1)),
            "he" | "she" => return Some((Subject::Third, at + 1)),
            "the" if next == "latter" => return Some((Subject::Latter, at + 2)),
            "the" if next == "former" && words.get(at + 2).is_some_and(|w| !w.capital) => {
                return Some((Subject::Former, at + 2));
            }
            "the" | "this" | "our" | "their" | "that" | "much" | "most" | "other" | "further"
                if at <= 4 =>
            {
                if let Some(behind) = talk(words, at) {
                    return Some((Subject::Talk, behind));
                }
            }
            _ => {}
        }
        if let Some((who, behind)) = self.cast.named(words, at) {
            let (owner, reply) = possession(words, behind);
            if owner && !reply {
                return None;
            }
            let behind = behind + usize::from(reply);
            return Some(match who {
                Ok(member) => (Subject::Members(vec![member]), behind),
                Err(name) => (Subject::Stranger(name), behind),
            });
        }
        let (who, behind) = self.cast.office(words, at, self.telegraphic)?;
        let (owner, reply) = possession(words, behind);
        (!owner || reply).then(|| (Subject::Members(who), behind + usize::from(reply)))
    }

    /// `the Ambassador and I`, `Rusk, Moss and Quill`: the first of them counts, `I` before all.
    fn joined_subjects(
        &self,
        words: &[Word],
        mut behind: usize,
        mut subject: Subject,
    ) -> (Subject, usize) {
        loop {
            let and = words.get(behind).is_some_and(|w| w.text == "and");
            let from = behind + usize::from(and);
            let listed = and
                || (matches!(subject, Subject::Members(_))
                    && words.get(behind).is_some_and(|w| w.parted && w.capital));
            let Some((other, end)) = (listed && from < words.len())
                .then(|| self.subject(words, from))
                .flatten()
            else {
                return (subject, behind);
            };
            if !matches!(
                other,
                Subject::First | Subject::Members(_) | Subject::Stranger(_)
            ) {
                return (subject, behind);
            }
            if other == Subject::First {
                subject = other;
            }
            behind = end;
        }
    }
}

/// `I`, and not the numeral of `Part I`, `World War I`, `Elizabeth I`.
pub fn is_pronoun(words: &[Word], at: usize) -> bool {
    let word = &words[at];
    let before = at.checked_sub(1).map(|i| &words[i]);
    let numeral = before.is_some_and(|b| {
        !word.parted
            && (b.capital
                || matches!(
                    b.text.as_str(),
                    "part" | "annex" | "title" | "article" | "section" | "volume"
                ))
    });
    let opens = at <= 1
        || before.is_some_and(|b| {
            matches!(
                b.text.as_str(),
                "and" | "but" | "when" | "as" | "if" | "while"
            )
        });
    word.text == "i" && word.capital && !word.quoted && (!numeral || opens && at == 0)
}

/// Whether a clause of its own begins here.
fn is_introduced(words: &[Word], at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |i| words[i].text.as_str());
    matches!(
        before,
        "when"
            | "whereupon"
            | "and"
            | "but"
            | "while"
            | "as"
            | "after"
            | "which"
            | "whom"
            | "although"
            | "though"
            | "until"
            | "before"
    )
}

/// Whether the name owns something (`Vorel's plan`), and whether that is a reply, which then speaks for him.
fn possession(words: &[Word], behind: usize) -> (bool, bool) {
    const REPLIES: &[&str] = &[
        "reply",
        "answer",
        "response",
        "view",
        "comment",
        "reaction",
        "rejoinder",
        "position",
        "argument",
    ];
    let owner = behind.checked_sub(1).is_some_and(|i| words[i].possessive);
    let reply = owner
        && words
            .get(behind)
            .is_some_and(|w| REPLIES.contains(&w.text.as_str()))
        && words.get(behind + 1).is_some_and(|w| w.text == "was");
    (owner, reply)
}

/// `the (rest of the) conversation` as a subject; the place behind it.
fn talk(words: &[Word], at: usize) -> Option<usize> {
    let verbs = Verbs::table();
    let found = (at + 1..words.len().min(at + 6)).find(|i| verbs.is_talk(&words[*i].text))?;
    let inner = &words[at + 1..found];
    if inner.iter().any(|w| {
        w.parted || w.capital || (PREPOSITIONS.contains(&w.text.as_str()) && w.text != "of")
    }) {
        return None;
    }
    // What follows must be a verb, perhaps behind `of ...`.
    let next = words.get(found + 1)?;
    let verb = next.text.ends_with("ed")
        || next.text.ends_with("ly")
        || matches!(
            next.text.as_str(),
            "was"
                | "were"
                | "took"
                | "began"
                | "ended"
                | "then"
                | "of"
                | "on"
                | "with"
                | "at"
                | "is"
                | "did"
                | "ran"
                | "went"
                | "broke"
                | "came"
                | "covered"
                | "between"
                | "which"
                | "about"
        );
    verb.then_some(found + 1)
}

/// Words behind a subject among which its verb is sought.
const REACH: usize = 40;

/// The verb behind a subject.
fn predicate(words: &[Word], from: usize) -> Option<Clause> {
    let verbs = Verbs::table();
    let lower: Vec<&str> = words[from.min(words.len())..]
        .iter()
        .take(REACH)
        .map(|w| w.text.as_str())
        .collect();
    let mut clause = Clause {
        subject: Subject::Third,
        verb: None,
        remote: false,
        denied: false,
        joint: false,
        at: from,
        behind: from,
    };
    let mut index = insertion(words, from);
    let (mut did, mut phrase) = (false, false);
    let end = words.len().min(index + 10).min(from + REACH);
    while index < end {
        let word = &words[index];
        let text = word.text.as_str();
        if word.quoted {
            return None;
        }
        let tail = &lower[index - from..];
        let to_base = tail.get(1) == Some(&"to")
            || (tail.get(1) == Some(&"on") && tail.get(2) == Some(&"to"));
        if HELPING.contains(&text) && to_base {
            let base = if tail[1] == "to" { 2 } else { 3 };
            clause.verb = tail
                .get(base..)
                .and_then(|t| verbs.find_base(t))
                .or_else(|| verbs.find(tail));
            clause.behind = index + base + 1;
            if clause.verb.is_some() {
                return Some(clause);
            }
        }
        let found = if did {
            verbs.find_base(tail)
        } else {
            verbs.find(tail)
        };
        match text {
            "had" if found.is_none() => clause.remote = true,
            "did" => did = true,
            "not" => clause.denied = tail.get(1) != Some(&"only"),
            _ if found.is_some() => {
                clause.verb = found;
                clause.behind = index + 1;
                let sayings = joined_verb(words, index + 1).filter(|_| found == Some(Verb::Act));
                if let Some((verb, behind)) = sayings {
                    (clause.verb, clause.behind, clause.denied) = (Some(verb), behind, false);
                }
                return Some(clause);
            }
            _ if MODALS.contains(&text) || text == "was" => {
                clause.remote = clause.remote || text != "was";
                return Some(clause);
            }
            _ if BETWEEN.contains(&text) || (text.ends_with("ly") && text.len() > 3) => {}
            _ if phrase && STOPS.contains(&text) => return Some(clause),
            _ if phrase => {}
            _ if PREPOSITIONS.contains(&text) => phrase = true,
            _ => {
                // `smiled and said`: a verb of no list, then one of saying.
                if let Some((verb, behind)) = joined_verb(words, index + 1) {
                    (clause.verb, clause.behind) = (Some(verb), behind);
                }
                return Some(clause);
            }
        }
        index += 1;
        if words.get(index).is_some_and(|w| w.parted) {
            index = insertion(words, index);
        }
    }
    Some(clause)
}

/// Behind an insertion between commas, where one begins here.
fn insertion(words: &[Word], from: usize) -> usize {
    if !words.get(from).is_some_and(|w| w.parted) {
        return from;
    }
    (from + 1..words.len().min(from + 15))
        .find(|i| words[*i].parted)
        .unwrap_or(from)
}

/// A verb of saying that has the same subject: behind `and` or a comma, before any `that`.
fn joined_verb(words: &[Word], from: usize) -> Option<(Verb, usize)> {
    let verbs = Verbs::table();
    for index in from..words.len().min(from + REACH) {
        let text = words[index].text.as_str();
        if matches!(text, "that" | "whether" | "if" | "which" | "what") || words[index].quoted {
            return None;
        }
        let joined = words[index].parted
            || matches!(words[index - 1].text.as_str(), "and" | "but")
            || (words[index - 1].text.ends_with("ly") && index > from);
        if joined {
            let tail: Vec<&str> = words[index..]
                .iter()
                .take(6)
                .map(|w| w.text.as_str())
                .collect();
            if let Some(verb @ (Verb::Say | Verb::Ask | Verb::Answer)) = verbs.find(&tail) {
                return Some((verb, index + 1));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{super::cast::Member, super::words::words, *};

    fn first(sentence: &str) -> Option<(Subject, Option<Verb>, bool)> {
        let member = |name: &str, surname: &str| Member {
            name: name.into(),
            surname: surname.into(),
            ..Member::default()
        };
        let cast = Cast::new(vec![
            member("Ambassador Vorel", "Vorel"),
            member("Mr. Moss", "Moss"),
        ]);
        let finder = Finder {
            cast: &cast,
            telegraphic: false,
        };
        finder
            .first(&words(sentence))
            .map(|c| (c.subject, c.verb, c.remote))
    }

    #[test]
    fn subjects_and_verbs_of_saying() {
        use Subject::*;
        use Verb::*;
        for (sentence, subject, verb, remote) in [
            (
                "Vorel said the harbor was closed.",
                Members(vec![0]),
                Some(Say),
                false,
            ),
            (
                "Vorel, on instruction, made the point that it was so.",
                Members(vec![0]),
                Some(Say),
                false,
            ),
            (
                "The Ambassador and I agreed that it was so.",
                First,
                Some(Answer),
                false,
            ),
            (
                "At the end of the talk, Mr. Moss expressed his thanks.",
                Members(vec![1]),
                Some(Say),
                false,
            ),
            (
                "He took it calmly, said he was sorry.",
                Third,
                Some(Say),
                false,
            ),
            ("I smiled and said no.", First, Some(Say), false),
            ("He listened attentively.", Third, Some(Act), false),
            ("The conversation ended at noon.", Talk, None, false),
            (
                "Vorel's reply was to say no.",
                Members(vec![0]),
                Some(Say),
                false,
            ),
            (
                "Mr. Moss seemed to emphasize that.",
                Members(vec![1]),
                Some(Say),
                false,
            ),
            (
                "Zahn had said that.",
                Stranger("zahn".into()),
                Some(Say),
                true,
            ),
            ("I did mention the harbor.", First, Some(Say), false),
            (
                "Vorel on this point adhered to it and said so.",
                Members(vec![0]),
                Some(Say),
                false,
            ),
        ] {
            assert_eq!(first(sentence), Some((subject, verb, remote)), "{sentence}");
        }
        assert_eq!(first("The harbor would stay closed."), None);
        assert_eq!(first("Vorel's plan for the harbor."), None);
    }
}
