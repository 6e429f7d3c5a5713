//! What must hold of a plan before anyone is shown it.
//!
//! References resolve; every level has a target in every tier; the severity guide is total (every complete set of
//! answers is decided) and monotone (a worse answer never lowers the level); and where a rule says that the level's
//! own words decide, those words do hold. All of it is tried, so conditions may only name what can be tried.

use std::collections::BTreeSet;

use super::{ClauseId, Plan, Severity, Table, load::FORMAT};
use crate::{
    text::Text,
    triage::{Answers, Choose, Conditions, Guide, MOST_ID, Template},
};

/// What is wrong, where, and what would be right.
pub(super) struct Finding {
    /// A dotted path into the document.
    pub at: String,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub right: String,
}

/// Every complete set of answers is tried; a guide with more than this many is refused rather than half checked.
const MOST_COMBINATIONS: usize = 200_000;

/// Everything that is wrong with `plan`.
pub(super) fn check(plan: &Plan) -> Vec<Finding> {
    let mut check = Check {
        plan,
        findings: Vec::new(),
    };
    check.document();
    check.references();
    check.service_levels();
    check.zones_and_ladder();
    check.guide_ids();
    check.guide_conditions();
    check.guide_rules();
    check.level_words();
    // Walking a guide whose parts are wrong would only repeat what was already said.
    if check.findings.is_empty() {
        check.guide_decides();
    }
    check.findings
}

