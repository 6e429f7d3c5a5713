//! The clock that a reader reads by.

use std::sync::Arc;

use domain::calendar::{BusinessCalendar, Instant, LocalDate, LocalTime};
use portal_core::Portal;

use super::Visit;

/// The clock of the zone that a person chose, else of their customer's, else of the plan's first.
#[derive(Clone, Debug)]
pub struct ReaderClock {
    calendar: Option<Arc<BusinessCalendar>>,
    /// The zone's name to read; `UTC` if no zone of theirs is loaded.
    pub zone: String,
}

impl ReaderClock {
    /// The clock of whoever visits.
    pub fn of(visit: &Visit, portal: &Portal) -> Self {
        let customer = visit.customer();
        let plan = customer
            .and_then(|customer| portal.plans().get(&customer.plan_version))
            .unwrap_or_else(|| portal.plans().current());
        let chosen = visit
            .person
            .as_ref()
            .and_then(|person| person.zone.as_deref());
        let zone = chosen
            .and_then(|zone| plan.zone(zone))
            .or_else(|| plan.zone(&customer?.zone))
            .or_else(|| plan.zones.first());
        Self {
            calendar: zone.and_then(|zone| portal.calendar(zone)),
            zone: zone.map_or_else(
                || "UTC".to_owned(),
                |zone| zone.name.get(visit.lang).to_owned(),
            ),
        }
    }

    /// What it shows at an instant; UTC where it does not reach.
    pub fn local(&self, at: Instant) -> LocalTime {
        self.calendar
            .as_ref()
            .and_then(|calendar| calendar.local(at).ok())
            .unwrap_or(LocalTime { at, offset: 0 })
    }

    /// When a day begins by it; by UTC where it does not reach.
    pub fn midnight(&self, day: LocalDate) -> Instant {
        let begins = self
            .calendar
            .as_ref()
            .and_then(|calendar| calendar.at_local(day, 0).ok())
            .and_then(chrono::LocalResult::earliest);
        begins.unwrap_or(Instant(i64::from(day.epoch_days()) * 86_400_000))
    }
}
