//! What a customer subscribed to: for its own people at `/account`, for the vendor's at `/accounts/{id}`.

use domain::{
    attainment::Period,
    calendar::{Instant, LocalTime},
    incident::State,
    people::{Operation, Relation, allows},
    plan::{ClauseId, Plan},
    text::Lang,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use portal_core::{
    Portal,
    contacts::MOST_REPLY,
    contacts::SeatRequest,
    incidents::{self, Attained, Scope},
    subscriptions::{self, Subscription},
};

use super::{encoded, failed, incidents::state_name, loaded, query, sign_in_first};
use crate::{
    api::account::SeatsAnswer,
    components::{
        attainment::{self, Asked, Place},
        attention,
        form::TextArea,
        incident::terms,
        layout::{Here, Layout},
        subscription::{
            closed_days, products, seats_and_certifications, service_levels, term_dates, term_state,
        },
    },
    format,
    server::{AnswerProblem, FormReply, Problem, SeatsReply, Visit, state},
    words::{Words, fill, words},
};

/// `/account`: of the visitor's own customer.
#[component]
pub fn OwnAccountPage() -> impl IntoView {
    account_page(None)
}

/// `/accounts/{id}`, and `/accounts/seats?customer={id}`, to which the answer to a request for seats is sent.
#[component]
pub fn AccountPage() -> impl IntoView {
    let id = use_params_map()
        .with(|params| params.get("id"))
        .unwrap_or_else(|| query("customer"));
    // What is no number is the address of no customer.
    account_page(Some(id.parse().unwrap_or(0)))
}

/// Everything that the page shows.
struct Account {
    customer: Option<i64>,
    subscription: Subscription,
    attained: Option<Attained>,
    asked: Asked,
    reply: Option<SeatsReply>,
    answered: String,
}

impl Account {
    /// The page. It is written apart from what is read for it: the stack need not hold both.
    fn view(self, visit: &Visit, portal: &Portal) -> AnyView {
        let Self {
            customer,
            subscription,
            attained,
            asked,
            reply,
            answered,
        } = self;
        let actor = visit.actor();
        let t = words(visit.lang);
        let a = &t.account;
        let own = customer.is_none();
        let plan = portal
            .plans()
            .get(&subscription.customer.plan_version)
            .cloned();
        let calendar = plan
            .as_ref()
            .and_then(|plan| plan.zone(&subscription.customer.zone))
            .and_then(|zone| portal.calendar(zone));
        let local = move |at: Instant| {
            calendar
                .as_ref()
                .and_then(|calendar| calendar.local(at).ok())
                .unwrap_or(LocalTime { at, offset: 0 })
        };
        let answers =
            customer.is_some() && allows(actor, Relation::Assigned, Operation::AnswerSeats);
        let notice = match answered.as_str() {
            "granted" => Some(&a.now_granted),
            "declined" => Some(&a.now_declined),
            _ => None,
        };
        let notice =
            notice.map(|words| view! { <p class="card done" role="status">{words.clone()}</p> });
        let name = subscription.customer.name.clone();
        let title = if own { a.title.clone() } else { name.clone() };
        let address = if own {
            "/account".to_owned()
        } else {
            format!("/accounts/{}", subscription.customer.id)
        };
        let attained = attained.map(|attained| {
            let place = Place {
                address: &address,
                export: &format!("{address}/attainment.csv"),
                chosen: None,
                customer,
                customers: &[],
                headed: false,
            };
            let plan = plan.as_deref().unwrap_or_else(|| portal.plans().current());
            attainment::section(&attained, &asked, &place, plan, visit.lang, t).into_string()
        });
        let versions = portal.plans().versions().count();
        let lists = allows(actor, Relation::Vendor, Operation::ListAccounts);
        let heading = heading(&subscription, plan.as_deref(), own, lists, t, visit.lang);
        let attention = needs(&subscription, plan.as_deref(), t);
        let body = body(&subscription, plan.as_deref(), own, t, visit.lang);
        let requests = requests(&subscription, answers, reply.as_ref(), &local, t);
        let compare = (versions > 1).then(|| {
            // What a newer version would change; for the newest, what it changed.
            let own = &subscription.customer.plan_version;
            let side = if portal.plans().current().version == *own { "to" } else { "from" };
            view! { <a href=format!("/plan/compare?{side}={}", encoded(own))>{a.changes.clone()}</a> }
        });
        view! {
            <Layout here=if own { Here::Account } else { Here::Accounts } title=title>
                {notice}
                <div class="stack subscription">
                    {heading}
                    {attention}
                    {body}
                    <div class="contents" inner_html=attained></div>
                    {requests}
                    <p class="row small no-print">
                        <a class="btn quiet" href=format!("{address}/export.csv")>{a.export.clone()}</a>
                        {compare}
                        <span class="mute">{t.plan.print.clone()}</span>
                    </p>
                </div>
            </Layout>
        }
        .into_any()
    }
}

fn account_page(customer: Option<i64>) -> AnyView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let reply = match use_context::<FormReply>() {
        Some(FormReply::Seats(reply)) => Some(reply),
        _ => None,
    };
    let answered = query("answered");
    let asked = Asked::new(&query("period"), &query("level"), &query("tier"));
    loaded(async move {
        let actor = visit.actor();
        let subscription = subscriptions::get(&portal, actor, customer)
            .await
            .map_err(failed)?
            .ok_or(Problem::NotFound)?;
        let scope = customer.map_or(Scope::Own, Scope::Customer);
        let attained = incidents::attained(&portal, actor, scope, asked.period.map(Period::year))
            .await
            .map_err(failed)?;
        let read = Account {
            customer,
            subscription,
            attained,
            asked,
            reply,
            answered,
        };
        Ok(read.view(&visit, &portal))
    })
    .into_any()
}

