//! The second step of signing in.

use leptos::prelude::*;

use super::loaded;
use crate::{
    components::{
        layout::{Here, Layout},
        password::code_fault_in_words,
    },
    server::{FormReply, SecurityReply, Visit, redirect, session},
    words::words,
};

/// `/sign-in/code`
#[component]
pub fn CodePage() -> impl IntoView {
    let visit = Visit::current();
    let fault = match use_context::<FormReply>() {
        Some(FormReply::Security(SecurityReply::Code(fault))) => Some(fault),
        _ => None,
    };
    loaded(async move {
        // Whoever did not pass the first step, or is signed in, has nothing to do here.
        if session::first_step()
            .await
            .is_none_or(|first| first.expired)
        {
            redirect("/sign-in");
            return Ok(().into_any());
        }
        let all = words(visit.lang);
        let t = &all.second_step;
        let error = fault.map(|fault| {
            let words = code_fault_in_words(fault, t, &all.waiting);
            view! { <p class="error" id="code-error" role="alert">{words}</p> }
        });
        let described = if fault.is_some() {
            "code-hint code-error"
        } else {
            "code-hint"
        };
        let carried = (!session::carried().await.is_empty())
            .then(|| view! { <p class="aside" role="status">{t.carried.clone()}</p> });
        Ok(view! {
            <Layout here=Here::Elsewhere title=t.title.clone()>
                <form method="post" action="/sign-in/code" class="narrow stack card">
                    <h1>{t.title.clone()}</h1>
                    <p class="mute">{t.intro.clone()}</p>
                    {carried}
                    {error}
                    <div class="field">
                        <label for="code">{t.code.clone()}</label>
                        <p class="hint" id="code-hint">{t.hint.clone()}</p>
                        <input
                            type="text"
                            id="code"
                            name="code"
                            autocomplete="one-time-code"
                            autocapitalize="none"
                            spellcheck="false"
                            required=true
                            autofocus
                            aria-describedby=described
                            aria-invalid=fault.map(|_| "true")
                        />
                    </div>
                    <div class="row">
                        <button class="btn">{t.submit.clone()}</button>
                        <a href="/sign-in">{t.other.clone()}</a>
                    </div>
                    <p class="small mute">{t.lost.clone()}</p>
                </form>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}
