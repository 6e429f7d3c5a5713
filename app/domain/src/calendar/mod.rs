//! Business Hours: which days are Business Days, by when an answer is due, and why.
//!
//! A Business Day is a local date, Monday to Friday, that is no public holiday; a Business Hour lies in
//! `[09:00, 17:00)` of such a day. [`BusinessCalendar`] holds the sorted instants at which each Business Day
//! opens. The k-th opening and the time since it form a linear position in open time, so [`BusinessCalendar::due`]
//! and [`BusinessCalendar::between`] are one or two binary searches, whatever the length of the target, and need no
//! time zone database.
//!
//! The server builds calendars from the rules of the law and from chrono-tz (`CalendarSpec`, feature `server`);
//! the browser gets a [window](BusinessCalendar::window) of one. Both then run the same code.
//!
//! Beyond the years that the holidays are known for, every question is answered with [`NotCovered`], never a date.

mod date;
mod explain;
mod instant;
mod local;
mod opening;
mod serial;

#[cfg(feature = "server")]
mod builder;
#[cfg(feature = "server")]
pub mod holidays;
#[cfg(feature = "server")]
pub mod tzif;
#[cfg(feature = "server")]
mod zone;

pub use date::{LocalDate, NotADate};
pub use explain::{Day, DayOutcome, Explanation, Skipped};
pub use instant::{Clock, Instant, Target};
pub use local::LocalTime;
pub use opening::{BusinessCalendar, ClosedDay, NotCovered, OPEN_MS};
pub use serial::{CalendarParts, InvalidCalendar};

#[cfg(feature = "server")]
pub use builder::{BuildError, CalendarSpec};
#[cfg(feature = "server")]
pub use zone::tzdata_version;

/// Milliseconds in a day without a change of the clocks.
const DAY_MS: i64 = 86_400_000;
