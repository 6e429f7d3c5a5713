//! How many Responses were in time: in words, as a drawing, and in tables, each number a link to its incidents.

use domain::{
    attainment::{Month, Part, Period, Tally, Verdict, Wanted},
    plan::{Plan, Severity},
    text::Lang,
};
use maud::{Markup, PreEscaped, html};
use portal_core::incidents::{Attained, Due};

use super::severity::badge;
use crate::{
    format,
    server::{Sheet, encoded},
    words::{AttainmentWords, Words, fill, words},
};

/// The height of a month's column in the drawing, in its own units; a column is 40 of them wide.
const HEIGHT: u64 = 72;

/// What an address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The period that is looked at closely; without one, the year.
    pub period: Option<Period>,
    /// Only this severity.
    pub level: Option<Severity>,
    /// Only this tier, by its id.
    pub tier: Option<String>,
}

impl Asked {
    /// From the values of a query.
    pub fn new(period: &str, level: &str, tier: &str) -> Self {
        Self {
            period: Period::parse(period),
            level: Severity::parse(level),
            tier: Some(tier.to_owned()).filter(|tier| !tier.is_empty()),
        }
    }

    fn wanted(&self, period: Period) -> Wanted {
        Wanted {
            period,
            level: self.level,
            tier: self.tier.clone(),
        }
    }

    fn pairs(&self, period: Option<Period>) -> [(&'static str, String); 3] {
        [
            (
                "period",
                period.map_or_else(String::new, |one| one.to_string()),
            ),
            (
                "level",
                self.level.map_or_else(String::new, |one| one.to_string()),
            ),
            ("tier", self.tier.clone().unwrap_or_default()),
        ]
    }
}

/// Where the count is shown.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The page's address.
    pub address: &'a str,
    /// The address of the file.
    pub export: &'a str,
    /// The customer that the address asks for besides, where it is one page for all of them.
    pub chosen: Option<i64>,
    /// The customer whose incidents the numbers lead to, where that has to be said.
    pub customer: Option<i64>,
    /// The customers that can be chosen, by id and name.
    pub customers: &'a [(i64, String)],
    /// Whether the page has a heading of its own for it.
    pub headed: bool,
}

/// An address with what of a query is not empty.
fn address<'a>(
    path: &str,
    pairs: impl IntoIterator<Item = (&'a str, String)>,
    place: &str,
) -> String {
    let query: Vec<_> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encoded(&value)))
        .collect();
    if query.is_empty() {
        format!("{path}{place}")
    } else {
        format!("{path}?{}{place}", query.join("&"))
    }
}

