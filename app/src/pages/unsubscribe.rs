//! Where the link in an optional mail leads: one button that ends this kind of mail.

use domain::people::{MailTopic, Role};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use maud::html;
use portal_core::mail;

use super::{failed, loaded, my_mail::topic_name};
use crate::{
    components::layout::{Here, Layout},
    server::{Problem, Unsubscribed, Visit, set_status, state},
    words::{fill, words},
};

/// `/unsubscribe/{token}`
#[component]
pub fn UnsubscribePage() -> impl IntoView {
    let visit = Visit::current();
    let portal = state().portal;
    let token = use_params_map()
        .with(|params| params.get("token"))
        .unwrap_or_default();
    let done = use_context::<Unsubscribed>().map(|Unsubscribed(topic)| topic);
    loaded(async move {
        let topic = match done {
            Some(topic) => topic,
            None => mail::ended_by(&portal, visit.actor(), &token)
                .await
                .map_err(failed)?,
        };
        let m = &words(visit.lang).my_mail;
        if topic.is_none() {
            set_status(Problem::NotFound.status());
        }
        let name = |topic: MailTopic| topic_name(topic, Role::Engineer, m).to_owned();
        let markup = html! {
            @match topic {
                None => {
                    h1 { (m.end_gone) }
                    p { (m.end_gone_text) }
                }
                Some(topic) if done.is_some() => {
                    h1 { (m.ended) }
                    p role="status" { (fill(&m.ended_text, &[("topic", &name(topic))])) }
                }
                Some(topic) => {
                    h1 { (m.end) }
                    p { (fill(&m.end_text, &[("topic", &name(topic))])) }
                    form method="post" { button.btn { (m.end_submit) } }
                }
            }
            p { a href="/me/mail" { (m.to_choices) } }
        };
        Ok(view! {
            <Layout here=Here::Elsewhere title=m.end.clone()>
                <div class="narrow stack card" inner_html=markup.into_string()></div>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}
