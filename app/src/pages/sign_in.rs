//! Signing in.

use leptos::prelude::*;

use super::query;
use crate::{
    components::{
        layout::{Here, Layout},
        password::wait_in_words,
    },
    server::{FormReply, SignInProblem, SignInReply, Visit, local_path, redirect, state},
    words::words,
};

/// `/sign-in`
#[component]
pub fn SignInPage() -> impl IntoView {
    let visit = Visit::current();
    let all = words(visit.lang);
    let t = &all.sign_in;
    let form = match use_context::<FormReply>() {
        Some(FormReply::SignIn(form)) => form,
        _ => SignInReply {
            next: query("next"),
            ..SignInReply::default()
        },
    };
    if visit.person.is_some() && form.carry.is_empty() {
        redirect(&form.next);
        return ().into_any();
    }
    let error = form.problem.map(|problem| {
        let message = match problem {
            SignInProblem::Missing => t.missing.clone(),
            SignInProblem::Wrong => t.wrong.clone(),
            SignInProblem::Wait { seconds } => wait_in_words(seconds, &all.waiting),
            SignInProblem::Expired => all.second_step.expired.clone(),
        };
        view! { <p class="error" id="sign-in-error" role="alert">{message}</p> }
    });
    let described = form.problem.map(|_| "sign-in-error");
    let invalid = form.problem.map(|_| "true");
    let carried = (!form.carry.is_empty())
        .then(|| view! { <p class="aside" role="status">{t.carried.clone()}</p> });
    let sample = state()
        .site
        .sample
        .then(|| view! { <p class="aside small">{t.sample.clone()}</p> });
    let next = local_path(&form.next).to_owned();
    view! {
        <Layout here=Here::Elsewhere title=t.title.clone()>
            <form method="post" action="/sign-in" class="narrow stack card">
                <h1>{t.title.clone()}</h1>
                <p class="mute">{t.intro.clone()}</p>
                {carried}
                {error}
                <div class="field">
                    <label for="email">{t.email.clone()}</label>
                    <input
                        type="email"
                        id="email"
                        name="email"
                        value=form.email
                        autocomplete="username"
                        required=true
                        aria-describedby=described
                        aria-invalid=invalid
                    />
                </div>
                <div class="field">
                    <label for="password">{t.password.clone()}</label>
                    <input
                        type="password"
                        id="password"
                        name="password"
                        autocomplete="current-password"
                        required=true
                        aria-describedby=described
                        aria-invalid=invalid
                    />
                </div>
                <input type="hidden" name="next" value=next />
                <input type="hidden" name="carry" value=form.carry />
                <div class="row">
                    <button class="btn">{t.submit.clone()}</button>
                    <a href="/reset">{all.reset.link.clone()}</a>
                </div>
                {sample}
            </form>
        </Layout>
    }
    .into_any()
}
