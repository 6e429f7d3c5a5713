//! What changed between two plans: clauses, the severities' words, the figures of each tier.
//!
//! The English text governs, so it alone decides whether words differ; a translation is carried along to be shown.

use super::{Clause, ClauseId, Plan, Section, Severity, Target, Tier};
use crate::{
    text::{Lang, Text},
    triage::Level,
};

/// One thing that differs. Neither side is missing unless only one of the plans has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<K, V = Text> {
    /// What it is.
    pub at: K,
    /// In the first plan.
    pub before: Option<V>,
    /// In the second plan.
    pub after: Option<V>,
}

/// A figure of a tier, in the order of the service level table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// When support is given.
    Hours,
    /// Support in the portal.
    Online,
    /// Support by e-mail.
    Email,
    /// Support by telephone.
    Telephone,
    /// Designated Customer Support Contacts included.
    Contacts,
    /// By when a Response is due.
    Response(Severity),
    /// How often the customer is told more.
    Update(Severity),
}

/// What a figure says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// In words.
    Words(Text),
    /// A number.
    Count(u32),
    /// A length of time.
    Target(Target),
}

/// The changed figures of one tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierChanges {
    /// The tier's id.
    pub id: String,
    /// Its name, in the second plan if that has it.
    pub name: Text,
    /// Its figures that differ, in the order of the table.
    pub figures: Vec<Change<Figure, Value>>,
}

/// Everything that differs between two plans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Headings, paragraphs, definitions and clauses; a paragraph goes by its section.
    pub clauses: Vec<Change<ClauseId>>,
    /// The title and the words of levels.
    pub severities: Vec<Change<Severity>>,
    /// The tiers with a figure that differs.
    pub tiers: Vec<TierChanges>,
}

impl Diff {
    /// What differs from `before` to `after`.
    pub fn between(before: &Plan, after: &Plan) -> Self {
        Self {
            clauses: clauses(before, after),
            severities: severities(before, after),
            tiers: tiers(before, after),
        }
    }

    /// Whether nothing does.
    pub const fn is_empty(&self) -> bool {
        self.clauses.is_empty() && self.severities.is_empty() && self.tiers.is_empty()
    }
}

/// The keys of both in one order: those of `after`, each that only `before` has behind the one it followed.
fn merged<K: PartialEq + Clone>(before: &[K], after: &[K]) -> Vec<K> {
    let mut all = after.to_vec();
    let mut place = 0;
    for key in before {
        if let Some(at) = all.iter().position(|one| one == key) {
            place = at;
        } else {
            all.insert(place, key.clone());
        }
        place += 1;
    }
    all
}

/// The change of one thing, if there is one; `same` says what counts.
fn change<K, V>(
    at: K,
    before: Option<V>,
    after: Option<V>,
    same: impl Fn(&V, &V) -> bool,
) -> Option<Change<K, V>> {
    let equal = match (&before, &after) {
        (Some(before), Some(after)) => same(before, after),
        (None, None) => true,
        _ => false,
    };
    (!equal).then_some(Change { at, before, after })
}

/// Texts are the same if the governing words are.
fn same_words(before: &Text, after: &Text) -> bool {
    before.en == after.en
}

fn clauses(before: &Plan, after: &Plan) -> Vec<Change<ClauseId>> {
    let numbers = |plan: &Plan| -> Vec<String> {
        plan.sections
            .iter()
            .map(|section| section.number.clone())
            .collect()
    };
    let mut changes = Vec::new();
    for number in merged(&numbers(before), &numbers(after)) {
        let (old, new) = (before.section(&number), after.section(&number));
        let own = ClauseId(number);
        changes.extend(change(
            own.clone(),
            old.map(|section| section.title.clone()),
            new.map(|section| section.title.clone()),
            same_words,
        ));
        paragraphs(&own, old, new, &mut changes);
        let labels = |section: Option<&Section>| -> Vec<ClauseId> {
            section.map_or_else(Vec::new, |section| {
                section
                    .clauses
                    .iter()
                    .filter_map(|clause| section.clause_id(clause))
                    .collect()
            })
        };
        for id in merged(&labels(old), &labels(new)) {
            let words = |section: Option<&Section>| {
                let section = section?;
                section
                    .clauses
                    .iter()
                    .find(|clause| section.clause_id(clause).as_ref() == Some(&id))
                    .map(whole)
            };
            changes.extend(change(id.clone(), words(old), words(new), same_words));
        }
    }
    changes
}

