//! What mails say: text and HTML in the reader's language and by their clock, from the same words as the pages.

mod letter;

use domain::{
    calendar::{Instant, LocalTime},
    incident::{Entry, Event, Stage},
    people::{MailTopic, Role},
    text::{Lang, Text},
};
use portal_core::{
    CoreError, Portal,
    accounts::Person,
    incidents::Incident,
    mail::{Letter, Queued, Tidings, Told, message_id, told},
};

use self::letter::{Content, Part};
use crate::{
    components::bars::level_name,
    format,
    pages::{incident::timeline::Telling, incidents::state_name, own_clock},
    server::{AppState, Visit},
    words::{MailWords, Words, fill, words},
};

pub use self::letter::ANSWER_MARK;

/// What a mail of the outbox says. `mailbox` is the address that answers come back to, if there is one. `None` if there is
/// nothing to tell whoever it is for any more.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn render(
    state: &AppState,
    mail: &Queued,
    mailbox: Option<&str>,
) -> Result<Option<Letter>, CoreError> {
    let Some(tidings) = told(&state.portal, mail).await? else {
        return Ok(None);
    };
    let Some(person) = &mail.to.person else {
        return Ok(None);
    };
    Ok(Some(letter(state, person, &tidings, mailbox)))
}

/// What it says.
fn letter(state: &AppState, person: &Person, tidings: &Tidings, mailbox: Option<&str>) -> Letter {
    let lang = person.language.unwrap_or_default();
    let origin = &state.site.origin;
    let reply_to = mailbox
        .zip(tidings.answer.as_ref())
        .and_then(|(mailbox, answer)| answer.address(mailbox));
    let reader = Reader {
        portal: &state.portal,
        person,
        lang,
        t: words(lang),
    };
    let mut content = match &tidings.told {
        Told::Events { incident, entries } => reader.events(incident, entries),
        Told::Warning {
            incident,
            response,
            stage,
            due,
        } => reader.warning(incident, *response, *stage, *due),
        Told::Certification { certification, .. } => reader.certification(certification),
        Told::Term { customer, id, ends } => reader.term(customer, *id, *ends),
    };
    let m = &reader.t.mail;
    why(tidings.topic, person.role, m).clone_into(&mut content.why);
    content.answers = reply_to.is_some();
    content.link = format!("{origin}{}", content.link);
    content.choose = format!("{origin}/me/mail");
    content.end = tidings
        .end
        .as_ref()
        .map(|token| format!("{origin}/unsubscribe/{token}"));
    let mut headers = vec![("X-Loop".to_owned(), origin.clone())];
    if let Told::Events { incident, .. } | Told::Warning { incident, .. } = &tidings.told {
        // Nobody sent a mail with this id: it is what all of them answer to, so that they are one thread.
        let thread = message_id(&incident.number.to_string().to_ascii_lowercase(), origin);
        headers.push(("In-Reply-To".to_owned(), thread.clone()));
        headers.push(("References".to_owned(), thread));
    }
    if let Some(end) = &content.end {
        headers.push(("List-Unsubscribe".to_owned(), format!("<{end}>")));
        headers.push((
            "List-Unsubscribe-Post".to_owned(),
            "List-Unsubscribe=One-Click".to_owned(),
        ));
    }
    Letter {
        subject: content.subject.clone(),
        text: content.text(m),
        html: Some(content.html(lang, m)),
        reply_to,
        headers,
    }
}

/// What the conversation says of a mail with so many attachments, which stay in the mailbox.
pub fn attached(count: usize) -> Text {
    let say = |lang| fill(&words(lang).mail.attached, &[("n", &count.to_string())]);
    Text {
        en: say(Lang::En),
        ko: Some(say(Lang::Ko)),
    }
}