/// What the address of the list of incidents says of a number.
pub fn due_pairs(due: &Due) -> [(&'static str, String); 4] {
    let level = due.wanted.level.map(|level| level.to_string());
    [
        ("due", due.wanted.period.to_string()),
        ("response", due.part.name().to_owned()),
        ("target", level.unwrap_or_default()),
        ("tier", due.wanted.tier.clone().unwrap_or_default()),
    ]
}

/// What the list of incidents was asked for, from the values of its query; nothing where it names no period.
pub fn due_asked(due: &str, response: &str, target: &str, tier: &str) -> Option<Due> {
    let asked = Asked::new(due, target, tier);
    Some(Due {
        wanted: asked.wanted(asked.period?),
        part: Part::parse(response).unwrap_or(Part::All),
    })
}

/// A period's name: `March 2026`.
pub fn period_name(period: Period, t: &Words) -> String {
    let (a, year) = (&t.attainment, period.year().to_string());
    match period {
        Period::Year(_) => fill(&a.year, &[("year", &year)]),
        Period::Quarter(_, quarter) => {
            fill(&a.quarter, &[("n", &quarter.to_string()), ("year", &year)])
        }
        Period::Month(month) => {
            let name = format::month(month.month(), &t.times);
            fill(&a.month, &[("month", name), ("year", &year)])
        }
    }
}

/// A part's name.
pub fn part_name(part: Part, a: &AttainmentWords) -> &str {
    match part {
        Part::Due => &a.due,
        Part::Of(Verdict::InTime) => &a.in_time,
        Part::Of(Verdict::Late) => &a.late,
        Part::Of(Verdict::Open) => &a.open,
        Part::Of(Verdict::Excluded) => &a.excluded,
        Part::Of(Verdict::Withdrawn) => &a.withdrawn,
        Part::All => &a.all,
    }
}

/// A tier's name; its id where the plan has none of it.
pub fn tier_name<'a>(plan: &'a Plan, tier: &'a str, lang: Lang) -> &'a str {
    plan.tier(tier).map_or(tier, |tier| tier.name.get(lang))
}

/// What the incidents of a list have in common, in words: "Responses due in March 2026: late · S2 · Core".
pub fn listed(due: &Due, plan: &Plan, lang: Lang, t: &Words) -> String {
    let level = due.wanted.level.map(|level| level.to_string());
    let tier = due.wanted.tier.as_deref();
    let what: Vec<_> = [
        Some(part_name(due.part, &t.attainment).to_owned()),
        level,
        tier.map(|tier| tier_name(plan, tier, lang).to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let period = period_name(due.wanted.period, t);
    fill(
        &t.attainment.listed,
        &[("period", &period), ("what", &what.join(" · "))],
    )
}

/// A tally as a sentence, with the denominator and what is not in it.
pub fn sentence(tally: Tally, period: &str, a: &AttainmentWords) -> String {
    sentence_of(tally, period, a, &|_, n| n.to_string())
}

/// The same with each number as `number` writes it.
fn sentence_of(
    tally: Tally,
    period: &str,
    a: &AttainmentWords,
    number: &dyn Fn(Part, u64) -> String,
) -> String {
    let of = |part: Part| number(part, tally.part(part));
    let due = tally.part(Part::Due);
    let pattern = match due {
        0 => &a.counted_none,
        1 => &a.counted_one,
        _ => &a.counted,
    };
    let counted = fill(
        pattern,
        &[
            ("in_time", &of(Part::Of(Verdict::InTime))),
            ("due", &of(Part::Due)),
            ("period", period),
        ],
    );
    let parts: Vec<_> = [
        (Verdict::Excluded, &a.n_excluded),
        (Verdict::Open, &a.n_open),
        (Verdict::Withdrawn, &a.n_withdrawn),
    ]
    .into_iter()
    .filter(|(verdict, _)| tally.of(*verdict) > 0)
    .map(|(verdict, pattern)| fill(pattern, &[("n", &of(Part::Of(verdict)))]))
    .collect();
    if parts.is_empty() {
        fill(&a.plain, &[("counted", &counted)])
    } else {
        let values = [("counted", counted.as_str()), ("parts", &parts.join(", "))];
        fill(&a.not_counted, &values)
    }
}

/// Everything that is shown of it.
struct Shown<'a> {
    attained: &'a Attained,
    asked: &'a Asked,
    place: &'a Place<'a>,
    plan: &'a Plan,
    lang: Lang,
    t: &'a Words,
}

/// The count of a year: the sentence, the drawing, the tables, and how it is counted.
pub fn section(
    attained: &Attained,
    asked: &Asked,
    place: &Place<'_>,
    plan: &Plan,
    lang: Lang,
    t: &Words,
) -> Markup {
    let shown = Shown {
        attained,
        asked,
        place,
        plan,
        lang,
        t,
    };
    let a = &t.attainment;
    html! {
        section.card.attainment #attainment aria-labelledby=[(!place.headed).then_some("attainment-title")]
            aria-label=[place.headed.then_some(&a.title)] {
            @if !place.headed { h2 #attainment-title { (a.title) } p.mute.small { (a.intro) } }
            @if let Some(years) = attained.years {
                (shown.years(years))
                (shown.filter())
                (shown.counted())
                (shown.how())
            } @else {
                p { b { (a.empty) } }
                p.mute { (a.empty_text) }
            }
        }
    }
}

impl Shown<'_> {
    /// The address of the same page that looks at another period.
    fn at(&self, period: Period) -> String {
        let chosen = self.place.chosen.map(|id| id.to_string());
        let customer = ("customer", chosen.unwrap_or_default());
        let pairs = self.asked.pairs(Some(period));
        address(
            self.place.address,
            pairs.into_iter().chain([customer]),
            "#attainment",
        )
    }

    fn years(&self, (first, last): (i32, i32)) -> Markup {
        if first == last && first == self.attained.year {
            return html! {};
        }
        html! {
            nav.row.small.no-print aria-label=(self.t.attainment.years) {
                @for year in (first..=last).rev() {
                    a href=(self.at(Period::Year(year))) aria-current=[(year == self.attained.year).then_some("true")] { (year) }
                }
            }
        }
    }

    fn filter(&self) -> Markup {
        let t = self.t;
        let period = self.asked.period.map(|period| period.to_string());
        let level = self.asked.level.map(|level| level.to_string());
        let tier = self.asked.tier.clone().unwrap_or_default();
        let chosen = self.place.chosen.map(|id| id.to_string());
        let levels: Vec<_> = self
            .plan
            .guide
            .levels
            .iter()
            .map(|level| (level.level.to_string(), level.level.to_string()))
            .collect();
        let tiers: Vec<_> = self
            .tiers()
            .into_iter()
            .map(|id| {
                let name = tier_name(self.plan, &id, self.lang).to_owned();
                (id, name)
            })
            .collect();
        let customers: Vec<_> = self
            .place
            .customers
            .iter()
            .map(|(id, name)| (id.to_string(), name.clone()))
            .collect();
        html! {
            form.filter.row method="get" action={ (self.place.address) "#attainment" } {
                @if let Some(period) = period { input type="hidden" name="period" value=(period); }
                @for (name, label, any, chosen, options) in [
                    ("level", &t.list.severity, &t.list.any_severity, level.unwrap_or_default(), &levels),
                    ("tier", &t.desk.tier, &t.desk.any_tier, tier, &tiers),
                    ("customer", &t.desk.customer, &t.desk.any_customer, chosen.unwrap_or_default(), &customers),
                ] {
                    @if !options.is_empty() {
                        label {
                            (label)
                            select name=(name) {
                                option value="" { (any) }
                                @for (value, words) in options {
                                    option value=(value) selected[*value == chosen] { (words) }
                                }
                            }
                        }
                    }
                }
                button.btn.quiet { (t.list.apply) }
            }
        }
    }

    /// The plan's tiers, and those of incidents that were filed under another plan.
    fn tiers(&self) -> Vec<String> {
        let own = self.plan.service.tiers.iter().map(|tier| tier.id.clone());
        let mut tiers: Vec<_> = own.collect();
        for cell in &self.attained.cells {
            if !tiers.contains(&cell.tier) {
                tiers.push(cell.tier.clone());
            }
        }
        tiers
    }

    fn counted(&self) -> Markup {
        let a = &self.t.attainment;
        let year = Period::Year(self.attained.year);
        // A period of another year than the one that is shown is none to look at.
        let period = self.asked.period.unwrap_or(year);
        let whole = self.asked.wanted(year).tally(&self.attained.cells);
        let tally = self.asked.wanted(period).tally(&self.attained.cells);
        let export = [
            ("year", self.attained.year.to_string()),
            (
                "customer",
                self.place
                    .chosen
                    .map_or_else(String::new, |id| id.to_string()),
            ),
        ];
        html! {
            p.figure { (self.sentence(tally, &self.asked.wanted(period))) }
            @if whole.part(Part::All) == 0 {
                p.mute { (a.nothing) " " a href={ (self.place.address) "#attainment" } { (a.show_all) } }
            } @else {
                (self.chart())
                (self.by_period(period))
                (self.by_level(period))
            }
            p.row.no-print {
                a.btn.quiet href=(address(self.place.export, export, "")) { (a.download) }
            }
        }
    }

    /// A column a month: in time, late above it, what is still open on top. The text below says the same.
    fn chart(&self) -> Markup {
        let (a, year) = (&self.t.attainment, self.attained.year);
        let months: Vec<_> = (1..=12)
            .filter_map(|month| Month::new(year, month))
            .map(|month| {
                let wanted = self.asked.wanted(Period::Month(month));
                (month, wanted.tally(&self.attained.cells), wanted)
            })
            .collect();
        let shown = |tally: Tally| tally.part(Part::Due) + tally.of(Verdict::Open);
        let most = months.iter().map(|(_, tally, _)| shown(*tally)).max();
        let most = most.unwrap_or_default().max(1);
        let title = fill(
            &a.chart,
            &[("year", &period_name(Period::Year(year), self.t))],
        );
        html! {
            figure.bars {
                figcaption.small { (title) }
                ol.plain {
                    @for (month, tally, wanted) in &months {
                        li {
                            (column(*tally, most))
                            span.day aria-hidden="true" { (format::month_short(month.month(), &self.t.times)) }
                            @if tally.part(Part::Due) > 0 {
                                a.line.num href=(self.list(wanted, Part::Due)) { (share(*tally, a)) }
                            }
                            span.sr { (sentence(*tally, &period_name(Period::Month(*month), self.t), a)) }
                        }
                    }
                }
                ul.plain.legend.small aria-hidden="true" {
                    @for (kind, words) in [("in-time", &a.in_time), ("late", &a.late), ("open", &a.open)] {
                        li {
                            svg viewBox="0 0 18 14" focusable="false" {
                                @if kind == "late" { (hatching()) }
                                (block(kind, 1, 1, 16, 12))
                            }
                            (words)
                        }
                    }
                }
            }
        }
    }

    fn by_period(&self, chosen: Period) -> Markup {
        let a = &self.t.attainment;
        let rows: Vec<_> = Period::of_year(self.attained.year)
            .into_iter()
            .map(|period| (period, self.asked.wanted(period)))
            .map(|(period, wanted)| (period, wanted.tally(&self.attained.cells), wanted))
            .filter(|(period, tally, _)| {
                matches!(period, Period::Year(_)) || tally.part(Part::All) > 0
            })
            .collect();
        html! {
            table.stacking.counts {
                caption { (a.by_period) }
                (self.head(&[&a.period]))
                tbody {
                    @for (period, tally, wanted) in &rows {
                        tr class=(match period { Period::Month(_) => "month", Period::Quarter(..) => "quarter", Period::Year(_) => "year" }) {
                            th scope="row" {
                                a href=(self.at(*period)) aria-current=[(*period == chosen).then_some("true")] { (period_name(*period, self.t)) }
                            }
                            (self.numbers(*tally, wanted))
                        }
                    }
                }
            }
        }
    }

    fn by_level(&self, period: Period) -> Markup {
        let t = self.t;
        let mut rows = Vec::new();
        let levels = self.plan.guide.levels.iter().map(|level| level.level);
        let mut levels: Vec<_> = levels
            .chain(self.attained.cells.iter().map(|cell| cell.level))
            .collect();
        levels.sort();
        levels.dedup();
        for level in levels {
            for tier in self.tiers() {
                let wanted = Wanted {
                    period,
                    level: Some(level),
                    tier: Some(tier.clone()),
                };
                let tally = wanted.tally(&self.attained.cells);
                let asked = self.asked.level.is_none_or(|asked| asked == level)
                    && self.asked.tier.as_ref().is_none_or(|asked| *asked == tier);
                if asked && tally.part(Part::All) > 0 {
                    rows.push((level, tier, tally, wanted));
                }
            }
        }
        if rows.is_empty() {
            return html! {};
        }
        let name = period_name(period, t);
        html! {
            table.stacking.counts {
                caption { (fill(&t.attainment.by_level, &[("period", &name)])) }
                (self.head(&[&t.list.severity, &t.desk.tier]))
                tbody {
                    @for (level, tier, tally, wanted) in &rows {
                        tr {
                            th scope="row" { (badge(*level)) }
                            td data-label=(t.desk.tier) { (tier_name(self.plan, tier, self.lang)) }
                            (self.numbers(*tally, wanted))
                        }
                    }
                }
            }
        }
    }

    fn head(&self, first: &[&String]) -> Markup {
        html! {
            thead { tr {
                @for words in first { th scope="col" { (words) } }
                @for part in Part::ALL { th.num scope="col" { (part_name(part, &self.t.attainment)) } }
            } }
        }
    }

    /// A cell for each part.
    fn numbers(&self, tally: Tally, wanted: &Wanted) -> Markup {
        let a = &self.t.attainment;
        let period = period_name(wanted.period, self.t);
        html! {
            @for part in Part::ALL {
                @let (n, what) = (tally.part(part), part_name(part, a));
                td.num data-label=(what) data-none[n == 0] {
                    @if n == 0 { span.mute { "0" } } @else {
                        a href=(self.list(wanted, part)) aria-label=(fill(&a.number, &[("n", &n.to_string()), ("what", what), ("period", &period)])) { (n) }
                    }
                }
            }
        }
    }

    /// The sentence, in which each number leads to its incidents.
    fn sentence(&self, tally: Tally, wanted: &Wanted) -> Markup {
        let link = |part: Part, n: u64| {
            if n == 0 {
                return "0".to_owned();
            }
            html! { a href=(self.list(wanted, part)) { (n) } }.into_string()
        };
        let period = period_name(wanted.period, self.t);
        // The words are the portal's own: there is no markup in them.
        PreEscaped(sentence_of(tally, &period, &self.t.attainment, &link))
    }

    /// The address of the incidents that a number stands for.
    fn list(&self, wanted: &Wanted, part: Part) -> String {
        let due = Due {
            wanted: wanted.clone(),
            part,
        };
        let customer = self.place.customer.map(|id| id.to_string());
        let customer = ("customer", customer.unwrap_or_default());
        address(
            "/incidents",
            due_pairs(&due).into_iter().chain([customer]),
            "",
        )
    }

    fn how(&self) -> Markup {
        let a = &self.t.attainment;
        html! {
            details.how {
                summary { (a.how) }
                ul {
                    @for words in [&a.how_period, &a.how_severity, &a.how_miss, &a.how_excluded, &a.how_withdrawn] { li { (words) } }
                }
            }
        }
    }
}

/// `12/13`.
fn share(tally: Tally, a: &AttainmentWords) -> String {
    let (in_time, due) = (tally.of(Verdict::InTime), tally.part(Part::Due));
    let values = [("in_time", in_time.to_string()), ("due", due.to_string())];
    fill(
        &a.share,
        &values
            .each_ref()
            .map(|(name, value)| (*name, value.as_str())),
    )
}

/// The blocks of a month, from below: what is there is never invisible, however little it is.
fn column(tally: Tally, most: u64) -> Markup {
    let mut top = HEIGHT;
    let mut blocks = Vec::new();
    for (kind, verdict) in [
        ("in-time", Verdict::InTime),
        ("late", Verdict::Late),
        ("open", Verdict::Open),
    ] {
        let n = tally.of(verdict);
        if n > 0 {
            // Room is left for two blocks that are drawn larger than they are.
            let height = (n * (HEIGHT - 8) / most).max(4);
            top = top.saturating_sub(height);
            blocks.push(block(kind, 4, top, 32, height));
        }
    }
    html! {
        svg viewBox="0 0 40 73" aria-hidden="true" focusable="false" {
            @for block in blocks { (block) }
            line.ground x1="0" x2="40" y1="72.5" y2="72.5" {}
        }
    }
}

/// A block has a form besides its colour: filled, hatched, dashed.
fn block(kind: &str, x: u64, y: u64, width: u64, height: u64) -> Markup {
    html! {
        rect class=(kind) x=(x) y=(y) width=(width) height=(height) fill=[(kind == "late").then_some("url(#hatching)")] {}
    }
}

fn hatching() -> Markup {
    html! {
        defs {
            pattern #hatching width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                line.hatch x1="0" x2="0" y1="0" y2="5" {}
            }
        }
    }
}

/// The heads and the rows of the file: a month, a severity and a tier in each.
pub fn sheet(attained: &Attained, plan: &Plan, lang: Lang) -> Sheet {
    let t = words(lang);
    let a = &t.attainment;
    let mut head = vec![
        a.period.clone(),
        a.quarter_head.clone(),
        t.list.severity.clone(),
        t.desk.tier.clone(),
    ];
    head.extend(Part::ALL.map(|part| part_name(part, a).to_owned()));
    let mut keys: Vec<_> = attained
        .cells
        .iter()
        .map(|cell| (cell.month, cell.level, cell.tier.as_str()))
        .collect();
    keys.sort();
    keys.dedup();
    let rows = keys.into_iter().map(|(month, level, tier)| {
        let wanted = Wanted {
            period: Period::Month(month),
            level: Some(level),
            tier: Some(tier.to_owned()),
        };
        let tally = wanted.tally(&attained.cells);
        let mut row = vec![
            wanted.period.to_string(),
            Period::Quarter(month.year(), month.quarter()).to_string(),
            level.to_string(),
            tier_name(plan, tier, lang).to_owned(),
        ];
        row.extend(Part::ALL.map(|part| tally.part(part).to_string()));
        row
    });
    std::iter::once(head).chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(counts: &[(Verdict, u64)]) -> Tally {
        let mut tally = Tally::default();
        for (verdict, n) in counts {
            tally.add(*verdict, *n);
        }
        tally
    }

    #[test]
    fn the_sentence_spells_the_denominator_out() {
        use Verdict::{Excluded, InTime, Late, Open, Withdrawn};
        let a = &words(Lang::En).attainment;
        for (counts, said) in [
            (
                &[(InTime, 12), (Late, 1), (Excluded, 2), (Open, 1)][..],
                "12 of 13 Responses due in 2026 were in time; 2 excluded, 1 still open, not counted.",
            ),
            (&[(InTime, 1)], "1 of 1 Response due in 2026 was in time."),
            (
                &[(Withdrawn, 1)],
                "No Response has come due in 2026; 1 withdrawn before it was due, not counted.",
            ),
            (&[], "No Response has come due in 2026."),
        ] {
            assert_eq!(sentence(tally(counts), "2026", a), said);
        }
        let ko = &words(Lang::Ko).attainment;
        assert_eq!(
            sentence(tally(&[(InTime, 12), (Late, 1), (Open, 2)]), "2026년", ko),
            "2026년에 기한이 도래한 대응 13건 중 12건이 기한 내에 이루어졌습니다. 진행 중 2건은 집계에 포함하지 않았습니다."
        );
    }

    #[test]
    fn the_address_of_a_number_is_read_as_it_is_written() {
        let due = Due {
            wanted: Wanted {
                period: Period::Quarter(2026, 1),
                level: Severity::new(2),
                tier: Some("core".to_owned()),
            },
            part: Part::Due,
        };
        let [period, part, level, tier] = due_pairs(&due).map(|(_, value)| value);
        assert_eq!(due_asked(&period, &part, &level, &tier), Some(due));
        assert_eq!(due_asked("", "late", "S2", "core"), None);
    }
}
