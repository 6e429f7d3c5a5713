//! The contacts board: seats, who may file today and why not, and what a coordinator does about it.

use std::sync::Arc;

use domain::{calendar::Instant, people::Seats, plan::Plan, text::Lang};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use maud::{Markup, html};
use portal_core::contacts::{
    self, Board, Contact, MOST_NOTE, MOST_SEATS, PersonField, PersonProblem, SeatRequest,
};

use super::{failed, loaded, me::tag, own_clock, query, sign_in_first};
use crate::{
    api::contacts::ContactsAction,
    components::{
        attention::clause_address,
        bars::{bar_in_words, level_name, reasons},
        form::text_area,
        layout::{Here, Layout},
        seats,
    },
    format,
    server::{ContactsProblem, ContactsReply, FormReply, HandedLink, Problem, Visit, state},
    words::{ContactsPage as Labels, Words, cite, fill, words},
};

/// What everything on the board is written with.
struct Look<'a> {
    board: &'a Board,
    plan: &'a Plan,
    reply: &'a ContactsReply,
    t: &'static Words,
    c: &'static Labels,
    lang: Lang,
    /// A time as the reader's clock shows it.
    when: &'a dyn Fn(Instant) -> String,
}

/// `/contacts`, and `/accounts/{id}/contacts` for the vendor's people.
#[component]
pub fn ContactsPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let reply = match use_context::<FormReply>() {
        Some(FormReply::Contacts(reply)) => *reply,
        _ => ContactsReply::default(),
    };
    let named = use_params_map().with(|params| params.get("id"));
    let (done, who) = (query("done"), query("who").parse::<i64>().ok());
    loaded(async move {
        let customer = match named {
            Some(id) => Some(id.parse().map_err(|_| Problem::NotFound)?),
            None => reply.customer,
        };
        let board = contacts::board(&portal, visit.actor(), customer)
            .await
            .map_err(failed)?
            .ok_or(Problem::NotFound)?;
        let plan = Arc::clone(
            portal
                .plans()
                .get(&board.customer.plan_version)
                .ok_or(Problem::Internal)?,
        );
        let t = words(visit.lang);
        let clock = own_clock(&visit, &portal, &plan, &board.customer.zone);
        let when = |at| {
            let local = clock
                .as_ref()
                .and_then(|(calendar, _)| calendar.local(at).ok());
            local.map_or_else(String::new, |local| format::short(local, &t.times))
        };
        let look = Look {
            board: &board,
            plan: &plan,
            reply: &reply,
            t,
            c: &t.contacts,
            lang: visit.lang,
            when: &when,
        };
        let own = visit.actor().customer() == Some(board.customer.id);
        let (here, title) = if own {
            (Here::Contacts, t.contacts.title.clone())
        } else {
            (
                Here::Accounts,
                fill(&t.contacts.title_of, &[("customer", &board.customer.name)]),
            )
        };
        let markup = html! {
            h1 { (title) }
            @if let Some(words) = said(&look, &done, who) { p.card.done role="status" { (words) } }
            @if let Some(problem) = &reply.problem { (refused(&look, problem)) }
            @if let Some(link) = &reply.link { (handed(&look, link)) }
            (overview(&look))
            (table(&look))
            @if board.may_manage { (invitation(&look)) }
            (more_seats(&look))
            // A coordinator reads what was done; administrators have their own way there.
            @if own && board.may_manage { p { a href="/audit" { (t.audit.title) } } }
        };
        Ok(view! {
            <Layout here=here title=title.clone()>
                <div class="stack contacts" inner_html=markup.into_string()></div>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}

/// The name of a contact of the board.
fn name_of(board: &Board, person: Option<i64>) -> &str {
    let found = board.contacts.iter().find(|one| Some(one.id) == person);
    found.map_or("", |one| &one.name)
}

/// What was done just now.
fn said(look: &Look, done: &str, who: Option<i64>) -> Option<String> {
    let c = look.c;
    let name = name_of(look.board, who);
    let pattern = match ContactsAction::parse(done)? {
        ContactsAction::Designate => &c.done_designate,
        ContactsAction::Withdraw => &c.done_withdraw,
        ContactsAction::Coordinator => &c.done_coordinator,
        ContactsAction::Contact => &c.done_contact,
        // They are on the board no more.
        ContactsAction::Left => return Some(c.done_left.clone()),
        ContactsAction::Seats => return Some(c.done_seats.clone()),
        // The link says it.
        ContactsAction::Invite | ContactsAction::Invitation | ContactsAction::Reset => return None,
    };
    (!name.is_empty()).then(|| fill(pattern, &[("name", name)]))
}

/// What was not done, and why.
fn refused(look: &Look, problem: &ContactsProblem) -> Markup {
    let c = look.c;
    let name = name_of(look.board, look.reply.person);
    let asked = &look.plan.certification.clause;
    let clause = cite(&look.t.guide.section_n, asked);
    let named = |words: &str| fill(words, &[("name", name)]);
    let (words, to) = match problem {
        ContactsProblem::NoSeat => (named(&c.no_seat), None),
        ContactsProblem::NotCertified(bar) => {
            let why = bar_in_words(bar, look.plan, look.t, look.lang);
            (format!("{} {why}", named(&c.not_certified)), None)
        }
        ContactsProblem::LastCoordinator => (named(&c.last_coordinator), None),
        ContactsProblem::Yourself => (c.yourself.clone(), None),
        ContactsProblem::Open => (c.request_open.clone(), Some("#more-seats")),
        ContactsProblem::Seats => (seats_wrong(c), Some("#seats")),
        ContactsProblem::Note => (note_wrong(c), Some("#note")),
    };
    let cites = matches!(
        problem,
        ContactsProblem::NoSeat | ContactsProblem::NotCertified(_)
    );
    html! {
        div.card.errors role="alert" tabindex="-1" autofocus {
            h2 { (c.not_done) }
            p {
                @if let Some(to) = to { a href=(to) { (words) } } @else { (words) }
                @if cites { " (" a href=(clause_address(look.plan, asked)) { (clause) } ")" }
            }
        }
    }
}

fn seats_wrong(c: &Labels) -> String {
    fill(&c.seats_wrong, &[("most", &MOST_SEATS.to_string())])
}

fn note_wrong(c: &Labels) -> String {
    fill(&c.note_wrong, &[("most", &MOST_NOTE.to_string())])
}

/// A link that was made, this once.
fn handed(look: &Look, link: &HandedLink) -> Markup {
    let c = look.c;
    let name = name_of(look.board, Some(link.person));
    let words = if link.invitation {
        &c.link_invitation
    } else {
        &c.link_reset
    };
    html! {
        section.card.done role="status" aria-labelledby="link" {
            h2 #link { (fill(words, &[("name", name)])) }
            p.typed.address { (link.address) }
            p.mute { (fill(&c.link_hint, &[("until", &(look.when)(link.expires_at))])) }
        }
    }
}

/// The seats, drawn and counted.
fn overview(look: &Look) -> Markup {
    let (c, board) = (look.c, look.board);
    let Seats {
        included,
        elected,
        used,
    } = board.seats;
    let tier = look.plan.tier(&board.customer.tier);
    let tier = tier.map_or(board.customer.tier.as_str(), |tier| {
        tier.name.get(look.lang)
    });
    html! {
        section.card.stack aria-labelledby="seats-title" {
            h2 #seats-title { (c.seats) }
            (seats::drawing(board.seats, c))
            p { (seats::in_words(board.seats, c)) }
            dl.facts.num {
                dt { (fill(&c.included, &[("tier", tier)])) } dd { (included) }
                dt { (c.elected) } dd { (elected) }
                dt { (c.used) } dd { (used) }
                dt { (c.free) } dd { (board.seats.free()) }
            }
        }
    }
}

/// Everybody, a row each.
fn table(look: &Look) -> Markup {
    let (c, board) = (look.c, look.board);
    let today = format::date_short(board.today, &look.t.times);
    html! {
        section.stack aria-labelledby="people" {
            h2 #people { (c.people) }
            p.small.mute { (fill(&c.judged, &[("date", &today)])) }
            table.board {
                caption.sr { (c.people) }
                thead { tr {
                    th scope="col" { (c.name) }
                    th scope="col" { (c.designated) }
                    th scope="col" { (c.certification) }
                    th scope="col" { (c.may_file) }
                    @if board.may_manage { th scope="col" { (c.actions) } }
                } }
                tbody { @for contact in &board.contacts { (row(look, contact)) } }
            }
        }
    }
}

fn row(look: &Look, contact: &Contact) -> Markup {
    let (c, t) = (look.c, look.t);
    html! {
        tr {
            th.name scope="row" {
                b { (contact.name) } @if contact.is_you { " " span.mute { (c.you) } }
                span.cite { (contact.email) }
                @if contact.coordinator { span.tag { (c.coordinator) } }
                @if contact.invited { span.tag data-kind="later" { (c.invited) } }
            }
            td data-label=(c.designated) {
                @match contact.designated_at {
                    Some(at) => { (c.yes) span.cite.num { (fill(&c.since, &[("date", &(look.when)(at))])) } },
                    None => { (c.no) },
                }
            }
            td data-label=(c.certification) {
                @match &contact.certification {
                    Some(one) => {
                        (level_name(look.plan, &one.level, look.lang)) " "
                        (tag(one.phase(look.board.today), t))
                        span.cite.num { (fill(&c.until, &[("date", &format::date_short(one.expires, &t.times))])) }
                    },
                    None => { (c.none) },
                }
            }
            td data-label=(c.may_file) {
                @if contact.bars.is_empty() { span.may { (c.yes) } } @else {
                    span.may-not { (c.no) } (reasons(&contact.bars, look.plan, t, look.lang))
                }
            }
            @if look.board.may_manage { td data-label=(c.actions) { (actions(look, contact)) } }
        }
    }
}

/// What can be done with a contact.
fn actions(look: &Look, contact: &Contact) -> Markup {
    let c = look.c;
    let button = |action: ContactsAction, words: &str, class: &str| {
        html! {
            button class=(class) name="action" value=(action.name()) { (words) span.sr { " " (contact.name) } }
        }
    };
    html! {
        form.acts method="post" action="/contacts" {
            input type="hidden" name="customer" value=(look.board.customer.id);
            input type="hidden" name="person" value=(contact.id);
            @if contact.designated_at.is_some() {
                (button(ContactsAction::Withdraw, &c.withdraw, "btn quiet small"))
            } @else {
                (button(ContactsAction::Designate, &c.designate, "btn quiet small"))
            }
            details {
                summary { (c.more) span.sr { " " (contact.name) } }
                ul.plain.small {
                    li {
                        @if contact.coordinator { (button(ContactsAction::Contact, &c.make_contact, "link")) }
                        @else { (button(ContactsAction::Coordinator, &c.make_coordinator, "link")) }
                    }
                    li {
                        @if contact.invited { (button(ContactsAction::Invitation, &c.new_invitation, "link")) }
                        @else { (button(ContactsAction::Reset, &c.new_password, "link")) }
                    }
                    @if !contact.is_you {
                        li { (button(ContactsAction::Left, &c.left, "link")) span.cite { (c.left_hint) } }
                    }
                }
            }
        }
    }
}

/// The form that invites a colleague.
fn invitation(look: &Look) -> Markup {
    let c = look.c;
    let reply = look.reply;
    let problem = |field| {
        let found = reply.invalid.iter().find(|(one, _)| *one == field);
        found.map(|(_, problem)| match problem {
            PersonProblem::Empty => &look.t.form.empty,
            PersonProblem::TooLong => &c.person_too_long,
            PersonProblem::Malformed if field == PersonField::Email => &c.email_malformed,
            PersonProblem::Malformed => &look.t.form.control,
            PersonProblem::InUse => &c.email_in_use,
            PersonProblem::Taken => &c.email_taken,
        })
    };
    let field = |id: &str, kind: &str, label: &str, value: &str, problem: Option<&String>| {
        let error = format!("{id}-error");
        html! {
            div.field.wrong[problem.is_some()] {
                label for=(id) { (label) }
                @if let Some(words) = problem { p.error id=(error) { (words) } }
                input type=(kind) id=(id) name=(id) value=(value) required autocomplete="off"
                    aria-invalid=[problem.map(|_| "true")] aria-describedby=[problem.map(|_| &error)];
            }
        }
    };
    html! {
        section.card aria-labelledby="invite" {
            h2 #invite { (c.invite) }
            p.mute { (c.invite_text) }
            @if !reply.invalid.is_empty() {
                div.card.errors role="alert" tabindex="-1" autofocus {
                    h3 { (look.t.form.errors) }
                    ul {
                        @for (id, label, wrong) in [("name", &c.name, problem(PersonField::Name)), ("email", &c.email, problem(PersonField::Email))] {
                            @if let Some(words) = wrong { li { a href={ "#" (id) } { (label) ": " (words) } } }
                        }
                    }
                }
            }
            form.stack method="post" action="/contacts" novalidate {
                input type="hidden" name="customer" value=(look.board.customer.id);
                (field("name", "text", &c.name, &reply.name, problem(PersonField::Name)))
                (field("email", "email", &c.email, &reply.email, problem(PersonField::Email)))
                div.row { button.btn name="action" value=(ContactsAction::Invite.name()) { (c.invite_submit) } }
            }
        }
    }
}

/// What was asked for and answered, and the form to ask for more.
fn more_seats(look: &Look) -> Markup {
    let (c, board, reply) = (look.c, look.board, look.reply);
    let open = board.requests.iter().any(|one| one.answer.is_none());
    if board.requests.is_empty() && !board.may_request {
        return html! {};
    }
    let asked = &look.plan.certification.clause;
    let clause = cite(&look.t.guide.section_n, asked);
    let seats_error = (reply.problem == Some(ContactsProblem::Seats)).then(|| seats_wrong(c));
    let note_error = (reply.problem == Some(ContactsProblem::Note)).then(|| note_wrong(c));
    html! {
        section.card.stack aria-labelledby="more-seats" {
            h2 #more-seats { (c.more_seats) }
            p { (c.fee) " (" a href=(clause_address(look.plan, asked)) { (clause) } ")" }
            @if board.may_request && !open {
                form.stack method="post" action="/contacts" novalidate {
                    div.field.wrong[seats_error.is_some()] {
                        label for="seats" { (c.how_many) }
                        @if let Some(words) = &seats_error { p.error #seats-error { (words) } }
                        input.count type="number" id="seats" name="seats" min="1" max=(MOST_SEATS) required
                            value=(if reply.seats.is_empty() { "1" } else { &reply.seats })
                            aria-invalid=[seats_error.as_ref().map(|_| "true")]
                            aria-describedby=[seats_error.as_ref().map(|_| "seats-error")];
                    }
                    div.field.wrong[note_error.is_some()] {
                        label for="note" { (c.note) " " span.optional { (look.t.form.optional) } }
                        p.hint #note-hint { (c.note_hint) " " (fill(&look.t.form.limit, &[("most", &MOST_NOTE.to_string())])) }
                        @if let Some(words) = &note_error { p.error #note-error { (words) } }
                        (text_area("note", "note", &reply.note, 3, if note_error.is_some() { "note-hint note-error" } else { "note-hint" }, note_error.is_some()))
                    }
                    div.row { button.btn.quiet name="action" value=(ContactsAction::Seats.name()) { (c.ask) } }
                }
            }
            @if open && board.may_request { p.mute { (c.request_open) } }
            @if !board.requests.is_empty() {
                ol.timeline.requests { @for one in &board.requests { (request(look, one)) } }
            }
        }
    }
}

fn request(look: &Look, one: &SeatRequest) -> Markup {
    let c = look.c;
    let (seats, pattern) = (
        one.seats.to_string(),
        if one.seats == 1 {
            &c.asked_one
        } else {
            &c.asked
        },
    );
    let by =
        |words: &str, name: &str, at| fill(words, &[("name", name), ("date", &(look.when)(at))]);
    html! {
        li {
            b { (fill(pattern, &[("seats", &seats)])) } " "
            span.small.mute.num { (by(&c.by, &one.asked_by, one.asked_at)) }
            @if !one.note.is_empty() { p.typed.mute { (one.note) } }
            @match &one.answer {
                None => { p { span.state data-state="awaiting_response" { (c.open) } } },
                Some(answer) => {
                    p {
                        span.state data-state=(if answer.granted { "resolved" } else { "declined" }) {
                            (if answer.granted { &c.granted } else { &c.declined })
                        }
                        " " span.small.mute.num { (by(&c.by, &answer.by, answer.at)) }
                    }
                    @if !answer.reply.is_empty() { p.typed { (answer.reply) } }
                },
            }
        }
    }
}