/// Why somebody gets a mail.
fn why(topic: MailTopic, role: Role, m: &MailWords) -> &str {
    match topic {
        MailTopic::Own if role.of_customer() => &m.why_filed,
        MailTopic::Own => &m.why_assigned,
        MailTopic::Escalations if role == Role::Administrator => &m.why_escalated_nobodys,
        MailTopic::Escalations => &m.why_escalated,
        MailTopic::Term => &m.why_term,
        MailTopic::Watched => &m.why_watched,
        MailTopic::Desk => &m.why_desk,
        MailTopic::Warnings => &m.why_warned,
        MailTopic::Certification => &m.why_certified,
    }
}

/// Whoever reads a mail.
struct Reader<'a> {
    portal: &'a Portal,
    person: &'a Person,
    lang: Lang,
    t: &'a Words,
}

impl Reader<'_> {
    /// Their clock for an incident, and the name of its zone.
    fn clock(&self, incident: &Incident) -> (impl Fn(Instant) -> LocalTime + use<>, String) {
        let visit = Visit {
            lang: self.lang,
            person: Some(self.person.clone()),
            ..Visit::default()
        };
        let plan = self.portal.plans().get(&incident.plan_version);
        let found = plan.and_then(|plan| own_clock(&visit, self.portal, plan, &incident.zone));
        let (calendar, zone) = found.unzip();
        let local = move |at| {
            calendar
                .as_ref()
                .and_then(|calendar| calendar.local(at).ok())
                .unwrap_or(LocalTime { at, offset: 0 })
        };
        (local, zone.unwrap_or_else(|| "UTC".to_owned()))
    }

    /// What every mail about an incident has.
    fn about(&self, incident: &Incident) -> Content {
        let (m, standing) = (&self.t.mail, &incident.standing);
        let (local, zone) = self.clock(incident);
        let state = standing.state();
        let mut facts = vec![
            (m.severity.clone(), standing.severity.to_string()),
            (m.state.clone(), state_name(state, &self.t.states).clone()),
        ];
        if let Some(due) = standing.next_due() {
            let what = match standing.responded {
                None => &m.response_due,
                Some(_) => &m.update_due,
            };
            let time = format::heading_year(local(due), &self.t.times);
            let due = fill(&m.in_zone, &[("time", &time), ("zone", &zone)]);
            facts.push((what.clone(), due));
        }
        Content {
            // The same for all mails of an incident: some programs make threads by it.
            subject: format!("[{}] {}", incident.number, incident.title),
            title: format!("{} · {}", incident.number, incident.title),
            facts,
            note: fill(&m.all_times, &[("zone", &zone)]),
            see: m.see_incident.clone(),
            link: format!("/incidents/{}", incident.number),
            ..Content::default()
        }
    }

    fn events(&self, incident: &Incident, entries: &[Entry]) -> Content {
        let (local, _) = self.clock(incident);
        let vendor = &self.portal.plans().current().vendor;
        let telling = Telling {
            number: incident.number,
            own: &local,
            contract: &local,
            vendor,
            standing: &incident.standing,
            lang: self.lang,
            t: self.t,
        };
        let mut content = self.about(incident);
        content.parts = entries
            .iter()
            .map(|entry| self.part(entry, &telling))
            .collect();
        // Whoever hears of it for the first time reads what it is.
        if let [
            Entry {
                event: Event::Received { .. },
                ..
            },
        ] = entries
        {
            content.parts.push(Part {
                heading: self.t.incident.description.clone(),
                plain: Some(incident.description.clone()),
                ..Part::default()
            });
        }
        content
    }

    fn part(&self, entry: &Entry, telling: &Telling<'_>) -> Part {
        let by = telling.by(&entry.by);
        let at = format::short((telling.own)(entry.at), &self.t.times);
        let heading = telling.heading(&entry.event);
        let (heading, by) = match by {
            Some(by) if heading.is_empty() => (fill(&self.t.mail.wrote, &[("name", &by)]), None),
            by => (heading, by),
        };
        Part {
            heading,
            when: [by, Some(at)]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", "),
            said: said(&entry.event)
                .filter(|text| !text.is_empty())
                .map(str::to_owned),
            facts: vec![below(&telling.text(entry).into_string())],
            plain: None,
        }
    }

    fn warning(&self, incident: &Incident, response: bool, stage: Stage, due: Instant) -> Content {
        let (m, d) = (&self.t.mail, &self.t.desk);
        let (local, zone) = self.clock(incident);
        let what = if response { &d.response } else { &d.update };
        let time = format::heading_year(local(due), &self.t.times);
        let due = fill(&m.in_zone, &[("time", &time), ("zone", &zone)]);
        let (heading, words) = match stage {
            Stage::Calm | Stage::Soon => (&m.warn_soon, &m.warn_text),
            Stage::Urgent => (&m.warn_urgent, &m.warn_text),
            Stage::Missed => (&m.warn_missed, &m.warn_missed_text),
        };
        Content {
            parts: vec![Part {
                heading: fill(heading, &[("what", what)]),
                facts: vec![fill(words, &[("what", what), ("due", &due)])],
                ..Part::default()
            }],
            ..self.about(incident)
        }
    }

    fn certification(&self, certification: &domain::people::Certification) -> Content {
        let m = &self.t.mail;
        let customer = self.person.customer.as_ref();
        let plan = customer
            .and_then(|customer| self.portal.plans().get(&customer.plan_version))
            .unwrap_or_else(|| self.portal.plans().current());
        let level = level_name(plan, &certification.level, self.lang);
        let date = |date| format::date_year(date, &self.t.times);
        let expires = date(certification.expires);
        let after = date(certification.expires.plus_days(1));
        let values = [
            ("level", &*level),
            ("date", &*expires),
            ("after", &*after),
            ("track", &*certification.track),
            ("number", &*certification.number),
        ];
        Content {
            subject: fill(&m.certification, &values),
            title: fill(&m.certification, &values),
            parts: vec![Part {
                facts: vec![fill(&m.certification_text, &values)],
                ..Part::default()
            }],
            see: m.see_certification.clone(),
            link: "/me".to_owned(),
            ..Content::default()
        }
    }

    fn term(&self, customer: &str, id: i64, ends: domain::calendar::LocalDate) -> Content {
        let m = &self.t.mail;
        let date = format::date_year(ends, &self.t.times);
        let values = [("customer", customer), ("date", &*date)];
        Content {
            subject: fill(&m.term, &values),
            title: fill(&m.term, &values),
            parts: vec![Part {
                facts: vec![fill(&m.term_text, &values)],
                ..Part::default()
            }],
            see: m.see_account.clone(),
            link: if self.person.role.of_customer() {
                "/account".to_owned()
            } else {
                format!("/accounts/{id}")
            },
            ..Content::default()
        }
    }
}

