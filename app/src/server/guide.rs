//! Puts together what the guide shows: the plan's guide in one language, the catalog's releases, windows of calendars.

use domain::{
    calendar::Instant,
    plan::{ClauseId, Plan},
    text::{Lang, Text},
    triage::{
        Answers, Catalog, ClauseWords, Guide, Outcome, Product, Release, ReleaseWords, SupportState,
    },
};
use portal_core::Portal;

use crate::{
    components::attention::clause_address,
    guide::{Contract, GuideData, GuideWords, TierData, ZoneData},
    words::{fill, words},
};

/// How far back a window reaches, for a page that is open in a zone behind: a day and a half.
const WINDOW_BEFORE_MS: i64 = 36 * 3_600_000;
/// How far ahead a window reaches: the longest target over the longest holidays, and a page left open for weeks.
const WINDOW_AFTER_MS: i64 = 75 * 24 * 3_600_000;

/// The words of a release's option, in one language.
pub struct ReleaseLabels(pub Lang);

impl ReleaseWords<String> for ReleaseLabels {
    fn label(&self, product: &Product, release: &Release, state: &SupportState) -> String {
        let words = &words(self.0).releases;
        let state = match state {
            SupportState::Current => words.current.clone(),
            SupportState::Superseded { by } => fill(&words.superseded, &[("by", by)]),
            SupportState::Discontinued => words.discontinued.clone(),
        };
        format!("{} {}: {state}", product.name, release.version)
    }

    fn because(&self, product: &Product, release: &Release, state: &SupportState) -> String {
        let words = &words(self.0).releases;
        let values = [
            ("product", product.name.as_str()),
            ("version", release.version.as_str()),
        ];
        match state {
            SupportState::Current => fill(&words.because_current, &values),
            SupportState::Superseded { .. } => fill(&words.because_superseded, &values),
            SupportState::Discontinued => fill(&words.because_discontinued, &values),
        }
    }

    fn to_do(&self, product: &Product, by: &str) -> String {
        fill(
            &words(self.0).releases.to_do,
            &[("product", &product.name), ("version", by)],
        )
    }

    fn group(&self, product: &Product) -> String {
        product.name.clone()
    }
}

/// The plan's guide in one language, with the releases of the catalog to choose from.
pub fn localized_guide(plan: &Plan, catalog: &Catalog, lang: Lang) -> Guide<String> {
    plan.guide
        .in_language(lang)
        .with_catalog(catalog, &ReleaseLabels(lang))
}

/// The same as it was when `outcome` was computed of `answers`: a release that was discontinued since does not change what
/// is said of them.
pub fn localized_guide_then(
    plan: &Plan,
    catalog: &Catalog,
    answers: &Answers,
    outcome: &Outcome,
    lang: Lang,
) -> Guide<String> {
    plan.guide
        .in_language(lang)
        .with_catalog_then(catalog, answers, outcome, &ReleaseLabels(lang))
}

/// Where a plan's words stand, and what is said of them in a language.
pub fn contract(plan: &Plan, lang: Lang) -> Contract {
    let for_convenience = if lang == Lang::En {
        String::new()
    } else {
        words(lang).plan.for_convenience.clone()
    };
    let level = plan.guide.levels.first();
    let level = level.and_then(|level| plan.level_id(level));
    let address = |clause: Option<ClauseId>| {
        clause.map_or_else(
            || format!("/plan/{}", plan.version),
            |clause| clause_address(plan, &clause),
        )
    };
    Contract {
        for_convenience,
        clauses: format!("/plan/{}#", plan.version),
        levels: address(level)
            .trim_end_matches(|number: char| number.is_ascii_digit())
            .to_owned(),
        promise: address(plan.promising()),
    }
}

/// Everything that the guide shows, in one language, with calendars from about `now` on.
pub fn guide_data(
    portal: &Portal,
    plan: &Plan,
    catalog: &Catalog,
    lang: Lang,
    now: Instant,
) -> GuideData {
    let t = words(lang);
    let guide = localized_guide(plan, catalog, lang);
    let mut clauses: Vec<ClauseId> = Vec::new();
    for question in &guide.questions {
        clauses.push(question.clause.clone());
        clauses.extend(
            question
                .options
                .iter()
                .filter_map(|option| option.excludes.clone()),
        );
    }
    clauses.sort();
    clauses.dedup();
    let text = |text: &Text| text.get(lang).to_owned();
    GuideData {
        lang,
        words: GuideWords {
            guide: t.guide.clone(),
            deadline: t.deadline.clone(),
            times: t.times.clone(),
        },
        contract: contract(plan, lang),
        clauses: clauses
            .into_iter()
            .filter_map(|id| {
                plan.clause_words(&id, lang)
                    .map(|words| ClauseWords { id, words })
            })
            .collect(),
        tiers: plan
            .service
            .tiers
            .iter()
            .map(|tier| TierData {
                id: tier.id.clone(),
                name: text(&tier.name),
                response: tier
                    .response
                    .iter()
                    .map(|target| (target.level, target.target()))
                    .collect(),
            })
            .collect(),
        zones: plan
            .zones
            .iter()
            .filter_map(|zone| {
                let calendar = portal.calendar(zone)?;
                let rename = |name: &str| portal.holiday_name(zone, name, lang);
                let (from, to) = (
                    Instant(now.0 - WINDOW_BEFORE_MS),
                    Instant(now.0 + WINDOW_AFTER_MS),
                );
                let calendar = calendar.window(from, to, rename).ok()?;
                Some(ZoneData {
                    id: zone.id.clone(),
                    name: text(&zone.name),
                    calendar,
                })
            })
            .collect(),
        sample_figures: plan.service.sample_figures,
        guide,
    }
}
