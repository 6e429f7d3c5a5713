//! One calendar of Business Hours for each distinct zone that the plans name, with the closed days that administrators
//! added.

use std::{collections::BTreeMap, fmt, sync::Arc};

use domain::{
    calendar::{BusinessCalendar, CalendarSpec, LocalDate, holidays::HolidaySet},
    plan::Zone,
    text::Lang,
};

use crate::{error::OpenError, plans::Plans};

/// What a calendar is told by: the IANA name of its zone, and whose holidays it has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CalendarKey {
    /// The IANA name.
    pub tz: String,
    /// `us` or `kr`.
    pub holidays: String,
}

impl CalendarKey {
    /// That of a plan's zone.
    pub fn of(zone: &Zone) -> Self {
        Self {
            tz: zone.tz.clone(),
            holidays: zone.holidays.clone(),
        }
    }
}

/// As it is written in a form: `Asia/Seoul kr`.
impl fmt::Display for CalendarKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.tz, self.holidays)
    }
}

/// A closed day as the table holds it; one that was withdrawn closes nothing, but explanations still name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Added {
    pub key: CalendarKey,
    pub day: LocalDate,
    pub name: String,
    pub name_ko: String,
    pub withdrawn: bool,
}

/// The calendars.
#[derive(Clone, Debug, Default)]
pub struct Calendars {
    all: BTreeMap<CalendarKey, OneCalendar>,
    /// How many changes were ever made to the table that they were built from.
    changes: i64,
}

#[derive(Clone, Debug)]
struct OneCalendar {
    holidays: HolidaySet,
    calendar: Arc<BusinessCalendar>,
    /// The Korean names of the days that were added, by their English ones.
    korean: BTreeMap<String, String>,
}

impl Calendars {
    /// Builds the calendar of every zone of every plan, over all the years that the holidays are known for, without any
    /// day that was added: those are read once the database is there.
    ///
    /// # Errors
    /// [`OpenError::Holidays`], [`OpenError::Calendar`] if a zone names holidays or a time zone that are not known.
    pub fn build(plans: &Plans) -> Result<Self, OpenError> {
        Self::default().with(plans, &[])
    }

    /// The same with the closed days of the table, withdrawn ones included, in the order in which they were added.
    pub(crate) fn with(&self, plans: &Plans, added: &[Added]) -> Result<Self, OpenError> {
        let mut all = BTreeMap::new();
        for plan in plans.iter() {
            for zone in &plan.zones {
                let key = CalendarKey::of(zone);
                if all.contains_key(&key) {
                    continue;
                }
                let (plan, id) = (plan.version.clone(), zone.id.clone());
                let Some(holidays) = HolidaySet::from_code(&key.holidays) else {
                    return Err(OpenError::Holidays {
                        plan,
                        zone: id,
                        holidays: key.holidays,
                    });
                };
                let own = || added.iter().filter(|one| one.key == key);
                let spec = CalendarSpec {
                    zone: key.tz.clone(),
                    holidays,
                    years: HolidaySet::YEARS,
                    extra: own()
                        .filter(|one| !one.withdrawn)
                        .map(|one| (one.day, one.name.clone()))
                        .collect(),
                    // Each addition and each withdrawal is a change; rows are never taken away.
                    revision: own().map(|one| 1 + u32::from(one.withdrawn)).sum(),
                };
                let calendar = match self.all.get(&key) {
                    Some(built) if built.calendar.version() == spec.version() => {
                        Arc::clone(&built.calendar)
                    }
                    _ => Arc::new(spec.build().map_err(|source| OpenError::Calendar {
                        plan,
                        zone: id,
                        source,
                    })?),
                };
                let korean = own()
                    .map(|one| (one.name.clone(), one.name_ko.clone()))
                    .collect();
                let one = OneCalendar {
                    holidays,
                    calendar,
                    korean,
                };
                all.insert(key, one);
            }
        }
        Ok(Self {
            all,
            changes: added.iter().map(|one| 1 + i64::from(one.withdrawn)).sum(),
        })
    }

    /// How many changes were ever made to the closed days that they were built from.
    pub(crate) const fn changes(&self) -> i64 {
        self.changes
    }

    /// The calendar of a plan's zone.
    pub fn get(&self, zone: &Zone) -> Option<&Arc<BusinessCalendar>> {
        self.by_key(&CalendarKey::of(zone))
    }

    /// The calendar that is told by `key`.
    pub(crate) fn by_key(&self, key: &CalendarKey) -> Option<&Arc<BusinessCalendar>> {
        self.all.get(key).map(|one| &one.calendar)
    }

    /// What tells each of them.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &CalendarKey> {
        self.all.keys()
    }

    /// A holiday's name in a language, given the English one that identifies it: of the law's holidays and of days that
    /// were added, withdrawn ones included. The English name where there is no other.
    pub(crate) fn holiday_name(&self, key: &CalendarKey, english: &str, lang: Lang) -> String {
        let korean = match (lang, self.all.get(key)) {
            (Lang::Ko, Some(one)) => one
                .holidays
                .korean_name(english)
                .or_else(|| one.korean.get(english).cloned()),
            _ => None,
        };
        korean.unwrap_or_else(|| english.to_owned())
    }
}
