//! The severity guide, for anyone.

use domain::{people::Actor, triage::Answers};
use leptos::prelude::*;

use super::{Islands, failed, loaded, query, raw_query};
use crate::{
    components::layout::{Here, Layout},
    guide::{Place, Start, Step, Terms},
    islands::{Packed, SeverityGuide},
    server::{Visit, guide_data, state},
    words::words,
};

/// `/guide`; without script the query carries the answers and the place.
#[component]
pub fn GuidePage() -> impl IntoView {
    let visit = Visit::current();
    let portal = state().portal;
    let raw = raw_query();
    let or_none = |text: String| (!text.is_empty()).then_some(text);
    let to_result = !query("back").is_empty();
    let after = or_none(query("after"));
    let place = Place {
        step: or_none(query("step")),
        // A changed answer leads back to the result, or to what it opens.
        after: after.clone().filter(|_| !to_result),
    };
    let own = visit.customer();
    let asked_for = Terms {
        tier: query("tier"),
        zone: query("zone"),
    };
    let own_terms = own.is_some() && asked_for.tier.is_empty();
    let terms = Terms {
        tier: or_none(asked_for.tier)
            .or_else(|| own.map(|own| own.tier.clone()))
            .unwrap_or_default(),
        zone: or_none(asked_for.zone)
            .or_else(|| own.map(|own| own.zone.clone()))
            .unwrap_or_default(),
    };
    let plan = own
        .and_then(|own| portal.plans().get(&own.plan_version))
        .unwrap_or_else(|| portal.plans().current())
        .clone();
    loaded(async move {
        let catalog = portal_core::products::catalog(&portal, Actor::Anonymous)
            .await
            .map_err(failed)?;
        let now = portal.now();
        let data = guide_data(&portal, &plan, &catalog, visit.lang, now);
        // `tier`, `zone`, `step`, `after` and `back` are the portal's own names, never a question's.
        let given = Answers::from_query(&raw);
        let mut answers = Answers::default();
        for (question, options) in given.iter() {
            if data.guide.question(question).is_some() {
                answers.set(question, options.to_vec());
            }
        }
        let step = data.step(&answers, &place);
        let refused = match (&step, &after) {
            (Step::Question(index), Some(after)) => data
                .guide
                .questions
                .get(*index)
                .is_some_and(|question| question.id == *after),
            _ => false,
        };
        provide_context(Packed::new(&Start {
            data,
            answers,
            step,
            refused,
            to_result,
            terms,
            own_terms,
            now,
        }));
        let t = &words(visit.lang).guide;
        Ok(view! {
            <Layout here=Here::Guide title=t.title.clone()>
                <p class="sr">{t.intro.clone()}</p>
                <SeverityGuide />
            </Layout>
            <Islands />
        }
        .into_any())
    })
}
