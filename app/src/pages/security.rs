//! How safe one's own account is: password, second factor, sessions.

use domain::calendar::Instant;
use leptos::prelude::*;
use portal_core::{
    Portal,
    accounts::{self, Person, SignedIn},
};

use super::{failed, loaded, query, sign_in_first};
use crate::{
    components::{
        agent::browser_and_system,
        layout::{Here, Layout},
    },
    format,
    server::{Problem, Visit, session, state},
    words::{Security as Words, Times, fill, words},
};

/// `/me/security`
#[component]
pub fn SecurityPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let done = query("done");
    loaded(async move {
        let person = visit.person.clone().ok_or(Problem::NotFound)?;
        let all = words(visit.lang);
        let t = &all.security;
        let current = session::id();
        let sessions = accounts::sessions(&portal, person.actor, current.as_deref())
            .await
            .map_err(failed)?;
        let left = accounts::recovery_codes_left(&portal, person.actor)
            .await
            .map_err(failed)?;
        let done = match done.as_str() {
            "password" => Some(&t.password_changed),
            "ended" => Some(&t.ended),
            "removed" => Some(&t.removed),
            _ => None,
        };
        let done = done.map(|words| view! { <p class="card done" role="status">{words.clone()}</p> });
        let (factor, to_factor) = match left {
            Some(left) => (
                format!("{} {}", t.factor_on, fill(&t.codes_left, &[("n", &left.to_string())])),
                &t.manage,
            ),
            None => (t.factor_off.clone(), &t.set_up),
        };
        let (zone, at) = clock(&portal, &person, visit.lang, &all.times);
        let others = sessions.iter().filter(|one| !one.current).count();
        let rows = sessions
            .iter()
            .map(|one| row(one, t, &at))
            .collect_view();
        let end_others = (others > 0).then(|| {
            view! {
                <form method="post" action="/me/security">
                    <button class="btn quiet" name="others" value="true">{t.end_others.clone()}</button>
                </form>
            }
        });
        let zone = fill(&t.times_of, &[("zone", &zone)]);
        Ok(view! {
            <Layout here=Here::Me title=t.title.clone()>
                <div class="stack">
                    {done}
                    <h1>{t.title.clone()}</h1>
                    <div class="safety">
                        <section class="card stack" aria-labelledby="password">
                            <h2 id="password">{t.password.clone()}</h2>
                            <p>{t.password_text.clone()}</p>
                            <p>
                                <a class="btn quiet" href="/me/security/password">{t.change_password.clone()}</a>
                            </p>
                        </section>
                        <section class="card stack" aria-labelledby="factor">
                            <h2 id="factor">{t.factor.clone()}</h2>
                            <p>{factor}</p>
                            <p>
                                <a class="btn quiet" href="/me/security/authenticator">{to_factor.clone()}</a>
                            </p>
                        </section>
                    </div>
                    <section class="stack" aria-labelledby="sessions">
                        <h2 id="sessions">{t.sessions.clone()}</h2>
                        <p class="mute">{t.sessions_text.clone()} " " {zone}</p>
                        <table class="list sessions">
                            <thead>
                                <tr>
                                    <th scope="col">{t.browser.clone()}</th>
                                    <th scope="col">{t.address.clone()}</th>
                                    <th scope="col">{t.since.clone()}</th>
                                    <th scope="col">{t.last_used.clone()}</th>
                                    <th scope="col">
                                        <span class="sr">{t.end.clone()}</span>
                                    </th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                        {end_others}
                    </section>
                </div>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}

fn row(one: &SignedIn, t: &Words, at: &impl Fn(Instant) -> String) -> AnyView {
    let (browser, system) = browser_and_system(&one.agent);
    let browser = browser.map_or_else(|| t.unknown_browser.clone(), str::to_owned);
    let what = match system {
        Some(system) => fill(&t.browser_on, &[("browser", &browser), ("system", system)]),
        None => browser,
    };
    let address = if one.address.is_empty() {
        t.unknown_address.clone()
    } else {
        one.address.clone()
    };
    let act = if one.current {
        view! { <span class="mute small">{t.signed_in_here.clone()}</span> }.into_any()
    } else {
        let label = fill(&t.end_of, &[("browser", &what), ("address", &address)]);
        view! {
            <form method="post" action="/me/security">
                <button class="link" name="session" value=one.handle.clone() aria-label=label>{t.end.clone()}</button>
            </form>
        }
        .into_any()
    };
    let this = one
        .current
        .then(|| view! { <span class="cite">{t.this_one.clone()}</span> });
    view! {
        <tr aria-current=one.current.then_some("true")>
            <td class="name">
                <b>{what}</b>
                {this}
            </td>
            <td class="num" data-label=t.address.clone()>{address}</td>
            <td class="num" data-label=t.since.clone()>{at(one.begun_at)}</td>
            <td class="num" data-label=t.last_used.clone()>{at(one.seen_at)}</td>
            <td>{act}</td>
        </tr>
    }
    .into_any()
}

/// The name of the zone whose clock a person reads, and times by it: their own, else their customer's, else the plan's
/// first.
fn clock(
    portal: &Portal,
    person: &Person,
    lang: domain::text::Lang,
    times: &Times,
) -> (String, impl Fn(Instant) -> String + use<>) {
    let own = person.customer.as_ref();
    let plan = own
        .and_then(|customer| portal.plans().get(&customer.plan_version))
        .unwrap_or_else(|| portal.plans().current());
    let zone = [
        person.zone.as_deref(),
        own.map(|customer| customer.zone.as_str()),
    ]
    .into_iter()
    .flatten()
    .find_map(|id| plan.zone(id))
    .or_else(|| plan.zones.first());
    let calendar = zone.and_then(|zone| portal.calendar(zone));
    let times = times.clone();
    (
        zone.map(|zone| zone.name.get(lang).to_owned())
            .unwrap_or_default(),
        move |at| {
            calendar
                .as_ref()
                .and_then(|calendar| calendar.local(at).ok())
                .map(|local| format::short(local, &times))
                .unwrap_or_default()
        },
    )
}
