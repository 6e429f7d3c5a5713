//! Which mail somebody gets: what is required, and what they choose.

use domain::people::{MailTopic, Role};
use leptos::prelude::*;
use maud::{Markup, html};
use portal_core::mail::{self, Choice};

use super::{failed, loaded, query, sign_in_first};
use crate::{
    components::layout::{Here, Layout},
    server::{Problem, Visit, state},
    words::{MyMailWords, words},
};

/// `/me/mail`
#[component]
pub fn MyMailPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let saved = !query("saved").is_empty();
    loaded(async move {
        let person = visit.person.clone().ok_or(Problem::NotFound)?;
        let choices = mail::choices(&portal, visit.actor())
            .await
            .map_err(failed)?;
        let t = words(visit.lang);
        let m = &t.my_mail;
        let markup = html! {
            p { a.back href="/me" { "← " (t.me.title) } }
            div.head {
                h1 { (m.title) }
                p.mute { (m.intro) " " b { (person.email) } }
            }
            @if saved { p.card.done role="status" { (m.saved) } }
            (form(&choices, person.role, m))
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

fn form(choices: &[Choice], role: Role, m: &MyMailWords) -> Markup {
    let optional = choices.iter().any(|choice| !choice.topic.required());
    html! {
        form.card.stack method="post" action="/me/mail" {
            fieldset.stack.topics {
                legend { (m.topics) }
                @for choice in choices {
                    @let required = choice.topic.required();
                    label.tick {
                        input type="checkbox" name="topic[]" value=(choice.topic.name()) checked[choice.wanted] disabled[required];
                        span {
                            (topic_name(choice.topic, role, m))
                            @if required { " " span.small.mute { "(" (m.required) ")" } }
                        }
                    }
                }
            }
            @if optional { div.row { button.btn { (m.save) } } }
        }
    }
}

/// What a kind of mail is about.
pub(super) fn topic_name(topic: MailTopic, role: Role, m: &MyMailWords) -> &str {
    match topic {
        MailTopic::Own if role.of_customer() => &m.filed,
        MailTopic::Own => &m.assigned,
        MailTopic::Escalations if role == Role::Administrator => &m.escalated_nobodys,
        MailTopic::Escalations => &m.escalated,
        MailTopic::Term => &m.term,
        MailTopic::Watched => &m.watched,
        MailTopic::Desk => &m.unassigned,
        MailTopic::Warnings => &m.warned,
        MailTopic::Certification => &m.certified,
    }
}