/// Paragraphs have no label to be known by: those that stand in both are unchanged, the others are paired in order.
fn paragraphs(
    own: &ClauseId,
    old: Option<&Section>,
    new: Option<&Section>,
    changes: &mut Vec<Change<ClauseId>>,
) {
    let plain = |section: Option<&Section>| -> Vec<Text> {
        section.map_or_else(Vec::new, |section| {
            section
                .clauses
                .iter()
                .filter(|clause| clause.label.is_none())
                .map(whole)
                .collect()
        })
    };
    let (old, new) = (plain(old), plain(new));
    let only_in = |these: &[Text], those: &[Text]| -> Vec<Text> {
        these
            .iter()
            .filter(|text| !those.iter().any(|other| same_words(text, other)))
            .cloned()
            .collect()
    };
    let (gone, come) = (only_in(&old, &new), only_in(&new, &old));
    for index in 0..gone.len().max(come.len()) {
        changes.push(Change {
            at: own.clone(),
            before: gone.get(index).cloned(),
            after: come.get(index).cloned(),
        });
    }
}

/// A clause as one reads it aloud, in each language that it has.
fn whole(clause: &Clause) -> Text {
    Text {
        en: clause.words(Lang::En),
        ko: clause.text.ko.as_ref().map(|_| clause.words(Lang::Ko)),
    }
}

fn severities(before: &Plan, after: &Plan) -> Vec<Change<Severity>> {
    let levels = |plan: &Plan| -> Vec<Severity> {
        plan.guide.levels.iter().map(|level| level.level).collect()
    };
    let words = |plan: &Plan, severity| plan.guide.level(severity).map(level_words);
    merged(&levels(before), &levels(after))
        .into_iter()
        .filter_map(|severity| {
            change(
                severity,
                words(before, severity),
                words(after, severity),
                same_words,
            )
        })
        .collect()
}

/// A level's title and words.
fn level_words(level: &Level) -> Text {
    let words = |lang| {
        let words: String = crate::triage::Template::new(level.words.get(lang))
            .map(|(_, words)| words)
            .collect();
        format!("{}: {words}", level.title.get(lang))
    };
    Text {
        en: words(Lang::En),
        ko: level.words.ko.as_ref().map(|_| words(Lang::Ko)),
    }
}

fn tiers(before: &Plan, after: &Plan) -> Vec<TierChanges> {
    let ids = |plan: &Plan| -> Vec<String> {
        plan.service
            .tiers
            .iter()
            .map(|tier| tier.id.clone())
            .collect()
    };
    let levels = |plan: &Plan| -> Vec<Severity> {
        plan.guide.levels.iter().map(|level| level.level).collect()
    };
    let levels = merged(&levels(before), &levels(after));
    merged(&ids(before), &ids(after))
        .into_iter()
        .filter_map(|id| {
            let (old, new) = (before.tier(&id), after.tier(&id));
            let figures: Vec<_> = figures(&levels)
                .into_iter()
                .filter_map(|figure| {
                    let value = |tier: Option<&Tier>| tier.and_then(|tier| figure.of(tier));
                    change(figure, value(old), value(new), Value::same)
                })
                .collect();
            let name = new.or(old).map(|tier| tier.name.clone())?;
            (!figures.is_empty()).then_some(TierChanges { id, name, figures })
        })
        .collect()
}

fn figures(levels: &[Severity]) -> Vec<Figure> {
    let mut figures = vec![
        Figure::Hours,
        Figure::Online,
        Figure::Email,
        Figure::Telephone,
        Figure::Contacts,
    ];
    figures.extend(levels.iter().copied().map(Figure::Response));
    figures.extend(levels.iter().copied().map(Figure::Update));
    figures
}

