//! People: participants known by office alone get the name of who held it, speakers and others their
//! identities, and everybody an entry that tells what they do in the record.

use std::{collections::HashSet, sync::LazyLock};

use jiff::civil::Date;
use regex::Regex;

use super::{
    Context,
    correspondents::Between,
    pattern,
    source_note::Note,
    speech::{Cast, Member},
};
use crate::{
    authority,
    readers::{Name, Role},
    record::{
        Appearance, Form, Identity, Part, Participant, Passage, PassageKind, Remark, fold_char,
        fold_value, surname, without_titles,
    },
};

static HELD_BY_ONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:the )?(?:(?P<president>president)|(?P<vice>vice[- ]president)|(?P<secretary>secretary(?: of state)?)|(?P<defense>secretary of defense)|(?P<minister>(?:the )?(?:foreign minister|minister (?:of|for) foreign affairs|foreign secretary))|(?P<head>prime minister|premier|chancellor|chairman))$",
    )
});

/// The volume's people, and what they mean in one record.
pub struct People<'a> {
    context: &'a Context<'a>,
    day: Option<Date>,
}

impl<'a> People<'a> {
    /// For a record of a day.
    pub fn new(context: &'a Context<'a>, day: Option<Date>) -> Self {
        Self { context, day }
    }

    fn find(&self, name: &str) -> Option<&'a Identity> {
        self.context
            .persons
            .find(name, self.day, self.context.authority)
    }

    /// The identity to which a name leads.
    pub fn id_of(&self, name: &str) -> Option<String> {
        self.find(name).map(|i| i.id.clone())
    }

    /// The holder of an office that one person of a country holds at a time.
    fn holder(&self, title: &str, side: Option<&str>) -> Option<&'a Identity> {
        let found = HELD_BY_ONE.captures(title.trim())?;
        let country = match side {
            None | Some("US" | "United States") => "United States",
            Some("USSR") => "Soviet Union",
            Some("UK") => "United Kingdom",
            Some("FRG") => "Germany",
            Some("French") => "France",
            Some(other) => other,
        };
        let home = country == "United States";
        let has = |group: &str| found.name(group).is_some();
        let office = match () {
            () if home && has("president") => "president",
            () if home && has("vice") => "vice-president",
            () if home && has("secretary") => "secretary-of-state",
            () if home && has("defense") => "secretary-of-defense",
            () if has("minister") => "foreign-minister",
            () if has("head") && !home => "head-of-government",
            () if has("president") => "head-of-state",
            () => return None,
        };
        let known = self
            .day
            .and_then(|day| self.context.authority.holder(office, country, None, day));
        // A volume that lists its persons knows better.
        let persons = &self.context.persons;
        match known {
            Some(known) if persons.is_empty() || persons.by_id(&known.id).is_some() => Some(known),
            _ if home => persons.listed_as(office).or(known),
            _ => known,
        }
    }

    /// Gives participants named by office alone the family name of who held it, and everybody the identity
    /// that their name leads to.
    pub fn identify(&self, participants: &mut Vec<Participant>, remarks: &mut Vec<Remark>) {
        for participant in participants.iter_mut() {
            if let Some(holder) = self.holder(&participant.name, participant.side.as_deref()) {
                participant.surname = family(holder);
                participant.person = Some(holder.id.clone());
                continue;
            }
            if HELD_BY_ONE.is_match(&participant.name) {
                let why = if self.day.is_none() {
                    "the record has no date"
                } else {
                    "nobody is known to have held it then"
                };
                remarks.push(Remark::new(
                    "participants",
                    format!("`{}` stays an office: {why}", participant.name),
                ));
                continue;
            }
            let name = in_parentheses(&participant.name).unwrap_or(&participant.name);
            participant.person = self.find(name).map(|i| i.id.clone());
        }
        // `The President` and `Moss` may be one: the office goes.
        let named: HashSet<String> = participants
            .iter()
            .filter(|p| !HELD_BY_ONE.is_match(&p.name))
            .filter_map(|p| p.person.clone())
            .collect();
        participants.retain(|p| {
            !HELD_BY_ONE.is_match(&p.name) || p.person.as_ref().is_none_or(|id| !named.contains(id))
        });
    }

    /// The cast of a talk: its participants, and who writes as `I`.
    pub fn cast(
        &self,
        participants: &[Participant],
        note: &Note,
        between: &Between,
        signature: Option<&str>,
    ) -> Cast {
        let members = participants.iter().map(|p| Member {
            surname: p.surname.clone(),
            name: p.name.clone(),
            office: self.offices(p),
            side: p.side.clone(),
            absent: false,
        });
        let mut cast = Cast::new(members.collect());
        let hand = self.author(note, between, signature);
        if let Some(hand) = hand.filter(|h| !h.is_empty()) {
            cast.drafter = match cast.of_family(&hand)[..] {
                [one] => Some(one),
                [] if !cast.members().is_empty() => Some(cast.admit(Member {
                    name: hand.clone(),
                    surname: hand,
                    ..Member::default()
                })),
                _ => None,
            };
        }
        cast
    }

    /// The family name of the writer: the only drafter, the hand that signed, the sender.
    pub fn author(
        &self,
        note: &Note,
        between: &Between,
        signature: Option<&str>,
    ) -> Option<String> {
        let sender = || between.from.as_deref().and_then(|f| self.party(f));
        match &note.drafted_by[..] {
            [one] => Some(surname(one)),
            _ => signature
                .map(|s| surname(without_titles(s)))
                .or_else(sender),
        }
    }

    /// The office as printed, with those that the person held on the day.
    fn offices(&self, participant: &Participant) -> Option<String> {
        let held = self
            .day
            .zip(participant.person.as_deref())
            .map(|(day, id)| self.context.authority.offices_on(id, day));
        let titles = held.into_iter().flatten().filter_map(|office| {
            Some(match office {
                "president" => "President",
                "vice-president" => "Vice President",
                "secretary-of-state" | "secretary-of-defense" => "Secretary",
                "foreign-minister" => "Foreign Minister",
                "head-of-government" => "Chairman, Premier, Prime Minister, Chancellor",
                "head-of-state" => "President",
                "ambassador" => "Ambassador",
                _ => return None,
            })
        });
        let all: Vec<&str> = participant
            .office
            .as_deref()
            .into_iter()
            .chain(titles)
            .collect();
        (!all.is_empty()).then(|| all.join(", "))
    }

    /// The family name of a party of the heading: `Ambassador (Vorel)`, `Secretary of State Rusk`, or of
    /// the ambassador in charge of an embassy.
    fn party(&self, party: &str) -> Option<String> {
        if let Some(identity) = self.party_identity(party) {
            return Some(family(identity));
        }
        let personal = in_parentheses(party).or_else(|| personal(party));
        personal.map(surname).filter(|name| !name.is_empty())
    }

    fn party_identity(&self, party: &str) -> Option<&'a Identity> {
        if let Some(place) = party.strip_prefix("Embassy in ") {
            let place = place.strip_prefix("the ").unwrap_or(place);
            return self.context.authority.holder(
                "ambassador",
                "United States",
                Some(place),
                self.day?,
            );
        }
        if let Some(holder) = self.holder(party, None) {
            return Some(holder);
        }
        let name = in_parentheses(party).unwrap_or(party);
        let bare = without_titles(name);
        bare.starts_with(char::is_uppercase)
            .then(|| self.find(name))
            .flatten()
    }

    /// Everybody in the record, with what they do there.
    pub fn appearances(&self, record: &Parts<'_>, cast: &Cast) -> Vec<Appearance> {
        let mut found = Appearances::default();
        for participant in record.participants {
            let identity = participant.person.as_deref().and_then(|id| self.by_id(id));
            found.add(identity, &participant.surname, Part::Participates);
        }
        let present = |called: &str| {
            record
                .participants
                .iter()
                .find(|p| p.surname == called || without_titles(&p.name) == called)
        };
        let mut spoken: Vec<&str> = record
            .passages
            .iter()
            .filter_map(|p| p.speaker.as_deref())
            .collect();
        spoken.sort_unstable();
        spoken.dedup();
        for called in spoken {
            let identity = match present(called) {
                Some(p) => p.person.as_deref().and_then(|id| self.by_id(id)),
                None => self.find(called),
            };
            found.add(identity, called, Part::Speaks);
        }
        for (party, role, part) in [
            (record.from, Role::From, Part::Writes),
            (record.to, Role::To, Part::Receives),
        ] {
            let Some(party) = party.filter(|_| !record.is_talk) else {
                continue;
            };
            let marked = record
                .names
                .iter()
                .find(|n| n.role == role)
                .and_then(|n| n.person.as_deref());
            let marked = marked.and_then(|mark| self.of_mark(mark));
            let signed = record
                .signature
                .map(|s| surname(without_titles(s)))
                .filter(|_| part == Part::Writes);
            let known = marked.or_else(|| self.party_identity(party));
            // Whoever signed wrote it, not the head of the mission.
            let known = known.filter(|i| {
                signed
                    .as_ref()
                    .is_none_or(|hand| fold_value(hand) == fold_value(&family(i)))
            });
            if let Some(identity) = known {
                found.add(Some(identity), "", part);
            } else if let Some(name) = in_parentheses(party).or_else(|| personal(party)) {
                found.add(None, &surname(name), part);
            }
        }
        for name in record.drafted_by {
            let own = cast.of_family(&surname(name));
            let identity = match own[..] {
                [one] => present(&cast.members()[one].surname)
                    .and_then(|p| self.by_id(p.person.as_deref()?)),
                _ => None,
            };
            found.add(
                identity.or_else(|| self.find(name)),
                &surname(name),
                Part::Drafts,
            );
        }
        let marked = record.marks.iter().filter_map(|mark| self.of_mark(mark));
        marked.for_each(|identity| found.add(Some(identity), "", Part::Mentioned));
        self.mentions(record, &mut found);
        found.people
    }

    fn of_mark(&self, mark: &str) -> Option<&'a Identity> {
        self.context.persons.of_mark(mark, self.context.authority)
    }

    fn by_id(&self, id: &str) -> Option<&'a Identity> {
        self.context.person(id)
    }

    /// Names in the text that lead to the volume's persons, or to those in office on the day.
    fn mentions(&self, record: &Parts<'_>, found: &mut Appearances) {
        let mut folded = String::new();
        let mut met: Vec<&Identity> = Vec::new();
        for passage in record.passages.iter().filter(|p| p.form != Form::Preamble) {
            let mut before: Option<&str> = None;
            for bare in authority::Words::of(&passage.text) {
                if bare.starts_with(char::is_uppercase) && bare.len() > 2 {
                    folded.clear();
                    bare.chars().for_each(|c| fold_char(c, &mut folded));
                    let family = folded.strip_suffix("'s").unwrap_or(&folded);
                    if let Some(identity) = self.meant(family, before)
                        && !met.iter().any(|known| known.id == identity.id)
                    {
                        met.push(identity);
                    }
                }
                before = Some(bare);
            }
        }
        met.into_iter()
            .for_each(|identity| found.add(Some(identity), "", Part::Mentioned));
    }

    /// The one whom a family name means, by the given name, initial or title before it.
    fn meant(&self, family: &str, before: Option<&str>) -> Option<&'a Identity> {
        let persons = &self.context.persons;
        let own = persons.of_family(family);
        let capital = before.filter(|b| b.starts_with(char::is_uppercase));
        let given = capital.filter(|b| without_titles(&format!("{b} X")) != "X");
        if own.is_empty() {
            let holder = self.context.authority.in_office(family, self.day?)?;
            let titled = capital.is_some_and(|title| {
                given.is_none()
                    && !matches!(title, "Mr." | "Mr" | "Mrs" | "Mrs." | "Dr." | "Dr" | "The")
            });
            let named =
                given.is_some_and(|given| authority::fits(&format!("{given} {family}"), holder));
            // A short name alone may be a word (`Fish`), and one at home anybody's.
            let home = self.context.authority.is_of(holder, "United States");
            let alone = given.is_none() && family.len() >= LONG_NAME && !home;
            return (titled || named || alone).then_some(holder);
        }
        let name = given.map(|given| format!("{given} {family}"));
        let answers = |at: &&usize| {
            name.as_ref()
                .is_none_or(|name| authority::fits(name, persons.person(**at)))
        };
        let mut fitting = own.iter().filter(answers);
        let one = fitting.next().filter(|_| fitting.next().is_none())?;
        Some(persons.person(*one))
    }
}

