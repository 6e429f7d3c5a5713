//! Every word of the interface, in the languages that the portal speaks: the one translation layer.
//!
//! The words stand in `locales/en.toml` and `locales/ko.toml`; the structs below name them. A key that is missing or
//! unknown in either language fails to load, and a test finds one that no code uses. The words of the contract are not
//! here: they are part of the plan.
//!
//! An island gets the group of words that it needs packed with what it is given, in the one language shown; so the wasm
//! carries none.

use domain::plan::ClauseId;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

#[cfg(feature = "ssr")]
mod locales;
#[cfg(feature = "ssr")]
pub use locales::words;

// In the documents of the languages a group is a table; to an island it goes as a list of its words, in order: names
// would cost a quarter of the wasm that reads them. Both ways a group is made of such a list: code that reads each key by
// its name took a third of the time that compiling the pages takes.
macro_rules! words {
    ($($(#[$about:meta])* $name:ident { $($key:ident),* $(,)? })*) => {
        $(
            $(#[$about])*
            #[derive(Clone, Debug, PartialEq, Eq)]
            #[expect(missing_docs, reason = "the English words say what a key means")]
            pub struct $name { $(pub $key: String),* }

            impl $name {
                const KEYS: &[&str] = &[$(stringify!($key)),*];

                /// The group of these words; none if there are more or fewer than it has keys.
                fn of(words: Vec<String>) -> Option<Self> {
                    let words: [String; Self::KEYS.len()] = words.try_into().ok()?;
                    let [$($key),*] = words;
                    Some(Self { $($key),* })
                }
            }

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_seq([$(&self.$key),*])
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    Self::of(Vec::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("words"))
                }
            }
        )*
    };
}

words! {
    /// The frame around every page.
    Frame {
        nav, plan, guide, releases, incidents, contacts, account, accounts, desk, admin, sign_in, sign_out, skip,
        language, footer, signed_in_as, yours,
    }
    /// The first page.
    Home {
        description, lead, ask, ask_text, read, read_text, file, file_text, find, find_text, levels, levels_text,
        offers_by,
    }
    /// The plan's page.
    PlanPage {
        title, contents, version_governs, for_convenience, english, print, note, readings, readings_text, case,
        read_as, why, sample_figures, levels_table, severity_table, level, words, support_hours, online, email,
        telephone, contacts, contacts_n, response, update, resolution, versions, to_clause, confirmed,
    }
    /// Dates, times and durations. Lists are separated by spaces.
    Times {
        weekdays, weekdays_short, months, months_short, date, date_year, date_short, date_compact, day_short, at,
        hour_minute, hour, minute, business_hour, business_hours, business_day, business_days, elapsed_hour,
        elapsed_hours, elapsed_day, elapsed_days, less_than_a_minute,
    }
    /// A deadline and its explanation.
    Deadline {
        response_due, your_time, target, received, skipped, nothing_skipped, after_hours, weekend, weekend_and, from,
        until, all_day, due, day_by_day, counts, counts_due, not_counted, calendar, section, strip, sample,
        not_covered,
    }
    /// The severity guide, its questions and its result.
    Guide {
        title, intro, part_request, part_exclusions, part_conditions, part_severity, parts, clause_at_hand, plan_link,
        question_of, next, back, show_result, choose_one, choose_many, choose_release, missing, contradiction,
        no_such_option, clear, cleared, kept_here, points_to, why, basis_words, basis_reading, silent, interpretation,
        confirmed, holds, not_needed, fails, count_holds, count_not_needed, count_fails, change, change_if,
        change_and, change_none, excluded, excluded_because, excluded_still, nothing_excluded, unmet, unmet_because,
        unmet_under, file, file_hint, file_hint_plain, your_answers, change_answer, change_answer_of, for_tier, tier,
        zone, show, compare, compare_level, this_one, deadline_title, section_n,
    }
    /// The incident form.
    IncidentForm {
        title, intro, for_customer, result, no_answers, to_guide, name, name_hint, description, description_hint,
        steps, steps_hint, impact, impact_hint, optional, limit, submit, submit_hint, empty, too_long, control,
        errors, bad_key, bad_answers, not_covered, barred, carried, kept, review, review_hint, review_lead,
        review_title, edit, edit_answers,
    }
    /// The list of incidents.
    IncidentList {
        title, new, empty, empty_text, nothing_found, nothing_found_text, clear, filter, search, search_hint,
        any_state, any_severity, state, severity, number, name, received, due, apply, older, newer, count_one, count,
        excluded, in_zone,
    }
    /// One incident.
    IncidentPage {
        back, filed_by, filed_by_you, filed_now, filed_before, why, received, received_text, responded,
        responded_text, description, steps, impact, facts, release, plan, tier_zone, versions, response, still_due,
        not_given, steps_none, impact_none, plan_gone, unlisted,
    }
    /// The names of an incident's states.
    States {
        awaiting_response, acknowledged, verified, designated, in_work, reopened, resolved, closed, withdrawn,
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
        not_found, not_found_text, forbidden, forbidden_text, too_large, too_large_text, long_address,
        long_address_text, method, method_text, bad_form, bad_form_text, internal, internal_text, request, home,
    }
    /// What is a person's own.
    MePage {
        title, saved, certification, may_file, may_not_file, satisfies, satisfied_until, satisfies_from, too_low,
        satisfies_not, to_do, nothing_to_do, renew_by, until_then, none_held, none_held_text, number, deciding, valid,
        soon, one_day_left, last_day, expired, not_yet, mark_issued, mark_today, mark_expires, mark_reminder, mark_reminded,
        mark_reminder_past, choices, language, language_browser, zone, zone_hint, zone_customer, zone_contract, save,
        security, security_text, security_link,
    }
    /// The contacts board.
    ContactsPage {
        title, title_of, seats, seats_free, seats_one_free, seats_none_free, included, elected, used, free, people,
        judged, name, designated, certification, may_file, actions, you, coordinator, invited, yes, no, since, until,
        none, designate, withdraw, more, make_coordinator, make_contact, new_invitation, new_password, left,
        left_hint, invite, invite_text, email, invite_submit, person_too_long, email_malformed, email_in_use,
        email_taken, more_seats, fee, how_many, note, note_hint, ask, request_open, asked, asked_one, by, open,
        granted, declined, done_designate, done_withdraw, done_coordinator, done_contact, done_left, done_seats,
        not_done, no_seat, not_certified, last_coordinator, yourself, seats_wrong, note_wrong, link_invitation,
        link_reset, link_hint,
    }
    /// Why somebody may not file today, and what they can do about it.
    Bars {
        term_not_begun, term_ended, not_designated, not_certified, level_too_low, expired, not_yet_valid,
        do_wait_for_term, do_renew_term, do_be_designated, do_certify, do_renew, do_wait,
    }
    /// What is prepared for a colleague who may file.
    Drafts {
        title, from, to, discard, discarded, barred, nobody, nobody_may, nobody_hint, nobody_ask, ask_coordinator,
        ask_manager, prepare_text, hand_to, hand_to_hint, choose_colleague, hand, handed, gone, prepared_by,
    }
    /// The administration: what its pages have in common.
    Admin {
        title, intro, customers, customers_text, people, people_text, certifications, certifications_text, releases,
        releases_text, closed_days, closed_days_text, import, import_text, audit, audit_text, filter, search, apply,
        show_all, nothing_found, nothing_found_text, pages, previous, next, save, done_added, done_saved,
        done_removed, done_left, done_back, done_second_factor,
    }
    /// Keeping customers.
    AdminCustomers {
        title, new, new_title, add, search_hint, name, plan, term, term_days, ended, seats, seats_of, seats_words,
        people, facts, add_contact, as_sold, log, filed_stays, term_ended, plan_version, tier, tier_hint, zone,
        zone_hint, starts, ends, ends_hint, elected, elected_hint, domains, domains_hint, installed, installed_hint,
        managers, no_managers, manager, assign, unassign, unassign_named,
    }
    /// Keeping people and their certifications.
    AdminPeople {
        title, new, new_title, new_text, add, search_hint, name, email, role, role_hint, any_role, customer,
        customer_hint, vendors, state, state_left, state_invited, state_designated, state_active, access, password,
        second_factor, is_set, is_not_set, make_invitation, make_reset, invitation_made, reset_made, link_once,
        link_until, link_open, remove_second_factor, leave, leave_hint, left_on, come_back, looks_after,
        looks_after_none, certifications, no_certifications, certification_days, phase_not_yet, phase_expired,
        phase_valid, certify_title, certify, correct, remove, remove_named, track, level, number, issued, expires,
        expires_hint,
    }
    /// Keeping products and releases.
    AdminReleases {
        title, none, product, version, version_hint, kind, major, minor, released, undated, notes_en, notes_ko,
        support, discontinued, used_by, change, new_release, add_release, new_product, add_product, slug, slug_hint,
        name,
    }
    /// The audit log.
    Audit {
        title, intro, of_customer, export, nothing, search_hint, any_kind, what, when, who, changes, from, to, newer,
        older, no_address, gone, none, yes, no,
    }
    /// What was done.
    AuditKinds {
        signed_in, sign_in_refused, signed_out, sessions_ended, password_changed, reset_made, invitation_made,
        invitation_accepted, second_factor_on, second_factor_off, recovery_codes_made, recovery_code_used,
        identity_linked, person_added, person_changed, person_left, designated, withdrawn, seats_asked,
        seats_answered, certification_added, certification_changed, certification_removed, customer_added,
        subscription_changed, installations_changed, assigned, unassigned, release_added, release_changed,
        closed_day_added, closed_day_withdrawn, imported, refused, work_retried, template_added, template_changed,
        template_removed,
    }
    /// The fields of records in the audit log.
    AuditFields {
        name, email, role, customer, plan_version, tier, zone, starts_on, ends_on, included_seats, elected_seats,
        domains, versions, account_manager, track, level, number, issued_on, expires_on, slug, version, kind,
        released_on, notes_en, notes_ko, discontinued, language, seats, note, granted, reply, day, text,
        unwritten_until,
    }
    /// The names of roles.
    Roles {
        contact, coordinator, account_manager, engineer, administrator, anonymous, operator,
    }
    /// What can be wrong with a field of a form.
    WrongWords {
        title, kept, optional, empty, too_long, control, not_a_date, not_a_number, not_offered, taken,
        ends_before_start, seats_in_use, not_a_domain, public_domain, domain_taken, not_an_email, unknown_customer,
        needs_customer, no_customer, last_administrator, no_plan, overlaps, not_a_version, not_a_slug,
        unknown_placeholders,
    }
    /// The closed days that administrators add.
    ClosedDaysPage {
        title, intro, calendar_of, none, day, name, name_ko, kind, temporary, election, added, state, closed, begun,
        withdrawn, withdraw, withdraw_of, add, calendar, choose, name_hint, look_over, look_over_hint, review_add,
        review_withdraw, review_lead, because_added, because_withdrawn, moves, moves_none, moves_one, moves_n, more,
        number, customer, was, now, because, stays, missed, elapsed, unmoved, save_add, save_withdraw, edit, back,
        stale, done_added, done_withdrawn, errors, p_empty, p_too_long, p_control, p_not_a_date, p_past,
        p_not_covered, p_weekend, p_closed, gone, too_late, beyond,
    }
    /// A due time that a closed day moved.
    Rescheduled {
        title, added, withdrawn, original,
    }
    /// The import of contacts and certifications.
    ImportPage {
        title, intro, kind, contacts, certifications, columns, contacts_hint, certifications_hint, template, file,
        file_hint, submit, submit_hint, errors, no_kind, f_missing, f_too_large, f_not_utf8, f_not_csv, f_open_quote,
        f_missing_columns, f_unknown_column, f_no_rows, f_too_many_rows, gone, dry_run, dry_run_text, adds, unchanged,
        bad, rows, shown, download, line, outcome, reason, content, out_adds, out_unchanged, out_bad, choice,
        good_rows, refuse, no_choice, import, import_hint, refused, refused_one, nothing_to_add, done, done_text,
        invite, another, r_cells, r_empty, r_too_long, r_control, r_unknown_customer, r_not_an_email, r_not_a_role,
        r_not_yes_or_no, r_email_in_use, r_twice, r_no_seat, r_unknown_person, r_no_plan, r_unknown_track,
        r_unknown_level, r_not_a_date, r_expiry_before_issue, r_overlaps, r_number_in_use,
    }
    /// What a customer subscribed to.
    AccountPage {
        title, lead, managers, back, needs, nothing_needed, service_levels, whole_table, response_within,
        update_every, by_level, term, term_dates, left_many, left_one, last_day, ended, not_begun, renew, zone,
        zone_text, closed_days, no_closed_days, products, product, in_use, support, install, missing, supported,
        support_ended, no_products, all_releases, seats, seats_used, seats_of, to_contacts, certifications, holder,
        valid_until, expired_since, not_designated, none_expire, incidents, requests, no_requests, asked, waiting,
        granted, declined, reply, reply_hint, grant, grant_one, decline, reply_missing, reply_too_long, reply_control,
        now_granted, now_declined, answered_before, changes, export, plan_unknown,
    }
    /// Why a customer needs attention.
    Attention {
        plan_not_loaded, term_ended, term_ends, term_begins, nobody_may_file, seats_asked, cert_expired, cert_missing,
        cert_expires, unsupported, not_installed, escalated, incidents_await, today, tomorrow, in_days, urgent,
    }
    /// The customers that an account manager looks after.
    AccountList {
        list_title, intro, find, find_hint, find_go, show_all, one_customer, n_customers, none_title, none_text,
        none_found, in_order, seats_short, page_of, page_before, page_after,
    }
    /// The incidents of a customer, for the vendor’s people.
    IncidentsOf {
        title_of, choose, choose_text, by_number, open, not_a_number, none_filed, to_customer, to_customers,
    }
    /// The releases.
    ReleasePage {
        heading, about, yours_to_install, maintenance, included_no_more, not_included_yet, up_to_date, install_minor,
        install_next, install_nothing, major_included, nothing_entered, major, minor, no_date, no_notes, is_current,
        is_superseded, is_discontinued, you_use, no_releases, clause_of,
    }
    /// Two plan versions side by side.
    ComparePage {
        compare_title, compare_from, compare_to, compare_show, only_one, same_version, no_change, governing,
        changed_clauses, changed_severities, changed_figures, what, version_n, absent, removed, added, to_compare,
    }
    /// The columns and rows of exports.
    Export {
        c_customer, c_version, c_tier, c_zone, c_starts, c_ends, c_left, c_included, c_elected, c_used, c_asked,
        c_discontinued, c_behind, c_expired, c_expiring, c_awaiting, c_managers, c_attention, c_part, c_item, c_value,
        c_detail, p_plan, p_levels, p_levels_sample,
    }
    /// Signing in through a provider.
    Sso {
        or, through, failed, refused, unavailable,
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
        title, password, password_text, change_password, password_changed, factor, factor_on, factor_off, codes_left,
        set_up, manage, removed, sessions, sessions_text, times_of, browser, address, since, last_used, this_one,
        signed_in_here, browser_on, unknown_browser, unknown_address, end, end_of, end_others, ended,
    }
    /// One's own authenticator app.
    Authenticator {
        title, intro, needed, scan, scan_text, picture, secret, same_device, confirm, confirm_text, code_hint,
        turn_on, done, is_on, recovery, left, new_text, new_codes, keep, print, kept, remove, remove_text, turn_off,
        stays, back,
    }
    /// A forgotten password.
    Reset {
        link, title, intro, contact, coordinator, own_people, once, back,
    }
    /// The engineers' queue.
    DeskWords {
        title, intro, show, open, unassigned, mine, waiting, missed, tier, any_tier, customer, any_customer, product,
        any_product, nothing_found, show_all, empty, empty_text, more, owed, left, assigned, claimed, contested,
        escalated, response, response_late, update, waits, business, elapsed, owed_for, add_to_calendar, time_left,
        time_over, soon, urgent,
    }
    /// The life of an incident: its events, its steps, and what keeps one from being taken.
    LifeWords {
        response_missed, response_owed, response_never, update_in_time, update_late, update_owed, update_never,
        problem_typed, received_email, received_telephone, logged_by, assigned, assigned_text, in_time, late,
        verified, verified_not, designated, designated_not_an_error, designated_excluded, agrees, moved, objected,
        objection_open, severity_asked, escalated, begun, note, note_hidden, waiting, waiting_text, resumed, watched,
        unwatched, fix, workaround, other, accepted, closed, reopened, rated, withdrawn, next_update, by_email,
        by_telephone, conversation, write, write_label, write_hint, send, preview, preview_of, steps, reason,
        reason_hint, ask_severity, ask_severity_text, level, object, object_text, escalate, escalate_text, withdraw,
        withdraw_text, accept, accept_text, reopen, reopen_text, rate, stars, rate_words, rate_send, watch, watch_add,
        watch_none, watch_choose, add, unwatch, acknowledge, acknowledge_text, acknowledge_send, assign, assign_to,
        myself, verify, verify_text, recreated, recreated_not, verify_words, designate, designate_text, designation,
        not_an_error, excluded, designate_reason, designate_reason_hint, answer_objection, begin, wait, wait_text,
        resume, resolve, solution, kind_fix, kind_workaround, kind_other, resolve_words, claimed_and_designated,
        claimed, designated_as, not_designated, updates, updates_paused, updates_paused_vendor, updates_missed,
        assigned_to, nobody, problem, problem_kept, not_now, over, already_responded, empty, too_long, control,
        reason_missing, nothing_changes, unknown, not_designated_yet, already_objected, for_another,
        already_escalated, already_rated, no_rating, not_covered, unknown_plan, objection_first, severity_first,
    }
    /// The deadlines of an incident, each with its explanation.
    DueWords {
        title, intro, all, what, by, became, response, update, response_due, update_due, update_counts_due,
        update_strip, open, missed, in_time, late, moved, ended, ended_late, now_due, set_by, clause, clause_words,
        versions, not_again, certificate, certificate_text, download, check,
    }
    /// The page on which certificates are checked.
    VerifyWords {
        title, intro, file, file_hint, submit, uploads, command, keys, errors, missing,
    }
    /// What came of such a check.
    CheckedWords {
        stays, none, agrees, differs, untold, subject, points, yes, no, unknown, found, no_ed25519, signature, key,
        issuer, plan, clause, target, calendar, tz_data, days, start, steps, due, again, response, update,
    }
    /// The work in the background, as administrators see it.
    WorkWords {
        title, intro, overview, overview_text, overview_fine, stands, given_up, given_up_text, failing, failing_text,
        running, waiting, done, what, tries, why, due, ended, retry, retry_named, retried, not_retried, more, nothing,
        mail, mail_to, tidy, close_silent, reminders, terms, warnings, other, address_refused, inbox,
    }
    /// What mails say.
    MailWords {
        answer_above, answer, no_answer, wrote, severity, state, response_due, update_due, in_zone, all_times,
        see_incident, warn_soon, warn_urgent, warn_missed, warn_text, warn_missed_text, certification,
        certification_text, see_certification, term, term_text, see_account, why_filed, why_assigned, why_escalated,
        why_escalated_nobodys, why_term, why_watched, why_desk, why_warned, why_certified, end, choose, attached,
    }
    /// Which mail somebody gets.
    MyMailWords {
        title, about, link, intro, saved, topics, required, save, filed, assigned, escalated, escalated_nobodys, term,
        watched, unassigned, warned, certified, end, end_text, end_submit, ended, ended_text, end_gone, end_gone_text,
        to_choices,
    }
    /// Mail that was put aside.
    AsideWords {
        title, intro, waits, waiting, done, none, none_text, subject, why, arrived, dealt_with, deal, deal_named,
        dealt, dealt_before, dealt_by, no_subject, no_sender, text, raw, raw_cut, unknown_sender, no_token,
        wrong_token, not_permitted, over, by_program, bounce, often, says_nothing, files, too_large,
        unreadable,
    }
    /// Logging a notice.
    LogWords {
        title, intro, search, find, nobody_found, contact, email, another, handed, barred, barred_text, nobody_may,
        may_file, kept, how, channel, channel_missing, telephone, by_mail, received, received_hint, which,
        which_first, which_second, t_not_a_time, t_never_was, t_twice, t_future, t_too_old, t_before_term,
        t_after_term, t_not_covered, due_not_covered, described, described_text, more_questions, more_questions_hint,
        words, review_hint, review_lead, submit, submit_hint, overdue, hand_text,
    }
    /// The reply templates.
    TemplateWords {
        title, intro, none, new, add, change, remove, remove_named, language, name, body, body_hint, no_due, insert,
        insert_which,
    }
    /// What was just done with an incident, in one line, and what was not chosen.
    StepDone {
        choose, choose_recreated, assign, acknowledge, verify, designate, begin, write, note, wait, resume, resolve,
        object, ask_severity, escalate, accept, reopen, rate, withdraw, watch, unwatch, logged,
    }
    /// A next update that a closed day moved.
    MovedUpdates {
        title, update_added, update_withdrawn,
    }
    /// Files that are attached to an incident.
    FileWords {
        attached, attached_internal, title, choose, hint, choose_again, only_vendor, send, invite, bytes, kib, mib,
        picture, outcome, stored, mended, none, too_large, too_many, empty, not_now, broken, failed, this, elsewhere,
        not_as_announced, complete, sending, lost, gone, changed, signed_out,
    }
    /// How many Responses were in time.
    AttainmentWords {
        title, intro, years, counted, counted_one, counted_none, plain, not_counted, n_excluded, n_open, n_withdrawn,
        month, quarter, year, period, due, in_time, late, open, excluded, withdrawn, all, number, by_period,
        by_level, chart, share, how, how_period, how_severity, how_miss, how_excluded, how_withdrawn, download,
        quarter_head, empty, empty_text, nothing, show_all, listed, to_all,
    }
    /// A step that waited until its sender had signed in.
    WaitedWords {
        kept, to_form, gone,
    }
    /// What is new while a page is open, and the keys of the queue.
    LiveWords {
        incident, desk, again, keys, keys_where, key_next, key_before, key_open, key_filter, key_help,
    }
    /// What was typed and kept in the browser.
    KeptWords {
        back, discard,
    }
}

/// Names the groups of a language, each with its type.
#[cfg(feature = "ssr")]
macro_rules! groups {
    ($($group:ident: $of:ident),* $(,)?) => {
        /// All words of one language.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each group says what it is for")]
        pub struct Words { $(pub $group: $of),* }

        impl Words {
            /// The words that a document has, if it has all of them and no others; else what is wrong with it.
            fn read(mut document: locales::Document) -> Result<Self, String> {
                let words = Self {
                    $($group: $of::of(document.group(stringify!($group), $of::KEYS)?).ok_or("a key is named twice")?),*
                };
                document.end().map(|()| words)
            }
        }
    };
}

#[cfg(feature = "ssr")]
groups! {
    frame: Frame,
    home: Home,
    plan: PlanPage,
    times: Times,
    deadline: Deadline,
    guide: Guide,
    form: IncidentForm,
    list: IncidentList,
    incident: IncidentPage,
    states: States,
    releases: Releases,
    sign_in: SignIn,
    errors: Errors,
    me: MePage,
    contacts: ContactsPage,
    bars: Bars,
    drafts: Drafts,
    admin: Admin,
    admin_customers: AdminCustomers,
    admin_people: AdminPeople,
    admin_releases: AdminReleases,
    audit: Audit,
    audit_kinds: AuditKinds,
    audit_fields: AuditFields,
    roles: Roles,
    wrong: WrongWords,
    closed_days: ClosedDaysPage,
    rescheduled: Rescheduled,
    import: ImportPage,
    account: AccountPage,
    attention: Attention,
    accounts: AccountList,
    incidents_of: IncidentsOf,
    release_page: ReleasePage,
    compare: ComparePage,
    export: Export,
    sso: Sso,
    second_step: SecondStep,
    invitation: Invitation,
    new_password: NewPassword,
    waiting: Waiting,
    security: Security,
    authenticator: Authenticator,
    reset: Reset,
    life: LifeWords,
    desk: DeskWords,
    due: DueWords,
    verify: VerifyWords,
    checked: CheckedWords,
    mail: MailWords,
    my_mail: MyMailWords,
    aside: AsideWords,
    work: WorkWords,
    log: LogWords,
    templates: TemplateWords,
    done: StepDone,
    moved_updates: MovedUpdates,
    files: FileWords,
    attainment: AttainmentWords,
    waited: WaitedWords,
    live: LiveWords,
    kept: KeptWords,
}

/// `text` with the `{section}` and the `{point}` of a clause: `section 7(v)`, `제7조(v)`.
pub fn cite(text: &str, clause: &ClauseId) -> String {
    let (cited, section) = (clause.cite(), clause.section());
    let point = cited.strip_prefix(section).unwrap_or_default();
    fill(text, &[("section", section), ("point", point)])
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
