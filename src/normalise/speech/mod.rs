//! Who says what: every sentence of a reported talk is given to its speaker, or left to the narrator,
//! and passages are divided where the speaker changes.
//!
//! A report names the speaker with a verb of saying ("Vorel said ...") and goes on without one; a
//! transcript names the speaker before a colon. What neither shows stays open.

mod cast;
mod clause;
mod sentences;
mod transcript;
mod verbs;
mod words;

pub use cast::{Cast, Member};

use self::{
    clause::{Clause, Finder, Subject},
    verbs::Verb,
    words::{Word, words, words_after},
};
use super::meeting::is_person;
use crate::record::{Form, Passage, PassageKind};

/// How often somebody who was not there must speak in a report to be taken for one of its speakers.
const REPORTED: usize = 3;

/// The most people of one talk.
const MAX_CAST: usize = 400;

/// Gives every sentence of the body to its speaker; passages are divided where the speaker changes.
/// Those who speak without being listed join the cast.
pub fn attribute(passages: Vec<Passage>, cast: &mut Cast, telegraphic: bool) -> Vec<Passage> {
    if transcript::is_transcript(&passages) {
        return transcript::attribute(passages, cast);
    }
    if cast.members().len() < 2 {
        return passages;
    }
    learn_titles(&passages, cast);
    admit_reported(&passages, cast, telegraphic);
    let writes_as_i = cast.drafter.is_some() && speaks_of_i(&passages);
    let mut teller = Teller {
        cast,
        telegraphic,
        writes_as_i,
        now: Voice::default(),
        third: None,
        partner: None,
        last: None,
        report: None,
    };
    // Minutes go from item to item: nobody speaks on into the next.
    let itemised = passages
        .iter()
        .filter(|p| is_told(p) && is_numbered(&p.text))
        .count()
        >= ITEMS;
    let mut told = Vec::with_capacity(passages.len());
    for passage in passages {
        if itemised && is_numbered(&passage.text) {
            teller.turn_the_page();
        }
        if !is_told(&passage) {
            if passage.form == Form::Heading && passage.kind == PassageKind::Body {
                teller.turn_the_page();
            }
            told.push(passage);
            continue;
        }
        divide(passage, &mut teller, &mut told);
    }
    told
}

/// How many numbered paragraphs make a record one of items.
const ITEMS: usize = 4;

/// `3. Memorandum No. 260 was read.`
fn is_numbered(text: &str) -> bool {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    (1..=2).contains(&digits) && text[digits..].starts_with(". ")
}

/// Running text of the body.
fn is_told(passage: &Passage) -> bool {
    passage.kind == PassageKind::Body
        && !(passage.text.starts_with('[') && passage.text.ends_with(']'))
        && matches!(passage.form, Form::Paragraph | Form::Item | Form::Quote)
}

/// The sentences of a passage, those of one voice together.
fn divide(passage: Passage, teller: &mut Teller<'_>, told: &mut Vec<Passage>) {
    let mut parts: Vec<(usize, usize, Voice)> = Vec::new();
    let mut quoted = false;
    for (start, end) in sentences::sentences(&passage.text) {
        let voice = teller.hear(&words_after(&passage.text[start..end], &mut quoted));
        match parts.last_mut() {
            Some((_, until, before))
                if before.speaker == voice.speaker
                    && (before.to == voice.to || voice.to.is_none()) =>
            {
                *until = end;
            }
            _ => parts.push((start, end, voice)),
        }
    }
    let whole = parts.len() == 1;
    for (start, end, voice) in parts {
        let mut part = if whole {
            passage.clone()
        } else {
            passage.slice(start, end)
        };
        let called = |member: usize| teller.cast.called(member).to_owned();
        part.speaker = voice.speaker.map(called);
        part.addressee = voice.speaker.and(voice.to).map(called);
        if !part.text.is_empty() {
            told.push(part);
        }
    }
}

/// Whether the report is written in the first person, outside quotations.
fn speaks_of_i(passages: &[Passage]) -> bool {
    passages.iter().filter(|p| is_told(p)).any(|p| {
        let words = words(&p.text);
        (0..words.len()).any(|at| clause::is_pronoun(&words, at))
    })
}