/// A family name of so many letters is no common word.
const LONG_NAME: usize = 6;

/// What of a record tells who does what.
pub struct Parts<'r> {
    /// Who was there.
    pub participants: &'r [Participant],
    /// The text.
    pub passages: &'r [Passage],
    /// The sender.
    pub from: Option<&'r str>,
    /// The addressee.
    pub to: Option<&'r str>,
    /// It reports a talk: `from` and `to` are its two sides.
    pub is_talk: bool,
    /// The hand that signed.
    pub signature: Option<&'r str>,
    /// Who drafted it.
    pub drafted_by: &'r [String],
    /// Sender and addressee, where the mark-up names them.
    pub names: &'r [Name],
    /// Whom the mark-up names in the text, by the volume's ids.
    pub marks: &'r [String],
}

#[derive(Default)]
struct Appearances {
    people: Vec<Appearance>,
}

impl Appearances {
    fn add(&mut self, identity: Option<&Identity>, printed: &str, part: Part) {
        let (person, name) = match identity {
            Some(identity) => (Some(identity.id.as_str()), identity.name.as_str()),
            None => (None, printed),
        };
        if name.is_empty() {
            return;
        }
        let known = self
            .people
            .iter_mut()
            .find(|a| a.person.as_deref() == person && a.name == name);
        match known {
            Some(known) if known.parts.contains(&part) => {}
            Some(known) => known.parts.push(part),
            None => self.people.push(Appearance {
                person: person.map(str::to_owned),
                name: name.to_owned(),
                parts: vec![part],
            }),
        }
    }
}

