//! The conversation: what was said, what happened, and what became of each promise, in one line of time.

use domain::{
    calendar::{Instant, LocalTime},
    incident::{
        By, ChangedDay, Channel, Deadline, Designation, DueKind, Entry, Event, Fate,
        IncidentNumber, Party, Solution, Standing, Updates, deadlines,
    },
    text::Lang,
};
use maud::{Markup, html};

use super::files;
use crate::{
    components::severity::badge,
    format,
    server::markdown,
    words::{Words, cite, fill},
};

/// Everything that the timeline is told with.
pub struct Telling<'a> {
    /// The incident.
    pub number: IncidentNumber,
    /// The reader's clock: what happened is told by it.
    pub own: &'a dyn Fn(Instant) -> LocalTime,
    /// The contract's clock: what was promised is told by it.
    pub contract: &'a dyn Fn(Instant) -> LocalTime,
    /// The name of the vendor.
    pub vendor: &'a str,
    /// What the events add up to.
    pub standing: &'a Standing,
    /// The reader's language.
    pub lang: Lang,
    /// Its words.
    pub t: &'a Words,
}

impl Telling<'_> {
    /// The whole conversation, with what became of each promise, as it stands `now`.
    pub fn timeline(&self, entries: &[Entry], now: Instant) -> Markup {
        let all = deadlines(entries);
        let settled = |place| all.iter().filter(move |one| one.settled == Some(place));
        html! {
            ol.timeline.card id="live-timeline" data-live="add" {
                @for (place, entry) in entries.iter().enumerate() {
                    li id=[(place + 1 == entries.len()).then_some("last")] data-side=(side(entry)) data-event=(entry.event.name()) {
                        (self.entry(entry))
                        @for deadline in settled(place) { (self.became(deadline, now)) }
                    }
                }
            }
            // Not in the list, which is only added to: what is owed is given one day.
            div id="live-missed" data-live="" {
                @for deadline in all.iter().filter(|one| one.fate == Fate::Open) { (self.became(deadline, now)) }
            }
        }
    }

    /// What became of a promise, where that is more than its entry says itself, as that of the Response does.
    fn became(&self, deadline: &Deadline, now: Instant) -> Markup {
        let l = &self.t.life;
        let missed = deadline.missed(now);
        let words = match (deadline.kind, deadline.fate, missed) {
            (DueKind::Update, Fate::Done(_), false) => &l.update_in_time,
            (DueKind::Update, Fate::Done(_), true) => &l.update_late,
            (DueKind::Update, Fate::Open, true) => &l.update_owed,
            (DueKind::Update, Fate::Ended(_), true) => &l.update_never,
            (DueKind::Response, Fate::Open, true) => &l.response_owed,
            (DueKind::Response, Fate::Ended(_), true) => &l.response_never,
            _ => return html! {},
        };
        let due = self.promised(deadline.due.0);
        html! { p.missed[missed].mute[!missed] { (fill(words, &[("due", &due)])) } }
    }

    fn entry(&self, entry: &Entry) -> Markup {
        let at = (self.own)(entry.at);
        html! {
            p.head {
                b { (self.heading(&entry.event)) } " "
                @if let Some(by) = self.by(&entry.by) { span.by { (by) } " " }
                @if let Some(channel) = self.channel(&entry.event) { span.by { (channel) } " " }
                time.small.mute.num datetime=(format::iso(at)) { (format::short(at, &self.t.times)) }
            }
            (self.text(entry))
        }
    }

    /// Who did it; the vendor's people with the vendor's name.
    pub fn by(&self, by: &By) -> Option<String> {
        let who = by.who.as_ref()?;
        Some(if by.party.vendor() {
            format!("{} ({})", who.name, self.vendor)
        } else {
            who.name.clone()
        })
    }

    /// How it came, if not in the portal; of a notice its text says that.
    fn channel(&self, event: &Event) -> Option<&str> {
        if matches!(event, Event::Received { .. }) {
            return None;
        }
        let l = &self.t.life;
        match event.channel()? {
            Channel::Portal => None,
            Channel::Email => Some(&l.by_email),
            Channel::Telephone => Some(&l.by_telephone),
        }
    }

    /// What happened, in a few words; a message has none, its writer's name says it.
    pub fn heading(&self, event: &Event) -> String {
        let (i, l) = (&self.t.incident, &self.t.life);
        match event {
            Event::Received { .. } => i.received.clone(),
            Event::Assigned { .. } => l.assigned.clone(),
            Event::Responded { .. } => i.responded.clone(),
            Event::Rescheduled { .. } => self.t.rescheduled.title.clone(),
            Event::UpdateRescheduled { .. } => self.t.moved_updates.title.clone(),
            Event::Verified {
                recreated: true, ..
            } => l.verified.clone(),
            Event::Verified { .. } => l.verified_not.clone(),
            Event::Designated { designation, .. } => match designation {
                Designation::Level(level) => fill(&l.designated, &[("level", &level.to_string())]),
                Designation::NotAnError(id) => cite(&l.designated_not_an_error, id),
                Designation::Excluded(id) => cite(&l.designated_excluded, id),
            },
            Event::Objected { .. } => l.objected.clone(),
            Event::SeverityAsked { level, .. } => {
                fill(&l.severity_asked, &[("level", &level.to_string())])
            }
            Event::Escalated { .. } => l.escalated.clone(),
            Event::Begun => l.begun.clone(),
            Event::Message { .. } => String::new(),
            Event::Note { .. } => l.note.clone(),
            Event::Attached {
                internal: false, ..
            } => self.t.files.attached.clone(),
            Event::Attached { .. } => self.t.files.attached_internal.clone(),
            Event::Waiting { .. } => l.waiting.clone(),
            Event::Resumed { .. } => l.resumed.clone(),
            Event::Watched { who } => fill(&l.watched, &[("name", &who.name)]),
            Event::Unwatched { who } => fill(&l.unwatched, &[("name", &who.name)]),
            Event::Resolved { solution, .. } => match solution {
                Solution::Fix => l.fix.clone(),
                Solution::Workaround => l.workaround.clone(),
                Solution::Other => l.other.clone(),
            },
            Event::Accepted => l.accepted.clone(),
            Event::Closed => l.closed.clone(),
            Event::Reopened { .. } => l.reopened.clone(),
            Event::Rated { stars, .. } => fill(&l.rated, &[("stars", &stars.to_string())]),
            Event::Withdrawn { .. } => l.withdrawn.clone(),
        }
    }

    /// What was said, and what follows from it.
    pub fn text(&self, entry: &Entry) -> Markup {
        let (i, l) = (&self.t.incident, &self.t.life);
        let said = |text: &str| html! { @if !text.is_empty() { div.said { (markdown(text)) } } };
        match &entry.event {
            Event::Received {
                channel,
                claimed,
                due,
                prepared_by,
                logged_by,
                logged_at,
                filed: _,
            } => {
                let words = match channel {
                    Channel::Portal => &i.received_text,
                    Channel::Email => &l.received_email,
                    Channel::Telephone => &l.received_telephone,
                };
                let due = self.promised(*due);
                let received = self.promised(entry.at.0);
                let logged = self.promised(logged_at.unwrap_or(entry.at.0));
                html! { p.mute {
                    (fill(words, &[("level", &claimed.to_string()), ("due", &due), ("at", &received)]))
                    @if let Some(name) = prepared_by { " " (fill(&self.t.drafts.prepared_by, &[("name", name)])) }
                    @if let Some(name) = logged_by { " " (fill(&l.logged_by, &[("name", name), ("at", &logged)])) }
                } }
            }
            Event::Assigned { to } => {
                html! { p.mute { (fill(&l.assigned_text, &[("name", &to.name)])) } }
            }
            Event::Responded {
                engineer,
                text,
                next_update,
            } => html! {
                (said(text))
                p.mute {
                    (fill(&i.responded_text, &[("engineer", engineer)])) " "
                    @if self.standing.responded == Some(entry.at) { b { (self.kept(entry.at)) } ". " }
                    (self.next(*next_update))
                }
            },
            Event::Rescheduled {
                was, due, because, ..
            } => html! { p.mute { (self.moved(*was, *due, because)) } },
            Event::UpdateRescheduled { was, due, because } => {
                html! { p.mute { (self.update_moved(*was, *due, because)) } }
            }
            Event::Designated {
                designation,
                reason,
                moved,
                next_update,
            } => html! {
                (said(reason))
                p.mute {
                    @if designation.level() == Some(self.standing.claimed) {
                        (l.agrees) " "
                    } @else {
                        (l.claimed) " " (badge(self.standing.claimed)) " "
                    }
                    @if let Some(moved) = moved {
                        (fill(&l.moved, &[("was", &self.promised(moved.was)), ("due", &self.promised(moved.due))])) " "
                    }
                    (self.next(*next_update))
                }
            },
            Event::Objected { reason } => html! {
                (said(reason))
                @if self.standing.objection_open() { p.mute { (l.objection_open) } }
            },
            Event::Resolved { text, .. } | Event::Rated { text, .. } => said(text),
            Event::SeverityAsked { reason, .. }
            | Event::Escalated { reason }
            | Event::Withdrawn { reason } => said(reason),
            Event::Message {
                text, next_update, ..
            }
            | Event::Verified {
                text, next_update, ..
            } => {
                html! { (said(text)) @if next_update.is_some() { p.mute { (self.next(*next_update)) } } }
            }
            Event::Attached { file, internal, .. } => html! {
                (files::attachment(self.number, file, self.t))
                @if *internal { p.mute { (l.note_hidden) } }
            },
            Event::Note { text } => html! { (said(text)) p.mute { (l.note_hidden) } },
            Event::Waiting { text, .. } => html! { (said(text)) p.mute { (l.waiting_text) } },
            Event::Resumed { next_update, .. } => html! { p.mute { (self.next(*next_update)) } },
            Event::Reopened {
                reason,
                next_update,
            } => html! { (said(reason)) p.mute { (self.next(*next_update)) } },
            Event::Begun
            | Event::Watched { .. }
            | Event::Unwatched { .. }
            | Event::Accepted
            | Event::Closed => html! {},
        }
    }

    /// Whether the Response came in time, and by how much.
    fn kept(&self, at: Instant) -> String {
        let l = &self.t.life;
        let ms = self.standing.due.ms_since(at);
        let words = if ms >= 0 { &l.in_time } else { &l.late };
        let time = format::duration(ms.unsigned_abs(), &self.t.times);
        fill(words, &[("time", &time)])
    }

    fn next(&self, next_update: Option<i64>) -> String {
        next_update.map_or_else(String::new, |due| {
            fill(&self.t.life.next_update, &[("due", &self.promised(due))])
        })
    }

    fn promised(&self, at: i64) -> String {
        format::heading((self.contract)(Instant(at)), &self.t.times)
    }

    /// What moved a due time, from when to when.
    pub fn moved(&self, was: i64, due: i64, because: &ChangedDay) -> String {
        let r = &self.t.rescheduled;
        let words = if because.withdrawn {
            &r.withdrawn
        } else {
            &r.added
        };
        self.moved_by(words, was, due, because)
    }

    /// The same for the next update.
    pub fn update_moved(&self, was: i64, due: i64, because: &ChangedDay) -> String {
        let r = &self.t.moved_updates;
        let words = if because.withdrawn {
            &r.update_withdrawn
        } else {
            &r.update_added
        };
        self.moved_by(words, was, due, because)
    }

    /// In one sentence each, what moved the next update that is owed now, the first first.
    pub fn update_moves(&self, entries: &[Entry]) -> Vec<String> {
        let Updates::Due(mut now) = self.standing.updates else {
            return Vec::new();
        };
        let mut moves = Vec::new();
        for entry in entries.iter().rev() {
            if let Event::UpdateRescheduled { was, due, because } = &entry.event
                && *due == now.0
            {
                moves.push(self.update_moved(*was, *due, because));
                now = Instant(*was);
            }
        }
        moves.reverse();
        moves
    }

    fn moved_by(&self, words: &str, was: i64, due: i64, because: &ChangedDay) -> String {
        let name = match self.lang {
            Lang::En => &because.name,
            Lang::Ko => &because.name_ko,
        };
        let at = |at| format::heading_year((self.contract)(Instant(at)), &self.t.times);
        let day = format::date(because.day, &self.t.times);
        fill(
            words,
            &[
                ("was", &at(was)),
                ("due", &at(due)),
                ("day", &day),
                ("name", name),
            ],
        )
    }

    /// In one sentence each, what moved the due time of the Response since the notice.
    pub fn moves(&self, entries: &[Entry]) -> Vec<String> {
        entries
            .iter()
            .filter_map(|entry| match &entry.event {
                Event::Rescheduled {
                    was, due, because, ..
                } => Some(self.moved(*was, *due, because)),
                Event::Designated {
                    moved: Some(moved), ..
                } => {
                    let at = |at| format::heading_year((self.contract)(Instant(at)), &self.t.times);
                    let words = fill(
                        &self.t.life.moved,
                        &[("was", &at(moved.was)), ("due", &at(moved.due))],
                    );
                    Some(format!("{}. {words}", self.heading(&entry.event)))
                }
                _ => None,
            })
            .collect()
    }
}

/// On whose side an entry stands, for the look of it.
const fn side(entry: &Entry) -> &'static str {
    if entry.event.internal() {
        return "internal";
    }
    match entry.by.party {
        Party::Customer => "customer",
        Party::Engineer | Party::AccountManager => "vendor",
        Party::Portal => "portal",
    }
}
