//! The fields of a new password, and waits in words.

use leptos::prelude::*;
use portal_core::accounts::{LEAST_PASSWORD, MOST_PASSWORD, PasswordProblem};

use crate::{
    server::{CodeFault, PasswordFault},
    words::{NewPassword as Words, SecondStep, Waiting, fill},
};

/// How long to wait, in words.
pub fn wait_in_words(seconds: i64, words: &Waiting) -> String {
    let time = if seconds < 100 {
        fill(&words.seconds, &[("n", &seconds.to_string())])
    } else {
        fill(
            &words.minutes,
            &[("n", &seconds.saturating_add(59).div_euclid(60).to_string())],
        )
    };
    fill(&words.wait, &[("time", &time)])
}

/// What is wrong with a new password, in words.
pub fn fault_in_words(fault: PasswordFault, words: &Words, waiting: &Waiting) -> String {
    let (least, most) = (LEAST_PASSWORD.to_string(), MOST_PASSWORD.to_string());
    match fault {
        PasswordFault::Missing => words.missing.clone(),
        PasswordFault::Different => words.different.clone(),
        PasswordFault::OldWrong => words.old_wrong.clone(),
        PasswordFault::Wait { seconds } => wait_in_words(seconds, waiting),
        PasswordFault::Rule(problem) => match problem {
            PasswordProblem::TooShort { is } => fill(
                &words.too_short,
                &[("is", &is.to_string()), ("least", &least)],
            ),
            PasswordProblem::TooLong => fill(&words.too_long, &[("most", &most)]),
            PasswordProblem::Common => words.common.clone(),
            PasswordProblem::Personal => words.personal.clone(),
            PasswordProblem::Same => words.same.clone(),
        },
    }
}

/// The two fields of a new password; what is wrong with it stands beside the first.
#[component]
pub fn NewPasswordFields<'a>(
    fault: Option<PasswordFault>,
    words: &'a Words,
    waiting: &'a Waiting,
) -> impl IntoView + use<> {
    // What is wrong with the old one stands beside the old one.
    let error = fault
        .filter(|fault| !matches!(fault, PasswordFault::OldWrong | PasswordFault::Wait { .. }))
        .map(|fault| fault_in_words(fault, words, waiting));
    let wrong = error.is_some();
    let invalid = wrong.then_some("true");
    let described = if wrong {
        "new-hint new-error"
    } else {
        "new-hint"
    };
    let hint = fill(&words.hint, &[("least", &LEAST_PASSWORD.to_string())]);
    let again_described = wrong.then_some("new-error");
    let error = error.map(|error| view! { <p class="error" id="new-error">{error}</p> });
    view! {
        <div class="field" class:wrong=wrong>
            <label for="new">{words.new_password.clone()}</label>
            <p class="hint" id="new-hint">{hint}</p>
            {error}
            <input
                type="password"
                id="new"
                name="new"
                autocomplete="new-password"
                required=true
                aria-describedby=described
                aria-invalid=invalid
            />
        </div>
        <div class="field" class:wrong=wrong>
            <label for="again">{words.again.clone()}</label>
            <input
                type="password"
                id="again"
                name="again"
                autocomplete="new-password"
                required=true
                aria-describedby=again_described
                aria-invalid=invalid
            />
        </div>
    }
}

/// What is wrong with a code, in words.
pub fn code_fault_in_words(fault: CodeFault, words: &SecondStep, waiting: &Waiting) -> String {
    match fault {
        CodeFault::Missing => words.missing.clone(),
        CodeFault::Wrong => words.wrong.clone(),
        CodeFault::Wait { seconds } => wait_in_words(seconds, waiting),
    }
}