/// Adds to the participants the drafter who speaks as `I` without being listed.
pub fn add_drafter(
    participants: &mut Vec<Participant>,
    passages: &[Passage],
    cast: &Cast,
    identity: impl Fn(&str) -> Option<String>,
) {
    let Some(drafter) = cast.drafter else { return };
    let called = cast.called(drafter);
    let listed = participants
        .iter()
        .any(|p| p.surname == cast.members()[drafter].surname);
    let speaks = passages
        .iter()
        .any(|p| p.speaker.as_deref() == Some(called));
    if !listed && speaks {
        participants.push(Participant {
            name: called.to_owned(),
            surname: called.to_owned(),
            person: identity(called),
            ..Participant::default()
        });
    }
}

/// The last signature of the body.
pub fn signature(passages: &[Passage]) -> Option<&str> {
    passages
        .iter()
        .rev()
        .find(|p| p.form == Form::Signature && p.kind == PassageKind::Body)
        .map(|p| p.text.as_str())
}

/// `Soviet Ambassador (Vorel)` > `Vorel`.
pub fn in_parentheses(name: &str) -> Option<&str> {
    match (name.rfind('('), name.rfind(')')) {
        (Some(open), Some(close)) if open < close => Some(&name[open + 1..close]),
        _ => None,
    }
}

/// A party that is named as a person: `Mr. Moss`, `Colonel E. M. Moss`, `Lord Moss`.
fn personal(party: &str) -> Option<&str> {
    let bare = without_titles(party);
    let named =
        |w: &str| w.starts_with(char::is_uppercase) || matches!(w, "de" | "von" | "van" | "la");
    let titled = bare.len() < party.len();
    (titled
        && !bare.is_empty()
        && bare.split_whitespace().all(named)
        && !INSTITUTION.is_match(party))
    .then_some(bare)
}

static INSTITUTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:State|Affairs|Department|Embassy|Legation|Office|Council|Commission|Committee|War|Navy|Treasury|Minister|Secretary|Consul|President|Ambassador)$",
    )
});

fn family(identity: &Identity) -> String {
    surname(&identity.name)
}
