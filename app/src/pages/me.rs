//! What is a person's own: their certification and what it allows, their language and zone.

use domain::{
    calendar::LocalDate,
    people::{
        Certification, Phase, REMINDERS, Standing,
        attention::{EXPIRY_NOTICE, expiry},
        covered_until,
    },
    plan::Plan,
    text::Lang,
};
use leptos::prelude::*;
use maud::{Markup, html};
use portal_core::{
    accounts::Person,
    contacts::{self, Mine},
};

use super::{failed, loaded, query, sign_in_first};
use crate::{
    components::{
        attention::clause_address,
        bars::{level_name, reasons_to_you, required},
        layout::{Here, Layout},
        validity::validity,
    },
    format,
    server::{Problem, Visit, state},
    words::{Words, cite, fill, words},
};

/// `/me`
#[component]
pub fn MePage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let saved = !query("saved").is_empty();
    loaded(async move {
        let person = visit.person.clone().ok_or(Problem::NotFound)?;
        let mine = contacts::mine(&portal, visit.actor())
            .await
            .map_err(failed)?;
        let version = person
            .customer
            .as_ref()
            .map(|own| own.plan_version.as_str());
        let plan = version
            .and_then(|version| portal.plans().get(version))
            .unwrap_or_else(|| portal.plans().current())
            .clone();
        let t = words(visit.lang);
        let m = &t.me;
        let markup = html! {
            div.head {
                h1 { (person.name) }
                p.mute { (person.email) @if let Some(own) = &person.customer { " · " (own.name) } }
            }
            @if saved { p.card.done role="status" { (m.saved) } }
            @if let Some(mine) = &mine { (certification(mine, &plan, t, visit.lang)) }
            (choices(&person, &plan, t, visit.lang))
            section.card {
                h2 { (t.my_mail.title) }
                p.mute { (t.my_mail.about) }
                p { a.btn.quiet href="/me/mail" { (t.my_mail.link) } }
            }
            section.card {
                h2 { (m.security) }
                p.mute { (m.security_text) }
                p { a.btn.quiet href="/me/security" { (m.security_link) } }
            }
        };
        Ok(view! {
            <Layout here=Here::Me title=m.title.clone()>
                <div class="stack me" inner_html=markup.into_string()></div>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}

/// Whether they may file, whether their certification satisfies section 4, what to do, and every certification.
fn certification(mine: &Mine, plan: &Plan, t: &Words, lang: Lang) -> Markup {
    let m = &t.me;
    let asked = &plan.certification;
    let may = mine.bars.is_empty();
    let clause = cite(&t.guide.section_n, &asked.clause);
    html! {
        section.stack aria-labelledby="certification" {
            h2 #certification { (m.certification) }
            div.card.(if may { "done" } else { "note" }) {
                p.verdict { (if may { &m.may_file } else { &m.may_not_file }) }
                p { (satisfies(mine, plan, t, lang)) }
                @if !may { (reasons_to_you(&mine.bars, plan, t, lang)) }
                @if let Some(next) = next_step(mine, plan, t) { p { b { (m.to_do) ": " } (next) } }
                @if !may && mine.customer.term.bar(mine.today).is_none() { p { (m.until_then) } }
            }
            figure.aside {
                figcaption.cite { a href=(clause_address(plan, &asked.clause)) { (clause) } }
                @if let Some(words) = plan.clause_words(&asked.clause, lang) { p.clause { (words) } }
            }
            @if mine.held.is_empty() {
                div.card.empty {
                    p { (m.none_held) }
                    p.mute { (fill(&m.none_held_text, &[("track", asked.track.get(lang)), ("level", &required(plan, lang))])) }
                }
            }
            @for (place, held) in mine.held.iter().enumerate() {
                @let one = &held.certification;
                article.card.stack aria-label={ (level_name(plan, &one.level, lang)) " " (one.number) } {
                    div.row {
                        h3 { (level_name(plan, &one.level, lang)) " · " (one.track) }
                        span.small.mute.num { (fill(&m.number, &[("number", &one.number)])) }
                        (tag(one.phase(mine.today), t))
                        @if mine.deciding == Some(place) && mine.held.len() > 1 { span.small { (m.deciding) } }
                    }
                    (validity(held, mine.today, m, &t.times))
                }
            }
        }
    }
}

/// A certification's phase in words: with a form of its own besides its colour.
pub(super) fn tag(phase: Phase, t: &Words) -> Markup {
    let m = &t.me;
    let days = |words: &str, days: u32| fill(words, &[("days", &days.to_string())]);
    let (kind, words) = match phase {
        Phase::NotYet => ("later", m.not_yet.clone()),
        Phase::Expired => ("over", m.expired.clone()),
        Phase::Valid { days_left: 0 } => ("soon", m.last_day.clone()),
        Phase::Valid { days_left: 1 } => ("soon", m.one_day_left.clone()),
        Phase::Valid { days_left } if days_left <= REMINDERS[0] => {
            ("soon", days(&m.soon, days_left))
        }
        Phase::Valid { days_left } => ("valid", days(&m.valid, days_left)),
    };
    html! { span.tag data-kind=(kind) { (words) } }
}

/// Whether what is held satisfies section 4, and why or why not.
fn satisfies(mine: &Mine, plan: &Plan, t: &Words, lang: Lang) -> String {
    let m = &t.me;
    let required = required(plan, lang);
    let deciding = mine.deciding.and_then(|place| mine.held.get(place));
    let level = deciding.map_or_else(String::new, |held| {
        level_name(plan, &held.certification.level, lang)
    });
    let date = |date: LocalDate| format::date_short(date, &t.times);
    let track = plan.certification.track.get(lang);
    let with = |words: &str, date: &str| {
        fill(
            words,
            &[
                ("level", &level),
                ("required", &required),
                ("date", date),
                ("track", track),
            ],
        )
    };
    match &mine.standing {
        Standing::Certified { until } => with(&m.satisfies, &date(*until)),
        Standing::Expired(on) => with(&m.satisfied_until, &date(*on)),
        Standing::NotYet(from) => with(&m.satisfies_from, &date(*from)),
        Standing::LevelTooLow(_) => with(&m.too_low, ""),
        Standing::None => with(&m.satisfies_not, ""),
    }
}

/// What whoever is certified has to do, and by when; what the others have to do stands with their bars. Nobody is asked
/// to renew what they renewed already.
fn next_step(mine: &Mine, plan: &Plan, t: &Words) -> Option<String> {
    let held: Vec<Certification> = mine
        .held
        .iter()
        .map(|one| one.certification.clone())
        .collect();
    let until = covered_until(&held, &plan.certification, mine.today)?;
    let date = |date: LocalDate| format::date_short(date, &t.times);
    Some(if expiry(plan, &held, mine.today).is_none() {
        let notice = i32::try_from(EXPIRY_NOTICE).unwrap_or(i32::MAX);
        let begin = until.plus_days(-notice);
        fill(
            &t.me.nothing_to_do,
            &[("begin", &date(begin)), ("date", &date(until))],
        )
    } else {
        fill(
            &t.me.renew_by,
            &[("date", &date(until)), ("after", &date(until.plus_days(1)))],
        )
    })
}

/// The language and the zone, as they chose them.
fn choices(person: &Person, plan: &Plan, t: &Words, lang: Lang) -> Markup {
    let m = &t.me;
    let own_zone = person
        .customer
        .as_ref()
        .and_then(|own| plan.zone(&own.zone))
        .map(|zone| zone.name.get(lang));
    let customers = own_zone.map_or_else(
        || m.zone_contract.clone(),
        |zone| fill(&m.zone_customer, &[("zone", zone)]),
    );
    let option = |value: &str, words: &str, chosen: bool, of: Option<Lang>| {
        html! { option value=(value) selected[chosen] lang=[of.map(Lang::tag)] { (words) } }
    };
    html! {
        section.card aria-labelledby="choices" {
            h2 #choices { (m.choices) }
            form.stack method="post" action="/me" {
                div.field {
                    label for="language" { (m.language) }
                    select #language name="language" {
                        (option("", &m.language_browser, person.language.is_none(), None))
                        @for one in Lang::ALL {
                            (option(one.tag(), format::language_name(one), person.language == Some(one), Some(one)))
                        }
                    }
                }
                div.field {
                    label for="zone" { (m.zone) }
                    p.hint #zone-hint { (m.zone_hint) }
                    select #zone name="zone" aria-describedby="zone-hint" {
                        (option("", &customers, person.zone.is_none(), None))
                        @for zone in &plan.zones {
                            (option(&zone.id, zone.name.get(lang), person.zone.as_ref() == Some(&zone.id), None))
                        }
                    }
                }
                div.row { button.btn { (m.save) } }
            }
        }
    }
}