/// Whose it is, and what was bought.
fn heading(
    subscription: &Subscription,
    plan: Option<&Plan>,
    own: bool,
    lists: bool,
    t: &Words,
    lang: Lang,
) -> impl IntoView + use<> {
    let a = &t.account;
    let customer = &subscription.customer;
    let (tier, zone) = terms(plan, &customer.tier, &customer.zone, lang);
    let lead = fill(
        &a.lead,
        &[
            ("tier", &tier),
            ("version", &customer.plan_version),
            ("zone", &zone),
        ],
    );
    let over = if own {
        view! { <p class="cite">{customer.name.clone()}</p> }.into_any()
    } else if lists {
        view! { <p class="cite no-print"><a href="/accounts">{a.back.clone()}</a></p> }.into_any()
    } else {
        ().into_any()
    };
    let managers = (!subscription.managers.is_empty()).then(|| {
        let names = subscription.managers.join(", ");
        view! { " · " {fill(&a.managers, &[("names", &names)])} }
    });
    let title = if own {
        a.title.clone()
    } else {
        customer.name.clone()
    };
    view! {
        <div class="head">
            {over}
            <h1>{title}</h1>
            <p class="mute">{lead} {managers}</p>
        </div>
    }
}

/// What needs attention, first.
fn needs(subscription: &Subscription, plan: Option<&Plan>, t: &Words) -> impl IntoView + use<> {
    let a = &t.account;
    if subscription.reasons.is_empty() {
        return view! { <p class="card done">{a.nothing_needed.clone()}</p> }.into_any();
    }
    let list = attention::list(&subscription.reasons, plan, t).into_string();
    view! {
        <section class="card to-do" aria-labelledby="needs">
            <h2 id="needs">{a.needs.clone()}</h2>
            <div inner_html=list></div>
        </section>
    }
    .into_any()
}

/// Term, service levels, zone, products, seats, incidents.
fn body(
    subscription: &Subscription,
    plan: Option<&Plan>,
    own: bool,
    t: &Words,
    lang: Lang,
) -> impl IntoView + use<> {
    let a = &t.account;
    let customer = &subscription.customer;
    let today = subscription.today;
    let term = today.map(|today| term_state(customer.term, today, t));
    let outside = today.filter(|today| customer.term.days_left(*today).is_none());
    let renew = outside.zip(plan).map(|(_, plan)| {
        let cited = attention::cited(plan, &ClauseId("3".to_owned()), t).into_string();
        view! {
            <p class="mute small">
                {a.renew.clone()} " " <span class="contents" inner_html=cited></span>
            </p>
        }
    });
    let levels = plan
        .and_then(|plan| Some((plan, plan.tier(&customer.tier)?)))
        .map_or_else(
            || {
                let words = fill(&a.plan_unknown, &[("version", &customer.plan_version)]);
                view! { <p class="aside">{words}</p> }.into_any()
            },
            |(plan, tier)| {
                let levels = service_levels(plan, tier, lang, t).into_string();
                view! { <div inner_html=levels></div> }.into_any()
            },
        );
    let days = plan
        .and_then(|plan| closed_days(subscription, plan, lang, t))
        .map(|days| view! { <div inner_html=days.into_string()></div> });
    let products = products(&subscription.installed, plan, t).into_string();
    let seats = seats_and_certifications(subscription, plan, own, t).into_string();
    view! {
        <div class="halves">
            <div class="stack">
                <section class="card" aria-labelledby="term">
                    <h2 id="term">{a.term.clone()}</h2>
                    <p class="figure num">{term}</p>
                    <p class="mute num">{term_dates(customer.term, t)}</p>
                    {renew}
                </section>
                {levels}
            </div>
            <div class="stack">
                <div inner_html=products></div>
                <div inner_html=seats></div>
                {incidents(subscription, own, t)}
                {days}
            </div>
        </div>
    }
}

