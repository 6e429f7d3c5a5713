//! Every word of the interface, in the languages that the portal speaks: the one translation layer.
//!
//! The words stand in `locales/en.toml` and `locales/ko.toml`; the structs below name them. A key that is missing or
//! unknown in either language fails to load, and a test finds one that no code uses. The words of the contract are not
//! here: they are part of the plan.
//!
//! An island gets the group of words that it needs as a property, in the one language shown; so the wasm carries none.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[cfg(feature = "ssr")]
mod locales;
#[cfg(feature = "ssr")]
pub use locales::words;

// In the documents of the languages a group is a table; to an island it goes as a list of its words, in order: names
// would cost a quarter of the wasm that reads them.
macro_rules! words {
    ($($(#[$about:meta])* $name:ident { $($key:ident),* $(,)? })*) => {
        $(
            $(#[$about])*
            #[derive(Clone, Debug, PartialEq, Eq)]
            #[expect(missing_docs, reason = "the English words say what a key means")]
            pub struct $name { $(pub $key: String),* }

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_seq([$(&self.$key),*])
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    #[cfg(feature = "ssr")]
                    if deserializer.is_human_readable() {
                        #[derive(Deserialize)]
                        #[serde(deny_unknown_fields)]
                        struct Named { $($key: String),* }
                        return Named::deserialize(deserializer).map(|named| Self { $($key: named.$key),* });
                    }
                    let mut words = Vec::<String>::deserialize(deserializer)?.into_iter();
                    Ok(Self { $($key: words.next().unwrap_or_default()),* })
                }
            }
        )*
    };
}

words! {
    /// The frame around every page.
    Frame {
        nav, plan, guide, releases, incidents, contacts, account, accounts, admin, sign_in, sign_out, skip, language,
        footer, signed_in_as, yours,
    }
    /// The first page.
    Home {
        description, lead, ask, ask_text, read, read_text, file, file_text, find, find_text, levels,
        levels_text, offers_by,
    }
    /// The plan's page.
    PlanPage {
        title, contents, version_governs, for_convenience, english, print, note, readings, readings_text,
        case, read_as, why, sample_figures, levels_table, severity_table, level, words, support_hours, online,
        email, telephone, contacts, contacts_n, response, update, resolution, versions, to_clause, confirmed,
    }
    /// Dates, times and durations. Lists are separated by spaces.
    Times {
        weekdays, weekdays_short, months, months_short, date, date_year, date_short, date_compact, day_short,
        at, hour_minute, hour, minute, business_hour, business_hours, business_day, business_days,
        elapsed_hour, elapsed_hours, elapsed_day, elapsed_days, less_than_a_minute,
    }
    /// A deadline and its explanation.
    Deadline {
        response_due, your_time, target, received, skipped, nothing_skipped, after_hours, weekend,
        weekend_and, from, until, all_day, due, day_by_day, counts, counts_due, not_counted, calendar,
        section, strip, sample, not_covered,
    }
    /// The severity guide, its questions and its result.
    Guide {
        title, intro, part_request, part_exclusions, part_conditions, part_severity, parts, clause_at_hand,
        plan_link, question_of, next, back, show_result, choose_one, choose_many, choose_release, missing,
        contradiction, no_such_option, clear, cleared, kept_here, points_to, why, basis_words, basis_reading,
        silent, interpretation, confirmed, holds, not_needed, fails, count_holds, count_not_needed,
        count_fails, change, change_if, change_and, change_none, excluded, excluded_because, excluded_still,
        nothing_excluded, unmet, unmet_because, unmet_under, file, file_hint, file_hint_plain, your_answers,
        change_answer, change_answer_of, for_tier, tier, zone, show, compare, compare_level, this_one,
        deadline_title, section_n,
    }
    /// The incident form.
    IncidentForm {
        title, intro, for_customer, result, no_answers, to_guide, name, name_hint, description,
        description_hint, steps, steps_hint, impact, impact_hint, optional, limit, submit, submit_hint, empty,
        too_long, control, errors, bad_key, bad_answers, not_covered, barred, carried, kept, review, review_hint,
        review_lead, review_title, edit,
    }
    /// The list of incidents.
    IncidentList {
        title, new, empty, empty_text, nothing_found, nothing_found_text, clear, filter, search, search_hint,
        any_state, any_severity, state, severity, number, name, received, due, apply, older, newer, count_one,
        count, excluded,
    }
    /// One incident.
    IncidentPage {
        back, filed_by, filed_by_you, claimed, filed_now, filed_before, why, history, received, received_text,
        responded, responded_text, resolved, resolved_text, description, steps, impact, facts, release, plan,
        tier_zone, versions, response, still_due, not_given, steps_none, impact_none, plan_gone, unlisted,
    }
    /// The names of an incident's states.
    States {
        awaiting_response, in_progress, resolved,
    }
    /// The support states of a release.
    Releases {
        current, superseded, discontinued, because_current, because_superseded, because_discontinued, to_do,
    }
    /// Signing in.
    SignIn {
        title, intro, email, password, submit, wrong, missing, carried, sample,
    }
    /// What went wrong: what happened, what stays safe, what to do.
    Errors {
        not_found, not_found_text, forbidden, forbidden_text, too_large, too_large_text, method, method_text,
        bad_form, bad_form_text, internal, internal_text, request, home,
    }
    /// The second step of signing in.
    SecondStep {
        title, intro, code, hint, submit, other, lost, missing, wrong, expired, carried,
    }
    /// What a link leads to.
    Invitation {
        invitation, invitation_text, reset, reset_text, for_whom, of_customer, submit, gone, gone_text,
    }
    /// A new password, and what it has to be.
    NewPassword {
        title, intro, old, new_password, again, hint, submit, cancel, errors, missing, different, old_wrong,
        too_short, too_long, common, personal, same,
    }
    /// What one has to wait for.
    Waiting {
        wait, seconds, minutes, too_many, too_many_text,
    }
    /// How safe one's own account is.
    Security {
        title, password, password_text, change_password, password_changed, factor, factor_on, factor_off,
        codes_left, set_up, manage, removed, sessions, sessions_text, times_of, browser, address, since,
        last_used, this_one, signed_in_here, browser_on, unknown_browser, unknown_address, end, end_of,
        end_others, ended,
    }
    /// One's own authenticator app.
    Authenticator {
        title, intro, needed, scan, scan_text, picture, secret, same_device, confirm, confirm_text, code_hint,
        turn_on, done, is_on, recovery, left, new_text, new_codes, keep, print, kept, remove, remove_text,
        turn_off, stays, back,
    }
    /// A forgotten password.
    Reset {
        link, title, intro, contact, coordinator, own_people, once, back,
    }
}

/// All words of one language.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each group says what it is for")]
pub struct Words {
    pub frame: Frame,
    pub home: Home,
    pub plan: PlanPage,
    pub times: Times,
    pub deadline: Deadline,
    pub guide: Guide,
    pub form: IncidentForm,
    pub list: IncidentList,
    pub incident: IncidentPage,
    pub states: States,
    pub releases: Releases,
    pub sign_in: SignIn,
    pub errors: Errors,
    pub second_step: SecondStep,
    pub invitation: Invitation,
    pub new_password: NewPassword,
    pub waiting: Waiting,
    pub security: Security,
    pub authenticator: Authenticator,
    pub reset: Reset,
}

/// `text` with each `{name}` replaced by its value; the values themselves are not looked into.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        filled.push_str(before);
        let inside = from.get(1..).and_then(|from| from.split_once('}'));
        if let Some((name, after)) = inside
            && let Some((_, value)) = values.iter().find(|(key, _)| *key == name)
        {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    filled.push_str(rest);
    filled
}