struct Check<'a> {
    plan: &'a Plan,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn say(&mut self, at: impl Into<String>, what: impl Into<String>, right: impl Into<String>) {
        self.findings.push(Finding {
            at: at.into(),
            what: what.into(),
            right: right.into(),
        });
    }

    fn document(&mut self) {
        if self.plan.format != FORMAT {
            self.say(
                "format",
                format!("format {} is unknown", self.plan.format),
                format!("write format = {FORMAT}"),
            );
        }
        if !is_version(&self.plan.version) {
            self.say(
                "version",
                format!(
                    "the version `{}` cannot stand in an address",
                    self.plan.version
                ),
                "use letters, digits, `.`, `_` and `-` only, such as 2026.1",
            );
        }
        for table in [Table::Severities, Table::ServiceLevels] {
            let count = self
                .plan
                .sections
                .iter()
                .filter(|section| section.table == Some(table))
                .count();
            if count != 1 {
                self.say(
                    "section",
                    format!("the table {table:?} stands in {count} sections"),
                    "exactly one section has `table` for it",
                );
            }
        }
        let mut seen = BTreeSet::new();
        for (s, section) in self.plan.sections.iter().enumerate() {
            if section.number.is_empty()
                || !section.number.bytes().all(|byte| byte.is_ascii_digit())
            {
                self.say(
                    format!("section.{s}.number"),
                    format!("`{}` is no section number", section.number),
                    "write it in digits, such as \"7\"",
                );
            }
            if !seen.insert(ClauseId(section.number.clone())) {
                self.say(
                    format!("section.{s}.number"),
                    format!("section {} stands twice", section.number),
                    "number it anew",
                );
            }
            for (c, clause) in section.clauses.iter().enumerate() {
                let Some(id) = section.clause_id(clause) else {
                    continue;
                };
                let at = format!("section.{s}.clause.{c}.label");
                if !clause.label.as_deref().is_some_and(is_version) {
                    self.say(
                        &at,
                        format!("the label of `{id}` cannot be an anchor"),
                        "use small letters, digits and `-`",
                    );
                }
                if !seen.insert(id.clone()) {
                    self.say(
                        &at,
                        format!("the clause `{id}` stands twice"),
                        "give one of them another label",
                    );
                }
            }
        }
    }

    fn references(&mut self) {
        let known: BTreeSet<ClauseId> = self.plan.clause_ids().into_iter().collect();
        let mut wanted: Vec<(String, &ClauseId)> = Vec::new();
        for (i, note) in self.plan.notes.iter().enumerate() {
            wanted.push((format!("note.{i}.clause"), &note.clause));
        }
        wanted.push((
            "certification.clause".into(),
            &self.plan.certification.clause,
        ));
        for (i, clause) in self.plan.not_an_error.iter().enumerate() {
            wanted.push((format!("not_an_error.{i}"), clause));
        }
        let guide = &self.plan.guide;
        wanted.push(("guide.discontinued".into(), &guide.discontinued));
        wanted.push(("guide.superseded".into(), &guide.superseded));
        for (i, reading) in guide.readings.iter().enumerate() {
            wanted.push((format!("guide.readings.{i}.clause"), &reading.clause));
        }
        for (q, question) in guide.questions.iter().enumerate() {
            wanted.push((format!("guide.questions.{q}.clause"), &question.clause));
            for (o, option) in question.options.iter().enumerate() {
                let at = format!("guide.questions.{q}.options.{o}");
                wanted.extend(
                    option
                        .excludes
                        .iter()
                        .map(|id| (format!("{at}.excludes"), id)),
                );
                wanted.extend(option.unmet.iter().map(|id| (format!("{at}.unmet"), id)));
            }
        }
        for (at, id) in wanted {
            if !known.contains(id) {
                let section = id.section();
                let near: Vec<&str> = known
                    .iter()
                    .filter(|one| one.section() == section)
                    .map(|one| one.0.as_str())
                    .collect();
                let right = if near.is_empty() {
                    format!(
                        "there is no section {section}; the sections are {}",
                        list(self.plan.sections.iter().map(|s| s.number.as_str()))
                    )
                } else {
                    format!("section {section} has {}", list(near))
                };
                self.say(at, format!("the clause `{id}` does not exist"), right);
            }
        }
    }

    fn service_levels(&mut self) {
        let levels: Vec<Severity> = self
            .plan
            .guide
            .levels
            .iter()
            .map(|level| level.level)
            .collect();
        if self.plan.service.tiers.is_empty() {
            self.say("service", "there is no tier", "add [[service.tier]]");
        }
        let mut seen = BTreeSet::new();
        for (t, tier) in self.plan.service.tiers.iter().enumerate() {
            if !seen.insert(&tier.id) || !is_version(&tier.id) {
                self.say(
                    format!("service.tier.{t}.id"),
                    format!("the tier id `{}` is taken or no id", tier.id),
                    "give each tier an id of its own",
                );
            }
            for (name, targets) in [("response", &tier.response), ("update", &tier.update)] {
                for (i, target) in targets.iter().enumerate() {
                    let at = format!("service.tier.{t}.{name}.{i}");
                    if !levels.contains(&target.level) {
                        self.say(
                            &at,
                            format!("{} is no level of this plan", target.level),
                            format!("the levels are {}", list(&levels)),
                        );
                    }
                    if targets
                        .iter()
                        .filter(|other| other.level == target.level)
                        .count()
                        > 1
                    {
                        self.say(
                            &at,
                            format!(
                                "tier `{}` has two {name} targets for {}",
                                tier.id, target.level
                            ),
                            "keep one of them",
                        );
                    }
                    if target.amount == 0 || target.amount > 10_000 {
                        self.say(
                            &at,
                            format!("a target of {} promises nothing", target.amount),
                            "write an amount from 1 to 10000",
                        );
                    }
                }
                for level in &levels {
                    if !targets.iter().any(|target| target.level == *level) {
                        self.say(
                            format!("service.tier.{t}.{name}"),
                            format!("tier `{}` has no {name} target for {level}", tier.id),
                            format!("add {{ level = \"{level}\", amount = …, unit = \"hour\", clock = \"business\" }}"),
                        );
                    }
                }
            }
        }
    }

    fn zones_and_ladder(&mut self) {
        if self.plan.zones.is_empty() {
            self.say("zone", "there is no zone", "add [[zone]]");
        }
        let mut seen = BTreeSet::new();
        for (z, zone) in self.plan.zones.iter().enumerate() {
            if !seen.insert(&zone.id) || !is_version(&zone.id) {
                self.say(
                    format!("zone.{z}.id"),
                    format!("the zone id `{}` is taken or no id", zone.id),
                    "give each zone an id of its own",
                );
            }
            if zone.tz.parse::<chrono_tz::Tz>().is_err() {
                self.say(
                    format!("zone.{z}.tz"),
                    format!("`{}` is no time zone", zone.tz),
                    "write an IANA name, such as Asia/Seoul",
                );
            }
            if !matches!(zone.holidays.as_str(), "us" | "kr") {
                self.say(
                    format!("zone.{z}.holidays"),
                    format!("no holidays are known by the name `{}`", zone.holidays),
                    "us and kr are known",
                );
            }
        }
        let certification = &self.plan.certification;
        if certification.required >= certification.ladder.len() {
            self.say(
                "certification.required",
                format!(
                    "the ladder has {} levels, so none is number {}",
                    certification.ladder.len(),
                    certification.required
                ),
                "count from 0, the lowest level",
            );
        }
    }

    fn guide_ids(&mut self) {
        let guide = &self.plan.guide;
        let mut seen = BTreeSet::new();
        let mut findings = Vec::new();
        for (q, question) in guide.questions.iter().enumerate() {
            let at = format!("guide.questions.{q}");
            // `tier`, `zone` and the like stand in the same addresses.
            if !is_version(&question.id)
                || RESERVED.contains(&question.id.as_str())
                || !seen.insert(&question.id)
            {
                findings.push((
                    format!("{at}.id"),
                    format!("the question id `{}` is taken or no id", question.id),
                    format!(
                        "give each question an id of its own; {} are the portal's",
                        list(RESERVED)
                    ),
                ));
            }
            if question.options.is_empty() {
                findings.push((
                    at.clone(),
                    format!("the question `{}` has no options", question.id),
                    "add options".into(),
                ));
            }
            if question.ordered && question.choose != Choose::One {
                findings.push((
                    format!("{at}.ordered"),
                    format!("the question `{}` cannot be ordered", question.id),
                    "only a question with choose = \"one\" has an order".into(),
                ));
            }
            let mut options = BTreeSet::new();
            for (o, option) in question.options.iter().enumerate() {
                let at = format!("{at}.options.{o}");
                if !is_version(&option.id) || !options.insert(&option.id) {
                    findings.push((
                        format!("{at}.id"),
                        format!(
                            "the option id `{}` of `{}` is taken or no id",
                            option.id, question.id
                        ),
                        "give each option an id of its own".into(),
                    ));
                }
                if (option.excludes.is_some() || option.unmet.is_some()) && option.because.is_none()
                {
                    findings.push((
                        at.clone(),
                        format!(
                            "the option `{}` of `{}` has a consequence but no reason",
                            option.id, question.id
                        ),
                        "add `because`".into(),
                    ));
                }
                if option.unmet.is_some() && option.to_do.is_none() {
                    findings.push((at.clone(), format!("the option `{}` of `{}` leaves a condition unmet but says nothing to do", option.id, question.id), "add `to_do`".into()));
                }
                if question.ordered && option.suppose.is_none() {
                    findings.push((
                        at,
                        format!(
                            "the option `{}` of the ordered question `{}` has no supposition",
                            option.id, question.id
                        ),
                        "add `suppose`".into(),
                    ));
                }
            }
        }
        for (index, level) in guide.levels.iter().enumerate() {
            if usize::from(level.level.number()) != index + 1 {
                findings.push((
                    format!("guide.levels.{index}.level"),
                    format!("level {} stands in place {}", level.level, index + 1),
                    "the levels stand in order, from S1".into(),
                ));
            }
        }
        let mut readings = BTreeSet::new();
        for (index, reading) in guide.readings.iter().enumerate() {
            if !readings.insert(&reading.id) {
                findings.push((
                    format!("guide.readings.{index}.id"),
                    format!("the reading `{}` stands twice", reading.id),
                    "give each reading an id of its own".into(),
                ));
            }
        }
        for (at, what, right) in findings {
            self.say(at, what, right);
        }
    }

    fn guide_conditions(&mut self) {
        let guide = &self.plan.guide;
        let mut findings = Vec::new();
        let mut asked_before: Vec<&str> = Vec::new();
        let all: Vec<&str> = guide
            .questions
            .iter()
            .map(|question| question.id.as_str())
            .collect();
        let mut examine = |at: &str,
                           alternatives: &[Conditions],
                           known: &[&str],
                           known_are: &str| {
            for (alternative, conditions) in alternatives.iter().enumerate() {
                for (question, options) in &conditions.0 {
                    let at = format!("{at}.{alternative}.{question}");
                    let Some(asked) = guide
                        .question(question)
                        .filter(|_| known.contains(&question.as_str()))
                    else {
                        findings.push((at, format!("the condition names the question `{question}`, which is not {known_are}"), format!("{known_are} are {}", list(known))));
                        continue;
                    };
                    if asked.choose != Choose::One {
                        findings.push((at, format!("the condition names the question `{question}`, whose answers cannot all be tried: several options together, or any release of the catalog"), format!("name questions with choose = \"one\" only: {}", list(chosen_once(guide, known)))));
                        continue;
                    }
                    for option in options
                        .iter()
                        .filter(|option| asked.option(option).is_none())
                    {
                        findings.push((
                            at.clone(),
                            format!("the question `{question}` has no option `{option}`"),
                            format!(
                                "its options are {}",
                                list(asked.options.iter().map(|o| o.id.as_str()))
                            ),
                        ));
                    }
                    if options.is_empty() {
                        findings.push((
                            at,
                            format!("the condition on `{question}` can never hold"),
                            "name at least one option".into(),
                        ));
                    }
                }
            }
        };
        for (q, question) in guide.questions.iter().enumerate() {
            examine(
                &format!("guide.questions.{q}.when"),
                &question.when,
                &asked_before,
                "a question asked before",
            );
            asked_before.push(&question.id);
        }
        for (r, rule) in guide.rules.iter().enumerate() {
            examine(
                &format!("guide.rules.{r}.when"),
                &rule.when,
                &all,
                "a question of the guide",
            );
        }
        for (l, level) in guide.levels.iter().enumerate() {
            for (c, condition) in level.conditions.iter().enumerate() {
                examine(
                    &format!("guide.levels.{l}.conditions.{c}.when"),
                    &condition.when,
                    &all,
                    "a question of the guide",
                );
            }
        }
        for (at, what, right) in findings {
            self.say(at, what, right);
        }
    }

    /// Rules name levels and readings that exist, and every reading has a rule that follows it.
    fn guide_rules(&mut self) {
        let guide = &self.plan.guide;
        let mut findings = Vec::new();
        for (r, rule) in guide.rules.iter().enumerate() {
            if guide.level(rule.level).is_none() {
                findings.push((
                    format!("guide.rules.{r}.level"),
                    format!("{} is no level of this plan", rule.level),
                    format!(
                        "the levels are {}",
                        list(guide.levels.iter().map(|level| level.level))
                    ),
                ));
            }
            if let Some(reading) = &rule.reading
                && guide.reading(reading).is_none()
            {
                findings.push((
                    format!("guide.rules.{r}.reading"),
                    format!("there is no reading `{reading}`"),
                    format!(
                        "the readings are {}",
                        list(guide.readings.iter().map(|one| one.id.as_str()))
                    ),
                ));
            }
        }
        for (index, reading) in guide.readings.iter().enumerate() {
            if !guide
                .rules
                .iter()
                .any(|rule| rule.reading.as_ref() == Some(&reading.id))
            {
                findings.push((
                    format!("guide.readings.{index}.id"),
                    format!("no rule follows the reading `{}`", reading.id),
                    "name it in a rule, or delete it".into(),
                ));
            }
        }
        for (at, what, right) in findings {
            self.say(at, what, right);
        }
    }

    /// Each level's words mark exactly its conditions, in every language.
    fn level_words(&mut self) {
        let mut findings = Vec::new();
        for (l, level) in self.plan.guide.levels.iter().enumerate() {
            let conditions: BTreeSet<&str> = level
                .conditions
                .iter()
                .map(|condition| condition.id.as_str())
                .collect();
            let Text { en, ko } = &level.words;
            for (lang, words) in [("en", Some(en)), ("ko", ko.as_ref())] {
                let Some(words) = words else { continue };
                let marked: BTreeSet<&str> =
                    Template::new(words).filter_map(|(id, _)| id).collect();
                if marked != conditions {
                    findings.push((
                        format!("guide.levels.{l}.words.{lang}"),
                        format!(
                            "the words of {} mark {}, its conditions are {}",
                            level.level,
                            list(&marked),
                            list(&conditions)
                        ),
                        "mark each condition as {id|the words}".to_owned(),
                    ));
                }
            }
        }
        for (at, what, right) in findings {
            self.say(at, what, right);
        }
    }

    /// Total, monotone, true to the words, and no rule that never decides.
    fn guide_decides(&mut self) {
        let guide = &self.plan.guide;
        let Some(all) = combinations(guide) else {
            self.say(
                "guide.questions",
                format!("the guide has more than {MOST_COMBINATIONS} combinations of answers"),
                "ask fewer questions that decide the severity",
            );
            return;
        };
        let mut findings = Vec::new();
        let mut deciding = BTreeSet::new();
        let mut told = BTreeSet::new();
        for answers in &all {
            let Some((index, rule)) = rule_of(guide, answers) else {
                if told.insert("total") {
                    findings.push((
                        "guide.rules".to_owned(),
                        format!("no rule decides {}", answers.to_query()),
                        "the guide must be total: add a rule that holds for it".to_owned(),
                    ));
                }
                continue;
            };
            deciding.insert(index);
            if rule.reading.is_none()
                && let Some(level) = guide.level(rule.level)
                && !level.words_hold(answers)
                && told.insert("words")
            {
                findings.push((
                    format!("guide.rules.{index}"),
                    format!(
                        "the rule says that the words of {} decide, but they do not hold for {}",
                        rule.level,
                        answers.to_query()
                    ),
                    "name the `reading` that it follows, or mend the conditions".to_owned(),
                ));
            }
            for question in guide.questions.iter().filter(|question| question.ordered) {
                let Some(at) = question
                    .options
                    .iter()
                    .position(|option| answers.has(&question.id, &option.id))
                else {
                    continue;
                };
                for worse in question.options.iter().skip(at + 1) {
                    let raised = decisive(guide, &answers.with(&question.id, &worse.id));
                    // A worse answer may open further questions: every way to answer them must hold.
                    for other in completions(guide, &raised) {
                        if let Some((worse_index, worse_rule)) = rule_of(guide, &other)
                            && worse_rule.level > rule.level
                            && told.insert("monotone")
                        {
                            findings.push((
                                format!("guide.rules.{worse_index}"),
                                format!(
                                    "a worse answer lowers the level: {} is {}, but {} is {}",
                                    answers.to_query(),
                                    rule.level,
                                    other.to_query(),
                                    worse_rule.level
                                ),
                                "the guide must be monotone: no worse answer may lower the level"
                                    .to_owned(),
                            ));
                        }
                    }
                }
            }
        }
        for index in (0..guide.rules.len()).filter(|index| !deciding.contains(index)) {
            findings.push((
                format!("guide.rules.{index}"),
                "the rule never decides: rules above it hold wherever it does".to_owned(),
                "delete it or move it up".to_owned(),
            ));
        }
        for (at, what, right) in findings {
            self.say(at, what, right);
        }
    }
}