impl Figure {
    /// What a tier says of it.
    fn of(self, tier: &Tier) -> Option<Value> {
        let words = |text: &Text| Some(Value::Words(text.clone()));
        match self {
            Self::Hours => words(&tier.hours),
            Self::Online => words(&tier.channels.online),
            Self::Email => words(&tier.channels.email),
            Self::Telephone => words(&tier.channels.telephone),
            Self::Contacts => Some(Value::Count(tier.contacts)),
            Self::Response(severity) => tier.response(severity).map(Value::Target),
            Self::Update(severity) => tier.update(severity).map(Value::Target),
        }
    }
}

impl Value {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Words(one), Self::Words(two)) => same_words(one, two),
            _ => self == other,
        }
    }
}

/// A stretch of words, and whether the other text lacks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The words, with the blanks around them.
    pub words: String,
    /// Whether they stand on this side only.
    pub changed: bool,
}

/// More words than any clause has; two texts longer than that are marked as a whole rather than compared at length.
const MOST_WORDS: usize = 1_500;

/// Two texts, word by word: what each has that the other lacks. What both have stands in both unmarked.
pub fn side_by_side(before: &str, after: &str) -> (Vec<Stretch>, Vec<Stretch>) {
    let words = |text: &str| -> Vec<String> {
        text.split_inclusive(char::is_whitespace)
            .map(ToOwned::to_owned)
            .collect()
    };
    let (old, new) = (words(before), words(after));
    let mut kept = (vec![false; old.len()], vec![false; new.len()]);
    if old.len().max(new.len()) <= MOST_WORDS {
        for (at, to) in common(&old, &new) {
            kept.0[at] = true;
            kept.1[to] = true;
        }
    }
    (stretches(&old, &kept.0), stretches(&new, &kept.1))
}

/// The places of a longest common subsequence of words.
fn common(old: &[String], new: &[String]) -> Vec<(usize, usize)> {
    let same = |at: usize, to: usize| old[at].trim_end() == new[to].trim_end();
    let width = new.len() + 1;
    let mut longest = vec![0_usize; (old.len() + 1) * width];
    for at in (0..old.len()).rev() {
        for to in (0..new.len()).rev() {
            longest[at * width + to] = if same(at, to) {
                longest[(at + 1) * width + to + 1] + 1
            } else {
                longest[(at + 1) * width + to].max(longest[at * width + to + 1])
            };
        }
    }
    let (mut at, mut to, mut places) = (0, 0, Vec::new());
    while at < old.len() && to < new.len() {
        if same(at, to) {
            places.push((at, to));
            (at, to) = (at + 1, to + 1);
        } else if longest[(at + 1) * width + to] >= longest[at * width + to + 1] {
            at += 1;
        } else {
            to += 1;
        }
    }
    places
}

