//! Who is in the talk, and which names and offices lead to whom.

use super::words::{Word, words};
use crate::record::{fold_value, without_titles};

/// Somebody in the talk.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Member {
    /// The family name as commonly printed in the record.
    pub surname: String,
    /// The whole name as printed.
    pub name: String,
    /// The office as printed, where the list gives one apart from the name.
    pub office: Option<String>,
    /// The side of the table.
    pub side: Option<String>,
    /// Speaks in the report without having been there.
    pub absent: bool,
}

/// Everybody in the talk.
#[derive(Debug, Clone, Default)]
pub struct Cast {
    members: Vec<Member>,
    keys: Vec<Keys>,
    /// The one who writes as `I`.
    pub drafter: Option<usize>,
}

/// What of a member is compared, folded.
#[derive(Debug, Clone, Default)]
struct Keys {
    /// The last word of the family name.
    family: String,
    /// Given names and initials.
    given: Vec<String>,
    /// Nouns of office with their qualifying words: `under secretary`.
    offices: Vec<Office>,
    /// Listed as `Mrs.`
    wife: bool,
}

/// A noun of office: `secretary`, with `under` before it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Office {
    noun: String,
    rank: Vec<String>,
}

/// Nouns that stand for whoever holds the office.
const OFFICES: &[&str] = &[
    "president",
    "secretary",
    "ambassador",
    "minister",
    "chairman",
    "premier",
    "chancellor",
    "general",
    "marshal",
    "admiral",
    "colonel",
    "senator",
    "governor",
    "director",
    "administrator",
    "king",
    "shah",
    "prince",
    "emperor",
    "pope",
    "consul",
    "charge",
    "commissioner",
    "representative",
    "professor",
    "editor",
    "delegate",
    "counselor",
    "attache",
    "attorney",
    "mayor",
    "congressman",
    "deputy",
    "marquis",
    "count",
    "baron",
    "bishop",
    "chief",
    "sec",
    "amb",
    "fonmin",
    "primin",
];

/// Words that make another office of one.
const RANKS: &[&str] = &[
    "first",
    "second",
    "third",
    "executive",
    "press",
    "private",
    "under",
    "assistant",
    "deputy",
    "vice",
    "prime",
    "acting",
    "general",
];

/// Words before a name.
const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "miss",
    "ms",
    "dr",
    "sir",
    "lord",
    "m",
    "mme",
    "herr",
    "signor",
    "senor",
    "monsieur",
    "comrade",
    "foreign",
    "prime",
    "under",
    "assistant",
    "deputy",
    "vice",
    "acting",
    "soviet",
    "major",
    "captain",
    "lieutenant",
    "brigadier",
    "president-elect",
    "special",
    "gov",
    "gen",
    "sen",
    "adm",
    "col",
];

/// Short forms of telegrams.
const SHORT: &[(&str, &str)] = &[
    ("sec", "secretary"),
    ("amb", "ambassador"),
    ("fonmin", "minister"),
    ("primin", "minister"),
];

impl Cast {
    /// Of the people present; the drafter by family name.
    pub fn new(members: Vec<Member>) -> Self {
        let keys = members.iter().map(keys).collect();
        Self {
            members,
            keys,
            drafter: None,
        }
    }

    /// Everybody.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Adds somebody; the index.
    pub fn admit(&mut self, member: Member) -> usize {
        self.keys.push(keys(&member));
        self.members.push(member);
        self.members.len() - 1
    }

    /// Takes note of titles that stand before the members' names.
    pub fn learn(&mut self, words: &[Word]) {
        for (index, title) in words.iter().enumerate() {
            // `Secretary Moss`, `Secretary and Mrs. Moss`
            let couple = words[index + 1..]
                .iter()
                .take(2)
                .map(|w| w.text.as_str())
                .eq(["and", "mrs"]);
            let Some(name) = words.get(index + if couple { 3 } else { 1 }) else {
                continue;
            };
            let noun = OFFICES.contains(&title.text.as_str()) && title.capital && !name.parted;
            if !noun {
                continue;
            }
            let mut named = self.keys.iter_mut().filter(|k| k.family == name.text);
            if let (Some(keys), None) = (named.next(), named.next())
                && !keys.offices.iter().any(|o| o.noun == title.text)
            {
                keys.offices.push(Office {
                    noun: title.text.clone(),
                    rank: Vec::new(),
                });
            }
        }
    }