/// `General Vorel`: titles in the text tell of offices that the list leaves out.
fn learn_titles(passages: &[Passage], cast: &mut Cast) {
    for passage in passages.iter().filter(|p| is_told(p)) {
        cast.learn(&words(&passage.text));
    }
}

/// Strangers who speak again and again in the report become speakers of it.
fn admit_reported(passages: &[Passage], cast: &mut Cast, telegraphic: bool) {
    let mut counts: Vec<(String, String, usize)> = Vec::new();
    for passage in passages.iter().filter(|p| is_told(p)) {
        for (start, end) in sentences::sentences(&passage.text) {
            let sentence = &passage.text[start..end];
            let finder = Finder { cast, telegraphic };
            let Some(Clause {
                subject: Subject::Stranger(name),
                verb: Some(Verb::Say | Verb::Ask | Verb::Answer),
                remote: false,
                ..
            }) = finder.first(&words(sentence))
            else {
                continue;
            };
            let known = counts.iter_mut().find(|(known, _, _)| *known == name);
            if let Some((_, _, count)) = known {
                *count += 1;
            } else if counts.len() < MAX_CAST {
                counts.extend(printed(sentence, &name).map(|printed| (name, printed, 1)));
            }
        }
    }
    let reported = counts
        .into_iter()
        .filter(|(_, name, count)| *count >= REPORTED && is_person(name, name));
    for (_, surname, _) in reported {
        cast.admit(Member {
            name: surname.clone(),
            surname,
            absent: true,
            ..Member::default()
        });
    }
}

/// A folded name as the sentence prints it.
fn printed(sentence: &str, name: &str) -> Option<String> {
    sentence
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .find(|w| {
            w.starts_with(char::is_uppercase) && words(w).first().is_some_and(|w| w.text == name)
        })
        .map(str::to_owned)
}

/// Whose words a sentence is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Voice {
    /// `None` for the narrator.
    speaker: Option<usize>,
    to: Option<usize>,
}

/// Follows a report sentence by sentence.
struct Teller<'a> {
    cast: &'a Cast,
    telegraphic: bool,
    writes_as_i: bool,
    now: Voice,
    /// To whom `he` leads.
    third: Option<usize>,
    /// Who spoke before the present speaker.
    partner: Option<usize>,
    last: Option<Verb>,
    /// Whose report begins with the next sentence.
    report: Option<usize>,
}

