//! What was typed about a customer, and what is wrong with it.

use std::collections::BTreeSet;

use super::{
    DOMAINS, ELECTED, ENDS, INSTALLED, NAME, PLAN, STARTS, Subscription, TIER, Versions, ZONE,
};
use crate::{
    forms::{Wrong, Wrongs},
    plans::Plans,
};

/// The most seats that can be elected.
const MOST_ELECTED: u32 = 10_000;
/// The most characters of a domain name (RFC 1035, 2.3.4, less the root).
const MOST_DOMAIN: usize = 253;
/// The most domains and the most versions of one customer.
const MOST_LISTED: usize = 200;

/// A customer as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerForm {
    /// Its name.
    pub name: String,
    /// The version of the plan.
    pub plan: String,
    /// The id of a tier of that plan.
    pub tier: String,
    /// The id of a zone of that plan.
    pub zone: String,
    /// The first day of the Subscription Term.
    pub starts: String,
    /// Its last day.
    pub ends: String,
    /// Seats elected beyond those of the tier; nothing counts as none.
    pub elected: String,
    /// The customer's own e-mail domains, one a line.
    pub domains: String,
    /// The versions in use, as in answers: `studio:8.4.2`.
    pub installed: Vec<String>,
}

/// Domains in which everybody can have an address: none of them is anybody's own.
const PUBLIC_DOMAINS: &[&str] = &[
    "163.com",
    "aol.com",
    "daum.net",
    "fastmail.com",
    "gmail.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hanmail.net",
    "hotmail.com",
    "icloud.com",
    "kakao.com",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "nate.com",
    "naver.com",
    "outlook.com",
    "outlook.kr",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "web.de",
    "yahoo.co.jp",
    "yahoo.co.kr",
    "yahoo.com",
    "yandex.com",
    "yandex.ru",
    "zoho.com",
];

impl CustomerForm {
    /// What was meant, and what is wrong with it as far as the plans tell.
    pub(super) fn read(&self, plans: &Plans) -> (Subscription, Versions, Wrongs) {
        let mut wrongs = Wrongs::default();
        let name = wrongs.line(NAME, &self.name, 200);
        let plan = plans.get(self.plan.trim());
        if plan.is_none() {
            wrongs.add(PLAN, Wrong::NotOffered);
        }
        // A tier and a zone are told from those of the plan; without one nothing can be said of them.
        let tier = plan.and_then(|plan| plan.tier(&self.tier));
        if plan.is_some() && tier.is_none() {
            wrongs.add(TIER, Wrong::NotOffered);
        }
        if plan.is_some_and(|plan| plan.zone(&self.zone).is_none()) {
            wrongs.add(ZONE, Wrong::NotOffered);
        }
        let (starts, ends) = wrongs.days((STARTS, &self.starts), (ENDS, &self.ends));
        let elected = wrongs.number(ELECTED, &self.elected, MOST_ELECTED);
        let domains = self.domains(&mut wrongs);
        if self.installed.len() > MOST_LISTED {
            wrongs.add(INSTALLED, Wrong::NotOffered);
        }
        let subscription = Subscription {
            name,
            plan_version: plan.map(|plan| plan.version.clone()).unwrap_or_default(),
            tier: self.tier.clone(),
            zone: self.zone.clone(),
            starts_on: starts,
            ends_on: ends,
            included_seats: tier.map_or(0, |tier| tier.contacts),
            elected_seats: elected,
            domains,
        };
        let versions = Versions {
            versions: self.installed.iter().cloned().collect(),
        };
        (subscription, versions, wrongs)
    }

    fn domains(&self, wrongs: &mut Wrongs) -> BTreeSet<String> {
        let mut domains = BTreeSet::new();
        for typed in self
            .domains
            .split([',', ';'])
            .flat_map(str::split_whitespace)
        {
            let domain = typed.trim_start_matches('@').to_lowercase();
            let wrong = if !is_domain(&domain) || domains.len() >= MOST_LISTED {
                Wrong::NotADomain(typed.chars().take(MOST_DOMAIN).collect())
            } else if PUBLIC_DOMAINS.contains(&domain.as_str()) {
                Wrong::PublicDomain(domain)
            } else {
                domains.insert(domain);
                continue;
            };
            wrongs.add(DOMAINS, wrong);
            break;
        }
        domains
    }
}

/// Labels of letters, digits and hyphens with dots between them, two at least (RFC 1123); other scripts as `xn--`.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let last_is_a_name = domain
        .rsplit('.')
        .next()
        .is_some_and(|label| !label.bytes().all(|byte| byte.is_ascii_digit()));
    domain.len() <= MOST_DOMAIN
        && domain.contains('.')
        && domain.split('.').all(is_label)
        && last_is_a_name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_told_from_what_is_none() {
        for good in ["hangang.example", "a-b.co.kr", "xn--9t4b11yi5a.example"] {
            assert!(is_domain(good), "{good}");
        }
        for bad in [
            "",
            "localhost",
            "a..b",
            ".a.b",
            "a.b.",
            "-a.b",
            "a_b.c",
            "한강.example",
            "10.0.0.1",
            "a b.c",
            &format!("{}.example", "a".repeat(64)),
        ] {
            assert!(!is_domain(bad), "{bad}");
        }
    }

    #[test]
    fn every_domain_of_everybody_is_one() {
        assert!(PUBLIC_DOMAINS.is_sorted());
        assert!(PUBLIC_DOMAINS.iter().all(|domain| is_domain(domain)));
    }

    #[test]
    fn domains_are_read_from_lines_and_lists() {
        let form = CustomerForm {
            domains: "Hangang.example\r\n@cascade.example, b.example;hangang.example".into(),
            ..CustomerForm::default()
        };
        let mut wrongs = Wrongs::default();
        let domains: Vec<_> = form.domains(&mut wrongs).into_iter().collect();
        assert_eq!(domains, ["b.example", "cascade.example", "hangang.example"]);
        assert_eq!(wrongs, Wrongs::default());
        let form = CustomerForm {
            domains: "a.example Gmail.com".into(),
            ..form
        };
        form.domains(&mut wrongs);
        assert_eq!(
            wrongs.of(DOMAINS),
            Some(&Wrong::PublicDomain("gmail.com".into()))
        );
    }
}