    /// Whether an office held by somebody begins with a letter.
    pub fn has_office_in(&self, letter: char) -> bool {
        let letter = letter.to_ascii_lowercase();
        self.keys
            .iter()
            .any(|k| k.offices.iter().any(|o| o.noun.starts_with(letter)))
    }

    /// Those who were there.
    pub fn present(&self) -> impl Iterator<Item = usize> {
        (0..self.members.len()).filter(|i| !self.members[*i].absent)
    }

    /// The only other one, where two were there.
    pub fn other_than(&self, one: usize) -> Option<usize> {
        let mut others = self.present().filter(|i| *i != one);
        others.next().filter(|_| others.next().is_none())
    }

    /// The name by which a member is called in the record: the family name, the whole name where two
    /// share that.
    pub fn called(&self, member: usize) -> &str {
        let family = &self.keys[member].family;
        let shared = self.keys.iter().filter(|k| k.family == *family).count() > 1;
        let Member { surname, name, .. } = &self.members[member];
        if shared {
            without_titles(name)
        } else {
            surname
        }
    }

    /// The members whose family name this is.
    pub fn of_family(&self, family: &str) -> Vec<usize> {
        let family = last_word(family);
        (0..self.keys.len())
            .filter(|i| self.keys[*i].family == family)
            .collect()
    }

    /// The member named at `at`, and the place behind the name. `Err` is a name that leads to nobody,
    /// or to more than one.
    pub fn named(&self, words: &[Word], at: usize) -> Option<(Result<usize, String>, usize)> {
        let mut given: Vec<&str> = Vec::new();
        let mut titled: Option<&str> = None;
        for (index, word) in words.iter().enumerate().skip(at).take(6) {
            let inside = index > at;
            if inside && (word.parted || words[index - 1].possessive) {
                return None;
            }
            let text = word.text.as_str();
            if is_title(text) || OFFICES.contains(&text) {
                titled = Some(text);
                continue;
            }
            if text == "the" && !inside {
                continue;
            }
            if !word.capital {
                return None;
            }
            let found: Vec<usize> = self.family_of(text, &given, titled);
            match found[..] {
                [one] => return Some((Ok(one), index + 1)),
                [] => given.push(text),
                _ => return Some((Err(text.to_owned()), index + 1)),
            }
            let last = words
                .get(index + 1)
                .is_none_or(|next| !next.capital || next.parted);
            if last {
                let foreign = titled.is_some() || at == index;
                return foreign.then(|| (Err(text.to_owned()), index + 1));
            }
        }
        None
    }

    /// Members of a family name whose given names and office do not contradict.
    fn family_of(&self, family: &str, given: &[&str], titled: Option<&str>) -> Vec<usize> {
        let fits = |keys: &&Keys| {
            given.iter().all(|g| {
                keys.given.is_empty()
                    || keys.given.iter().any(|k| {
                        k == g
                            || (g.len() == 1 && k.starts_with(g))
                            || (k.len() == 1 && g.starts_with(k.as_str()))
                    })
            })
        };
        let of = |same: &dyn Fn(&str) -> bool| -> Vec<usize> {
            (0..self.keys.len())
                .filter(|i| same(&self.keys[*i].family) && fits(&&self.keys[*i]))
                .collect()
        };
        if titled == Some("sir") {
            let knights =
                (0..self.keys.len()).filter(|i| self.keys[*i].given.iter().any(|g| g == family));
            let knights: Vec<usize> = knights.collect();
            if knights.len() == 1 {
                return knights;
            }
        }
        let mut found = of(&|key| key == family);
        let wife = matches!(titled, Some("mrs" | "mme"));
        if found.len() > 1 {
            found.retain(|i| self.keys[*i].wife == wife);
        }
        if found.is_empty() {
            found = of(&|key| is_variant(key, family));
        }
        if let (true, Some(title)) = (found.len() > 1, titled) {
            let holds = |i: &usize| self.keys[*i].offices.iter().any(|o| o.noun == title);
            let holders: Vec<usize> = found.iter().copied().filter(holds).collect();
            if !holders.is_empty() {
                return holders;
            }
        }
        found
    }