impl Teller<'_> {
    /// A heading: nobody speaks on across it.
    fn turn_the_page(&mut self) {
        self.now = Voice::default();
        self.last = None;
    }

    fn hear(&mut self, words: &[Word]) -> Voice {
        if let Some(reporting) = self.report.take() {
            self.now.speaker = Some(reporting);
        }
        let finder = Finder {
            cast: self.cast,
            telegraphic: self.telegraphic,
        };
        let clause = finder.first(words);
        self.now = match clause {
            Some(clause) => self.weigh(words, &clause),
            None if self.is_narrative(words) => Voice::default(),
            None => self.now,
        };
        if announces_report(words) {
            self.report = self.third;
        }
        self.now
    }

    fn weigh(&mut self, words: &[Word], clause: &Clause) -> Voice {
        if clause.subject == Subject::Talk || self.is_narrative(words) {
            return Voice::default();
        }
        let Some(verb) = clause.verb else {
            return self.without_verb(words, clause);
        };
        if clause.remote && self.now.speaker.is_some() {
            return self.now;
        }
        let Some(subject) = self.resolve(words, clause, verb) else {
            // Somebody speaks, and it is open who.
            let open = matches!(clause.subject, Subject::Members(_) | Subject::Third)
                && verb != Verb::Act
                && clause.at <= 3;
            return if open && !clause.remote {
                Voice::default()
            } else {
                self.now
            };
        };
        let confers = verb == Verb::Confer && clause.joint;
        let silent = verb == Verb::Act
            || confers
            || (clause.denied && matches!(verb, Verb::Say | Verb::Ask | Verb::Answer));
        if Some(subject) != self.drafter() {
            self.third = Some(subject);
        }
        if silent {
            self.last = None;
            return Voice::default();
        }
        if self.now.speaker != Some(subject) && self.now.speaker.is_some() {
            self.partner = self.now.speaker;
        }
        self.last = Some(verb);
        let to = self.addressee(words, clause, subject);
        if let Some(to) =
            to.filter(|to| Some(*to) != self.drafter() && Some(subject) == self.drafter())
        {
            self.third = Some(to);
        }
        Voice {
            speaker: Some(subject),
            to,
        }
    }

    /// Nothing is said here in so many words: the present speaker goes on, unless the sentence tells what
    /// somebody does.
    fn without_verb(&mut self, words: &[Word], clause: &Clause) -> Voice {
        let opens = clause.at <= 1;
        let own_comment = clause.subject == Subject::First && self.writes_as_i && clause.remote;
        if own_comment && self.is_present(words, clause) {
            return Voice::default();
        }
        // Whoever says `I` in a report outside quotations is the one who writes it.
        let other = self.now.speaker.filter(|now| Some(*now) != self.drafter());
        if clause.subject == Subject::First
            && clause.remote
            && other.is_some()
            && self.drafter().is_some()
        {
            return Voice {
                speaker: self.drafter(),
                to: other,
            };
        }
        if let (true, Subject::Members(who)) = (opens, &clause.subject)
            && let [one] = who[..]
            && Some(one) != self.drafter()
            && self.now.speaker.is_none()
        {
            self.third = Some(one);
        }
        self.now
    }

    /// `I have the impression`, `I am convinced`.
    fn is_present(&self, words: &[Word], clause: &Clause) -> bool {
        let verb = words.get(clause.at + 1).map_or("", |w| w.text.as_str());
        matches!(verb, "am" | "have")
    }

    /// Sentences of the narrator, by their first words.
    fn is_narrative(&self, words: &[Word]) -> bool {
        let text = |at: usize| words.get(at).map_or("", |w| w.text.as_str());
        let opening: Vec<&str> = (0..4).map(text).collect();
        match opening[..] {
            [
                "there",
                "was" | "were" | "followed" | "ensued",
                third,
                fourth,
            ] => {
                let brief = [
                    "some",
                    "a",
                    "brief",
                    "only",
                    "general",
                    "considerable",
                    "no",
                    "further",
                    "much",
                ];
                brief.contains(&third)
                    && (third != "no"
                        || ["discussion", "reference", "comment", "mention", "further"]
                            .contains(&fourth))
                    && words.iter().take(9).any(|w| {
                        verbs::Verbs::table().is_talk(&w.text)
                            || matches!(
                                w.text.as_str(),
                                "reference"
                                    | "references"
                                    | "mention"
                                    | "exchange"
                                    | "banter"
                                    | "conversation"
                            )
                    })
            }
            ["this", "led", ..] | ["reference" | "mention", "was", "made", _] => true,
            [
                "it",
                "is" | "was",
                "my",
                "impression" | "view" | "feeling" | "belief" | "opinion" | "conviction",
            ] => self.writes_as_i,
            ["it", "would", "seem" | "appear", ..] | ["it", "seems" | "appears", "to", "me"] => {
                self.writes_as_i
            }
            ["comment", ..] => words.get(1).is_some_and(|w| w.parted),
            ["i", "nevertheless", "drew" | "had" | "got", _]
            | ["i", "drew" | "got" | "gained", "the", _] => self.writes_as_i,
            ["i", second, ..] if self.writes_as_i => {
                is_opinion(second)
                    || (matches!(second, "myself" | "personally" | "nevertheless")
                        && is_opinion(opening[2]))
            }
            ["my", "impression" | "own" | "feeling" | "guess", ..] => self.writes_as_i,
            ["in", "general", "the", ..] => words
                .get(3)
                .is_some_and(|w| verbs::Verbs::table().is_talk(&w.text)),
            ["the", "following", ..] => words.iter().take(8).any(|w| {
                matches!(
                    w.text.as_str(),
                    "substance"
                        | "summary"
                        | "points"
                        | "subjects"
                        | "topics"
                        | "outline"
                        | "account"
                        | "report"
                        | "highlights"
                        | "is"
                        | "are"
                )
            }),
            _ => false,
        }
    }

    fn drafter(&self) -> Option<usize> {
        self.cast.drafter.filter(|_| self.writes_as_i)
    }

    /// Who the subject of a clause is.
    fn resolve(&self, words: &[Word], clause: &Clause, verb: Verb) -> Option<usize> {
        match &clause.subject {
            Subject::First => self.drafter(),
            Subject::FirstPlural => {
                let reports = matches!(verb, Verb::Say | Verb::Ask | Verb::Answer);
                let free = self.now.speaker.is_none()
                    || self.now.speaker == self.cast.drafter
                    || clause.at == 0;
                self.drafter().filter(|_| reports && free)
            }
            Subject::Third => self.he(verb),
            Subject::Latter => self.latter(words, clause.at),
            Subject::Former => self.now.speaker.or(self.third),
            Subject::Members(who) => self.one_of(who),
            Subject::Stranger(_) | Subject::Talk => None,
        }
    }

    fn he(&self, verb: Verb) -> Option<usize> {
        if let Some(drafter) = self.drafter() {
            return self.third.or_else(|| self.cast.other_than(drafter));
        }
        // After a question the other one answers.
        let answered = verb == Verb::Answer && self.last == Some(Verb::Ask);
        match (answered, self.now.speaker) {
            (true, Some(asking)) => self
                .now
                .to
                .filter(|to| *to != asking)
                .or_else(|| self.cast.other_than(asking))
                .or(self.partner),
            _ => self.third,
        }
    }

    /// The one named last before `the latter`, else the one spoken to.
    fn latter(&self, words: &[Word], at: usize) -> Option<usize> {
        let named = (0..at).rev().find_map(|i| match self.cast.named(words, i) {
            Some((Ok(member), _)) => Some(member),
            _ => None,
        });
        named.or(self.now.to)
    }

    /// Of several who hold the office: the only one beside the drafter, the one who spoke last, the one of the
    /// other side.
    fn one_of(&self, who: &[usize]) -> Option<usize> {
        let others: Vec<usize> = who
            .iter()
            .copied()
            .filter(|m| who.len() == 1 || Some(*m) != self.drafter())
            .collect();
        if let [one] = others[..] {
            return Some(one);
        }
        let recent = [self.now.speaker, self.third, self.partner, self.now.to]
            .into_iter()
            .flatten();
        if let Some(known) = recent.into_iter().find(|m| others.contains(m)) {
            return Some(known);
        }
        let side = self
            .drafter()
            .and_then(|d| self.cast.members()[d].side.clone())
            .or_else(|| Some("US".into()));
        let mut foreign = others.iter().filter(|m| {
            self.cast.members()[**m].side.is_some() && self.cast.members()[**m].side != side
        });
        foreign.next().copied().filter(|_| foreign.next().is_none())
    }

    /// Who is spoken to: the object of the verb, the other of two, the one who spoke before.
    fn addressee(&self, words: &[Word], clause: &Clause, speaker: usize) -> Option<usize> {
        let to = words
            .get(clause.behind)
            .filter(|w| w.text == "to")
            .map_or(0, |_| 1);
        let at = clause.behind + to;
        let object = words.get(at).and_then(|word| match word.text.as_str() {
            "me" | "us" => self.drafter(),
            "him" | "her" => self.third.filter(|t| *t != speaker).or(self.partner),
            _ => match self.cast.named(words, at) {
                Some((Ok(member), _)) => Some(member),
                _ => self
                    .cast
                    .office(words, at, false)
                    .and_then(|(who, _)| self.one_of(&who)),
            },
        });
        let same = |to: &usize| *to != speaker;
        object
            .filter(same)
            .or_else(|| self.cast.other_than(speaker))
            .or_else(|| self.now.to.filter(|_| self.now.speaker == Some(speaker)))
            .or_else(|| self.partner.filter(same))
    }
}