fn stretches(words: &[String], kept: &[bool]) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for (word, kept) in words.iter().zip(kept) {
        match stretches.last_mut() {
            Some(last) if last.changed != *kept => last.words.push_str(word),
            _ => stretches.push(Stretch {
                words: word.clone(),
                changed: !kept,
            }),
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Unit, embedded};

    fn plan() -> Plan {
        embedded().expect("the vendor's plan")
    }

    #[test]
    fn a_plan_does_not_differ_from_itself() {
        assert!(Diff::between(&plan(), &plan()).is_empty());
    }

    #[test]
    fn a_changed_clause_is_found_by_its_letter_and_a_translation_alone_is_none() {
        let (before, mut after) = (plan(), plan());
        let clause = after.sections[6]
            .clauses
            .iter_mut()
            .find(|clause| clause.label.as_deref() == Some("v"));
        let clause = clause.expect("7(v)");
        clause.text.en = "any Error caused by third party software;".to_owned();
        after.sections[5].clauses[1].text.ko = Some("다른 번역".to_owned());
        let diff = Diff::between(&before, &after);
        assert_eq!(diff.clauses.len(), 1);
        assert_eq!(diff.clauses[0].at.cite(), "7(v)");
        let words = |text: &Option<Text>| text.clone().unwrap_or_default().en;
        assert!(words(&diff.clauses[0].before).ends_with("not licensed through Interactor;"));
        assert_eq!(
            words(&diff.clauses[0].after),
            "(v) any Error caused by third party software;"
        );
        assert!(diff.severities.is_empty() && diff.tiers.is_empty());
    }

    #[test]
    fn clauses_that_come_and_go_have_one_side() {
        let (before, mut after) = (plan(), plan());
        let gone = after.sections[6].clauses.remove(1);
        let mut come = gone.clone();
        come.label = Some("x".to_owned());
        after.sections[6].clauses.push(come);
        // A paragraph moved to the front of its section is the same paragraph.
        after.sections[2].clauses.rotate_right(1);
        let diff = Diff::between(&before, &after);
        let found: Vec<_> = diff
            .clauses
            .iter()
            .map(|one| (one.at.cite(), one.before.is_some(), one.after.is_some()))
            .collect();
        assert_eq!(
            found,
            [
                ("7(i)".to_owned(), true, false),
                ("7(x)".to_owned(), false, true)
            ]
        );
    }

    #[test]
    fn figures_and_words_that_differ_are_told_apart_from_those_that_do_not() {
        let (before, mut after) = (plan(), plan());
        let core = &mut after.service.tiers[0];
        core.contacts = 4;
        core.response[1].amount = 1;
        core.response[1].unit = Unit::Day;
        after.service.tiers.remove(1);
        after.guide.levels[3].title.en = "Small Impact".to_owned();
        let diff = Diff::between(&before, &after);
        assert_eq!(
            diff.tiers
                .iter()
                .map(|tier| tier.id.as_str())
                .collect::<Vec<_>>(),
            ["core", "advanced"]
        );
        let core: Vec<_> = diff.tiers[0].figures.iter().map(|one| one.at).collect();
        let s2 = Severity::new(2).expect("a level");
        assert_eq!(core, [Figure::Contacts, Figure::Response(s2)]);
        assert_eq!(diff.tiers[0].figures[0].before, Some(Value::Count(3)));
        assert_eq!(diff.tiers[0].figures[0].after, Some(Value::Count(4)));
        // A tier that is no longer offered loses every figure.
        assert_eq!(diff.tiers[1].figures.len(), 5 + 8);
        assert!(
            diff.tiers[1]
                .figures
                .iter()
                .all(|one| one.before.is_some() && one.after.is_none())
        );
        let severities: Vec<_> = diff.severities.iter().map(|one| one.at.number()).collect();
        assert_eq!(severities, [4]);
    }

    #[test]
    fn words_that_only_one_side_has_are_marked() {
        let (before, after) =
            side_by_side("within four Business Hours of it", "within 2 hours of it");
        let marked = |side: &[Stretch]| -> Vec<(String, bool)> {
            side.iter()
                .map(|one| (one.words.clone(), one.changed))
                .collect()
        };
        let pair = |words: &str, changed| (words.to_owned(), changed);
        assert_eq!(
            marked(&before),
            [
                pair("within ", false),
                pair("four Business Hours ", true),
                pair("of it", false)
            ]
        );
        assert_eq!(
            marked(&after),
            [
                pair("within ", false),
                pair("2 hours ", true),
                pair("of it", false)
            ]
        );
        assert_eq!(side_by_side("", ""), (vec![], vec![]));
        let (gone, nothing) = side_by_side("all of it", "");
        assert!(gone.iter().all(|one| one.changed) && nothing.is_empty());
    }

    #[test]
    fn keys_of_both_stand_in_one_order() {
        assert_eq!(merged(&[1, 2, 3, 5], &[1, 3, 4]), [1, 2, 3, 5, 4]);
        assert_eq!(merged(&[], &[7]), [7]);
        assert_eq!(merged(&[7], &[]), [7]);
    }
}