/// What somebody said in an event; Markdown.
fn said(event: &Event) -> Option<&str> {
    match event {
        Event::Responded { text, .. }
        | Event::Verified { text, .. }
        | Event::Message { text, .. }
        | Event::Waiting { text }
        | Event::Resolved { text, .. }
        | Event::Rated { text, .. } => Some(text),
        Event::Designated { reason, .. }
        | Event::Objected { reason }
        | Event::SeverityAsked { reason, .. }
        | Event::Escalated { reason }
        | Event::Reopened { reason, .. }
        | Event::Withdrawn { reason } => Some(reason),
        Event::Received { .. }
        | Event::Assigned { .. }
        | Event::Rescheduled { .. }
        | Event::UpdateRescheduled { .. }
        | Event::Attached { .. }
        | Event::Begun
        | Event::Note { .. }
        | Event::Resumed { .. }
        | Event::Watched { .. }
        | Event::Unwatched { .. }
        | Event::Accepted
        | Event::Closed => None,
    }
}

/// The sentences that the page has below what was said, without its marks.
fn below(html: &str) -> String {
    let html = html.rsplit_once("</div>").map_or(html, |(_, below)| below);
    let mut text = String::with_capacity(html.len());
    for piece in html.split('<') {
        // The first piece stands before every tag.
        text.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
    }
    for (mark, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ] {
        text = text.replace(mark, character);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