/// Names that stand beside the answers in addresses and forms, or in an address for the steps of the guide that are no
/// question.
const RESERVED: &[&str] = &[
    "tier", "zone", "at", "step", "back", "after", "draft", "new", "result", "clear",
];

/// Whether `id` can stand in an address, and in a dotted path without doubt.
fn is_version(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= MOST_ID
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items
        .into_iter()
        .map(|item| item.to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Those of the questions named that are answered with exactly one option.
fn chosen_once<'a>(guide: &Guide, known: &[&'a str]) -> Vec<&'a str> {
    let once = |id: &str| {
        guide
            .question(id)
            .is_some_and(|question| question.choose == Choose::One)
    };
    known.iter().copied().filter(|id| once(id)).collect()
}

fn rule_of<'a>(guide: &'a Guide, answers: &Answers) -> Option<(usize, &'a crate::triage::Rule)> {
    guide.rules.iter().enumerate().find(|(_, rule)| {
        rule.when.is_empty() || rule.when.iter().any(|conditions| conditions.hold(answers))
    })
}

/// The questions that rules, words or other questions look at; the rest cannot change the level.
fn looked_at(guide: &Guide) -> BTreeSet<&str> {
    let rules = guide.rules.iter().flat_map(|rule| &rule.when);
    let words = guide
        .levels
        .iter()
        .flat_map(|level| &level.conditions)
        .flat_map(|condition| &condition.when);
    let questions = guide.questions.iter().flat_map(|question| &question.when);
    rules
        .chain(words)
        .chain(questions)
        .flat_map(|conditions| &conditions.0)
        .map(|(question, _)| question.as_str())
        .collect()
}