/// `The following is a short account of his remarks:`
fn announces_report(words: &[Word]) -> bool {
    let text = |at: usize| words.get(at).map_or("", |w| w.text.as_str());
    let own = |at: &usize| {
        matches!(text(*at), "his" | "her")
            && matches!(
                text(at + 1),
                "report"
                    | "account"
                    | "remarks"
                    | "views"
                    | "presentation"
                    | "statement"
                    | "comments"
            )
    };
    (text(0) == "the" && text(1) == "following") && (2..words.len()).any(|at| own(&at))
}

/// What the narrator thinks now, not what was said then.
fn is_opinion(verb: &str) -> bool {
    matches!(
        verb,
        "believe"
            | "think"
            | "feel"
            | "suspect"
            | "doubt"
            | "gather"
            | "assume"
            | "conclude"
            | "consider"
            | "do"
            | "am"
            | "have"
            | "shall"
            | "would"
            | "gathered"
            | "sensed"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(
        drafter: Option<&str>,
        members: &[&str],
        paragraphs: &[&str],
    ) -> Vec<(Option<String>, String)> {
        let member = |name: &&str| Member {
            surname: crate::record::surname(name),
            name: (*name).to_owned(),
            ..Member::default()
        };
        let mut cast = Cast::new(members.iter().map(member).collect());
        cast.drafter = drafter.and_then(|d| cast.of_family(d).first().copied());
        let passages = paragraphs.iter().map(|text| Passage {
            text: (*text).to_owned(),
            ..Passage::default()
        });
        attribute(passages.collect(), &mut cast, false)
            .into_iter()
            .map(|p| (p.speaker, p.text))
            .collect()
    }

    fn speakers(drafter: Option<&str>, members: &[&str], paragraphs: &[&str]) -> Vec<String> {
        told(drafter, members, paragraphs)
            .into_iter()
            .map(|(who, _)| who.unwrap_or_else(|| "-".into()))
            .collect()
    }

    #[test]
    fn a_writer_tells_of_two() {
        let got = speakers(
            Some("Moss"),
            &["Secretary Moss", "Soviet Ambassador (Vorel)"],
            &[
                "We met on the boat. I asked Vorel about the herring. He said it was scarce. Its price had doubled. \
                 I told him that we knew. (I believe that he was honest.)",
                "The Ambassador and I talked about the harbor. He listened attentively. There were only brief references to the pier.",
                "Beside this came remarks by Vorel about the weather. He not only praised it but asked for more.",
            ],
        );
        assert_eq!(got, ["-", "Moss", "Vorel", "Moss", "-", "-", "Vorel"]);
    }

    #[test]
    fn a_report_names_its_speakers() {
        let got = speakers(
            Some("Quill"),
            &[
                "The Secretary",
                "Sir Anton Halloran",
                "Mr. Quill",
                "Foreign Minister Vorel",
            ],
            &[
                "The Foreign Minister said the pier was old. Zahn had said so before. It must be built again.",
                "Sir Anton asked whether it would be dear. He replied that it would. According to the Secretary, it would not.",
                "The conversation ended at noon.",
            ],
        );
        assert_eq!(got, ["Vorel", "Halloran", "Vorel", "Secretary", "-"]);
    }

    #[test]
    fn what_is_open_stays_open() {
        let got = speakers(
            None,
            &["Mr. Anton Quill", "Mr. Boris Quill", "Mr. Moss"],
            &[
                "Quill said the pier was old. Boris Quill said it was new. He went on to say more. I said nothing.",
            ],
        );
        assert_eq!(got, ["-", "Boris Quill"]);
    }

    #[test]
    fn quotations_and_headings_keep_their_place() {
        let got = speakers(
            None,
            &["Mr. Moss", "Mr. Vorel"],
            &["Moss said, “Vorel said it. He said it twice. I heard it.” Vorel denied it."],
        );
        assert_eq!(got, ["Moss", "Vorel"]);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]
        #[test]
        fn no_word_is_lost(text in "(Moss said|He asked|I told Vorel|“No,|the talk ended|[a-z]{1,6}|U\\.S\\.|\\[x\\. Y\\]|\\. |, |\\? | ){0,40}") {
            let words = |texts: &[&str]| texts.iter().flat_map(|t| t.split_whitespace()).map(str::to_owned).collect::<Vec<_>>();
            let parts = told(Some("Moss"), &["Mr. Moss", "Mr. Vorel"], &[&text]);
            let parts: Vec<&str> = parts.iter().map(|(_, text)| text.as_str()).collect();
            proptest::prop_assert_eq!(words(&parts), words(&[&text]));
        }
    }
}