    /// The members whose office is named at `at` (`the Foreign Minister`), and the place behind it.
    /// Telegrams leave the article out.
    pub fn office(
        &self,
        words: &[Word],
        at: usize,
        telegraphic: bool,
    ) -> Option<(Vec<usize>, usize)> {
        let article = words.get(at).is_some_and(|w| w.text == "the");
        if !article && !telegraphic {
            return None;
        }
        let mut rank: Vec<&str> = Vec::new();
        let mut nation: Option<&str> = None;
        for (index, word) in words
            .iter()
            .enumerate()
            .skip(at + usize::from(article))
            .take(4)
        {
            let text = word.text.as_str();
            if word.parted && index > at {
                return None;
            }
            let general =
                text == "general" && words.get(index + 1).is_some_and(|w| w.text == "secretary");
            if RANKS.contains(&text) && (text != "general" || general) {
                rank.push(text);
                continue;
            }
            if !word.capital {
                return None;
            }
            if OFFICES.contains(&text) {
                let noun = SHORT
                    .iter()
                    .find(|(short, _)| *short == text)
                    .map_or(text, |(_, long)| long);
                let mut end = index + 1;
                // `the Secretary of State`, `the Minister for Foreign Affairs`
                if words
                    .get(end)
                    .is_some_and(|w| w.text == "of" || w.text == "for")
                    && words.get(end + 1).is_some_and(|w| w.capital)
                {
                    end += 2;
                    while words.get(end).is_some_and(|w| w.capital && !w.parted) {
                        end += 1;
                    }
                }
                let holders = self.holders(noun, &rank, nation);
                return (!holders.is_empty()).then_some((holders, end));
            }
            nation = Some(text).filter(|t| *t != "foreign");
        }
        None
    }

    fn holders(&self, noun: &str, rank: &[&str], nation: Option<&str>) -> Vec<usize> {
        let wanted: Vec<&str> = rank.iter().copied().filter(|r| *r != "acting").collect();
        let holds = |i: &usize| {
            self.keys[*i].offices.iter().any(|o| {
                let own: Vec<&str> = o
                    .rank
                    .iter()
                    .map(String::as_str)
                    .filter(|r| *r != "acting")
                    .collect();
                o.noun == noun && (own == wanted || (noun == "minister" && wanted.is_empty()))
            })
        };
        let mut found: Vec<usize> = self.present().filter(holds).collect();
        // Whom the list calls by the office alone is meant before all others.
        let bare =
            |i: &usize| self.keys[*i].given.is_empty() && is_office_alone(&self.members[*i].name);
        if found.iter().any(bare) {
            found.retain(bare);
        }
        let Some(nation) = nation else { return found };
        let of_nation = |i: &usize| {
            let member = &self.members[*i];
            fold_value(&member.name).contains(nation)
                || member
                    .office
                    .as_deref()
                    .is_some_and(|o| fold_value(o).contains(nation))
        };
        let narrowed: Vec<usize> = found.iter().copied().filter(of_nation).collect();
        if narrowed.is_empty() { found } else { narrowed }
    }
}

/// `The Secretary`, `Secretary of State`.
fn is_office_alone(name: &str) -> bool {
    let all_of_office = |w: &Word| {
        OFFICES.contains(&w.text.as_str())
            || RANKS.contains(&w.text.as_str())
            || matches!(
                w.text.as_str(),
                "the" | "of" | "state" | "foreign" | "affairs" | "for"
            )
    };
    words(name).iter().all(all_of_office)
}

fn is_title(word: &str) -> bool {
    TITLES.contains(&word)
}

fn last_word(name: &str) -> String {
    words(name).pop().map_or_else(String::new, |w| w.text)
}

fn keys(member: &Member) -> Keys {
    let family = last_word(&member.surname);
    let printed = words(&member.name);
    let is_given = |w: &&Word| {
        w.text != family && w.capital && !is_title(&w.text) && !OFFICES.contains(&w.text.as_str())
    };
    let inverted = member.name.contains(',') || member.name.contains('(');
    let given = if inverted {
        Vec::new()
    } else {
        printed
            .iter()
            .filter(is_given)
            .map(|w| w.text.clone())
            .collect()
    };
    let mut offices = offices(&printed);
    if let Some(office) = &member.office {
        offices.extend(self::offices(&words(office)));
    }
    let wife = printed
        .first()
        .is_some_and(|w| matches!(w.text.as_str(), "mrs" | "mme" | "madame"));
    Keys {
        family,
        given,
        offices,
        wife,
    }
}