/// How many incidents there are in each state, each a link to them.
fn incidents(subscription: &Subscription, own: bool, t: &Words) -> impl IntoView + use<> {
    let id = subscription.customer.id;
    let link = move |state: State| {
        let state = state.name();
        if own {
            format!("/incidents?state={state}")
        } else {
            format!("/incidents?customer={id}&state={state}")
        }
    };
    let rows = subscription
        .incidents
        .iter()
        .map(|(state, count)| {
            view! {
                <dt>
                    <a href=link(*state)>
                        <span class="state" data-state=state.name()>{state_name(*state, &t.states)}</span>
                    </a>
                </dt>
                <dd class="num">{*count}</dd>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="incidents">
            <h2 id="incidents">{t.account.incidents.clone()}</h2>
            <dl class="facts states">{rows}</dl>
        </section>
    }
}

/// The requests for seats with their answers; an open one with the form that answers it, for whoever may.
fn requests(
    subscription: &Subscription,
    answers: bool,
    reply: Option<&SeatsReply>,
    local: &dyn Fn(Instant) -> LocalTime,
    t: &Words,
) -> impl IntoView + use<> {
    let a = &t.account;
    let before = reply
        .filter(|reply| reply.problem == AnswerProblem::Already)
        .map(|_| view! { <p class="error" role="alert">{a.answered_before.clone()}</p> });
    let list = subscription
        .requests
        .iter()
        .map(|request| {
            let form = (answers && request.answer.is_none())
                .then(|| answer_form(subscription.customer.id, request, reply, t).into_any());
            request_item(request, local, t, form)
        })
        .collect_view();
    let list = if subscription.requests.is_empty() {
        view! { <p class="mute">{a.no_requests.clone()}</p> }.into_any()
    } else {
        view! { <ol class="plain requests">{list}</ol> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="requests">
            <h2 id="requests">{a.requests.clone()}</h2>
            {before}
            {list}
        </section>
    }
}

/// A request, and what was answered.
fn request_item(
    request: &SeatRequest,
    local: &dyn Fn(Instant) -> LocalTime,
    t: &Words,
    form: Option<AnyView>,
) -> impl IntoView + use<> {
    let a = &t.account;
    let date = |at| format::date_short(local(at).date(), &t.times);
    let asked = fill(
        &a.asked,
        &[
            ("name", &request.asked_by),
            ("n", &request.seats.to_string()),
            ("date", &date(request.asked_at)),
        ],
    );
    let answer = request.answer.as_ref().map_or_else(
        || {
            view! { <p class="state" data-state="awaiting_response">{a.waiting.clone()}</p> }
                .into_any()
        },
        |answer| {
            let words = if answer.granted {
                &a.granted
            } else {
                &a.declined
            };
            let words = fill(words, &[("name", &answer.by), ("date", &date(answer.at))]);
            let reply = (!answer.reply.is_empty())
                .then(|| view! { <p class="typed">{answer.reply.clone()}</p> });
            let state = if answer.granted {
                "resolved"
            } else {
                "in_progress"
            };
            view! { <p class="state" data-state=state>{words}</p> {reply} }.into_any()
        },
    );
    let note = (!request.note.is_empty())
        .then(|| view! { <p class="typed mute">{request.note.clone()}</p> });
    view! {
        <li>
            <p><b>{asked}</b></p>
            {note}
            {answer}
            {form}
        </li>
    }
}

/// The form that answers an open request.
fn answer_form(
    customer: i64,
    request: &SeatRequest,
    reply: Option<&SeatsReply>,
    t: &Words,
) -> impl IntoView + use<> {
    let a = &t.account;
    let typed = reply.map(|reply| reply.reply.clone()).unwrap_or_default();
    let most = MOST_REPLY.to_string();
    let problem = reply.and_then(|reply| match reply.problem {
        AnswerProblem::Missing => Some(a.reply_missing.clone()),
        AnswerProblem::TooLong { is } => Some(fill(
            &a.reply_too_long,
            &[("is", &is.to_string()), ("most", &most)],
        )),
        AnswerProblem::Control => Some(a.reply_control.clone()),
        AnswerProblem::Already => None,
    });
    let wrong = problem.is_some();
    let described = if wrong {
        "reply-hint reply-error"
    } else {
        "reply-hint"
    };
    let error =
        problem.map(|words| view! { <p class="error" id="reply-error" role="alert">{words}</p> });
    let grant = if request.seats == 1 {
        a.grant_one.clone()
    } else {
        fill(&a.grant, &[("n", &request.seats.to_string())])
    };
    view! {
        <form method="post" action=format!("/accounts/seats?customer={customer}") class="stack answer">
            <input type="hidden" name="customer" value=customer />
            <input type="hidden" name="request" value=request.id />
            <div class="field" class:wrong=wrong>
                <label for="reply">{a.reply.clone()}</label>
                <p class="hint" id="reply-hint">{fill(&a.reply_hint, &[("most", &most)])}</p>
                {error}
                <TextArea name="reply" value=typed rows=3 described=described.to_owned() invalid=wrong required=false />
            </div>
            <p class="row">
                <button class="btn" name="answer" value=SeatsAnswer::Grant.name()>{grant}</button>
                <button class="btn quiet" name="answer" value=SeatsAnswer::Decline.name()>{a.decline.clone()}</button>
            </p>
        </form>
    }
}
