//! One calendar of Business Hours for each distinct zone that the plans name.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    calendar::{BusinessCalendar, CalendarSpec, holidays::HolidaySet},
    plan::Zone,
};

use crate::{error::OpenError, plans::Plans};

/// The calendars, by IANA name and holidays.
#[derive(Clone, Debug)]
pub struct Calendars(BTreeMap<(String, String), Arc<BusinessCalendar>>);

impl Calendars {
    /// Builds the calendar of every zone of every plan, over all the years that the holidays are known for.
    ///
    /// # Errors
    /// [`OpenError::Holidays`], [`OpenError::Calendar`] if a zone names holidays or a time zone that are not known.
    pub fn build(plans: &Plans) -> Result<Self, OpenError> {
        let mut all = BTreeMap::new();
        for plan in plans.iter() {
            for zone in &plan.zones {
                if all.contains_key(&key(zone)) {
                    continue;
                }
                let (plan, id) = (plan.version.clone(), zone.id.clone());
                let Some(holidays) = HolidaySet::from_code(&zone.holidays) else {
                    return Err(OpenError::Holidays {
                        plan,
                        zone: id,
                        holidays: zone.holidays.clone(),
                    });
                };
                let spec = CalendarSpec {
                    zone: zone.tz.clone(),
                    holidays,
                    years: HolidaySet::YEARS,
                    extra: Vec::new(),
                    revision: 0,
                };
                let calendar = spec.build().map_err(|source| OpenError::Calendar {
                    plan,
                    zone: id,
                    source,
                })?;
                all.insert(key(zone), Arc::new(calendar));
            }
        }
        Ok(Self(all))
    }

    /// The calendar of a plan's zone.
    pub fn get(&self, zone: &Zone) -> Option<&Arc<BusinessCalendar>> {
        self.0.get(&key(zone))
    }
}

fn key(zone: &Zone) -> (String, String) {
    (zone.tz.clone(), zone.holidays.clone())
}