/// `answers` without those that are not asked, or that decide nothing.
fn decisive(guide: &Guide, answers: &Answers) -> Answers {
    let looked_at = looked_at(guide);
    let mut kept = Answers::default();
    for question in &guide.questions {
        if looked_at.contains(question.id.as_str()) && asked(question, &kept) {
            kept.set(&question.id, answers.get(&question.id).to_vec());
        }
    }
    kept
}

fn asked(question: &crate::triage::Question, answers: &Answers) -> bool {
    question.when.is_empty()
        || question
            .when
            .iter()
            .any(|conditions| conditions.hold(answers))
}

/// Every complete set of deciding answers. `None` if there are too many.
fn combinations(guide: &Guide) -> Option<Vec<Answers>> {
    let all = completions(guide, &Answers::default());
    (all.len() <= MOST_COMBINATIONS).then_some(all)
}

/// Every way to complete `given`, deciding questions only.
fn completions(guide: &Guide, given: &Answers) -> Vec<Answers> {
    let looked_at = looked_at(guide);
    let mut all = vec![Answers::default()];
    for question in guide
        .questions
        .iter()
        .filter(|question| looked_at.contains(question.id.as_str()))
    {
        let mut next = Vec::with_capacity(all.len());
        for answers in all {
            if !asked(question, &answers) {
                next.push(answers);
                continue;
            }
            let fixed = given.get(&question.id);
            if fixed.is_empty() {
                next.extend(
                    question
                        .options
                        .iter()
                        .map(|option| answers.with(&question.id, &option.id)),
                );
            } else {
                let mut answers = answers;
                answers.set(&question.id, fixed.to_vec());
                next.push(answers);
            }
            if next.len() > MOST_COMBINATIONS {
                return next;
            }
        }
        all = next;
    }
    all
}