/// Every noun of office with the ranks before it.
fn offices(printed: &[Word]) -> Vec<Office> {
    let mut found = Vec::new();
    // `Assistant to the Secretary` is no secretary.
    let own = printed
        .iter()
        .position(|w| w.text == "to" || w.text == "the" && !w.capital)
        .unwrap_or(printed.len());
    for (index, word) in printed[..own].iter().enumerate() {
        if !OFFICES.contains(&word.text.as_str()) {
            continue;
        }
        let rank = printed[..index]
            .iter()
            .rev()
            .take_while(|w| RANKS.contains(&w.text.as_str()))
            .map(|w| w.text.clone())
            .collect();
        found.push(Office {
            noun: word.text.clone(),
            rank,
        });
    }
    found
}

/// Two spellings of one name: `Smirnovsky` and `Smirnovski`, `Khrushchev` and `Kruschev`. A letter more may be another
/// name: `Johnson` and `Johnston`.
pub fn is_variant(one: &str, other: &str) -> bool {
    one.len() >= 5
        && other.len() >= 5
        && one.chars().next() == other.chars().next()
        && sound(one) == sound(other)
}

/// A name without what transliterations do differently.
fn sound(name: &str) -> String {
    let even = name
        .replace("kh", "k")
        .replace("ck", "k")
        .replace("shch", "sh")
        .replace("sch", "sh")
        .replace("ch", "sh")
        .replace("ph", "f");
    let mut sound = String::with_capacity(even.len());
    for letter in even.chars() {
        let letter = match letter {
            'y' | 'j' => 'i',
            'w' => 'v',
            'z' => 's',
            other => other,
        };
        if !sound.ends_with(letter) {
            sound.push(letter);
        }
    }
    sound
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast() -> Cast {
        let member = |name: &str, surname: &str, office: Option<&str>| Member {
            name: name.into(),
            surname: surname.into(),
            office: office.map(str::to_owned),
            ..Member::default()
        };
        Cast::new(vec![
            member("Ambassador Vorel", "Vorel", None),
            member("Mr. Halloran", "Halloran", Some("Under Secretary of State")),
            member("Dr. Anna Quill", "Quill", None),
            member("Mr. Boris Quill", "Quill", None),
            member("The Secretary", "Tennant", None),
        ])
    }

    fn named(text: &str) -> Option<(Result<usize, String>, usize)> {
        cast().named(&words(text), 0)
    }

    #[test]
    fn names_lead_to_members() {
        assert_eq!(named("Ambassador Vorel said"), Some((Ok(0), 2)));
        assert_eq!(named("Halloran said"), Some((Ok(1), 1)));
        assert_eq!(named("Haloran said"), Some((Ok(1), 1)));
        assert_eq!(named("Halleran said"), Some((Err("halleran".into()), 1)));
        assert!(is_variant("smirnovsky", "smirnovski") && is_variant("khrushchev", "kruschev"));
        assert!(!is_variant("johnson", "johnston") && !is_variant("peterson", "petersen"));
        assert_eq!(named("Quill said"), Some((Err("quill".into()), 1)));
        assert_eq!(named("Boris Quill said"), Some((Ok(3), 2)));
        assert_eq!(named("Mr. Zahn said"), Some((Err("zahn".into()), 2)));
        assert_eq!(named("the harbor said"), None);
        assert_eq!(cast().called(3), "Boris Quill");
    }

    #[test]
    fn offices_lead_to_members() {
        let office = |text: &str, telegraphic| {
            cast()
                .office(&words(text), 0, telegraphic)
                .map(|(who, _)| who)
        };
        assert_eq!(office("the Ambassador said", false), Some(vec![0]));
        assert_eq!(office("the Secretary said", false), Some(vec![4]));
        assert_eq!(office("the Under Secretary said", false), Some(vec![1]));
        assert_eq!(office("Sec suggested", true), Some(vec![4]));
        assert_eq!(office("Sec suggested", false), None);
        assert_eq!(office("the Pope said", false), None);
    }
}
