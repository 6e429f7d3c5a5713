//! The words and figures of the sample data.

use domain::{
    incident::{Channel, Designation, Solution, Step, Who},
    people::Role,
    plan::{ClauseId, Severity},
};

/// A customer; days are counted from the day of filling in.
pub(super) struct Customer {
    pub name: &'static str,
    pub tier: &'static str,
    pub zone: &'static str,
    pub term: (i32, i32),
    pub domain: &'static str,
    /// The versions in use, as in answers.
    pub installed: &'static [(&'static str, &'static str)],
    /// How many seats were elected besides the included ones.
    pub elected: i64,
}

pub(super) const CUSTOMERS: &[Customer] = &[
    Customer {
        name: "한강물류 (Hangang Logistics)",
        tier: "core",
        zone: "seoul",
        term: (-200, 165),
        domain: "hangang.example",
        installed: &[("studio", "8.3.0"), ("gateway", "5.1.0")],
        elected: 0,
    },
    // The term ends soon, a discontinued version is in use, a certification has expired.
    Customer {
        name: "Cascade Retail",
        tier: "platinum",
        zone: "pacific",
        term: (-340, 25),
        domain: "cascade.example",
        installed: &[("studio", "8.4.2"), ("gateway", "4.8.2")],
        elected: 0,
    },
    // Without any incident: what a new customer sees.
    Customer {
        name: "남산상호금융 (Namsan Mutual)",
        tier: "advanced",
        zone: "seoul",
        term: (-65, 300),
        domain: "namsan.example",
        installed: &[("monitor", "3.2.1")],
        elected: 0,
    },
    // The term has ended.
    Customer {
        name: "Fjordline Media",
        tier: "core",
        zone: "pacific",
        term: (-405, -40),
        domain: "fjordline.example",
        installed: &[("studio", "7.9.5")],
        elected: 0,
    },
    // The term has not begun, two seats were elected, and a colleague is invited.
    Customer {
        name: "Blue Spruce Foods",
        tier: "advanced",
        zone: "pacific",
        term: (14, 379),
        domain: "bluespruce.example",
        installed: &[("studio", "8.4.2")],
        elected: 2,
    },
];

/// A certification: the place of its level in the plan's ladder, and the days from issue to expiry, counted from the
/// day of filling in.
pub(super) struct Certified {
    pub level: usize,
    pub days: (i32, i32),
}

/// Somebody to sign in as.
pub(super) struct Sampled {
    /// The position of their customer; the vendor's people have none.
    pub customer: Option<usize>,
    pub role: Role,
    pub name: &'static str,
    pub email: &'static str,
    pub password: &'static str,
    pub designated: bool,
    pub certified: Option<Certified>,
}

const fn of_customer(
    customer: usize,
    role: Role,
    name: &'static str,
    email: &'static str,
    password: &'static str,
    designated: bool,
    certified: Option<Certified>,
) -> Sampled {
    Sampled {
        customer: Some(customer),
        role,
        name,
        email,
        password,
        designated,
        certified,
    }
}

const fn of_vendor(
    role: Role,
    name: &'static str,
    email: &'static str,
    password: &'static str,
) -> Sampled {
    Sampled {
        customer: None,
        role,
        name,
        email,
        password,
        designated: false,
        certified: None,
    }
}

const fn level(level: usize, issued: i32, expires: i32) -> Certified {
    Certified {
        level,
        days: (issued, expires),
    }
}

#[rustfmt::skip] // one long table
pub(super) const PEOPLE: &[Sampled] = &[
    of_customer(0, Role::Coordinator, "김서연", "seoyeon.kim@hangang.example", "sample-river-lantern-47", true, Some(level(0, -400, 330))),
    // Expires soon.
    of_customer(0, Role::Contact, "박지훈", "jihoon.park@hangang.example", "sample-autumn-harbor-12", true, Some(level(0, -710, 20))),
    of_customer(1, Role::Coordinator, "Maria Alvarez", "maria.alvarez@cascade.example", "sample-cedar-compass-83", true, Some(level(1, -300, 430))),
    of_customer(1, Role::Contact, "James Whitfield", "james.whitfield@cascade.example", "sample-granite-meadow-29", true, Some(level(0, -250, 480))),
    of_customer(2, Role::Coordinator, "이도윤", "doyun.lee@namsan.example", "sample-willow-anchor-65", true, Some(level(0, -100, 630))),
    // Certified, and not designated: one seat is left for them.
    of_customer(0, Role::Contact, "최유나", "yuna.choi@hangang.example", "sample-copper-orchard-38", false, Some(level(0, -60, 670))),
    of_customer(0, Role::Contact, "정하늘", "haneul.jung@hangang.example", "sample-velvet-summit-54", false, Some(level(1, -30, 700))),
    // Neither.
    of_customer(0, Role::Contact, "오세라", "sera.oh@hangang.example", "sample-marble-thicket-91", false, None),
    // Designated, and the certification has expired.
    of_customer(1, Role::Contact, "Priya Raman", "priya.raman@cascade.example", "sample-indigo-terrace-76", true, Some(level(0, -742, -12))),
    of_customer(3, Role::Coordinator, "Ingrid Dahl", "ingrid.dahl@fjordline.example", "sample-amber-fjord-18", true, Some(level(2, -200, 530))),
    of_vendor(Role::AccountManager, "Grace Yoon", "grace.yoon@interactor.example", "sample-silver-bridge-62"),
    of_vendor(Role::AccountManager, "Tom Becker", "tom.becker@interactor.example", "sample-quiet-harvest-33"),
    of_vendor(Role::Engineer, "Hana Seo", "hana.seo@interactor.example", "sample-ember-valley-85"),
    of_vendor(Role::Engineer, "Daniel Okafor", "daniel.okafor@interactor.example", "sample-cobalt-garden-27"),
    of_vendor(Role::Administrator, "Ines Duarte", "ines.duarte@interactor.example", "sample-winter-beacon-40"),
    of_customer(1, Role::Contact, "Noah Stein", "noah.stein@cascade.example", "sample-linen-canyon-72", true, Some(level(0, -90, 640))),
    // Designated, and the certification is valid from the first day of the term on.
    of_customer(4, Role::Coordinator, "Amara Cole", "amara.cole@bluespruce.example", "sample-birch-voyage-51", true, Some(level(0, 14, 744))),
];

/// Somebody invited who has not set a password yet, and so cannot sign in: the customer, the name and the address.
pub(super) const INVITED: (usize, &str, &str) = (4, "Leo Hart", "leo.hart@bluespruce.example");

/// The secret of the sample administrators' authenticator app, in base32: administrators need a second factor.
pub(super) const TOTP_SECRET: &str = "MFWWEZLSFVTGU33SMQWXGYLNOBWGKLLT";

/// Which account manager, by position among [`PEOPLE`], looks after which customer.
pub(super) const ASSIGNMENTS: &[(usize, usize)] = &[(10, 0), (10, 1), (11, 2), (11, 3), (11, 4)];

/// An open request for seats: who asks, how many, and why.
pub(super) const SEAT_REQUEST: (usize, i64, &str) =
    (4, 2, "부산 지점의 담당자 두 명이 인증을 마쳤습니다.");

/// A request for seats that was granted: who asked, who answered, how many, why, and the reply.
pub(super) const GRANTED_REQUEST: (usize, usize, i64, &str, &str) = (
    16,
    11,
    2,
    "Two plants run their own integrations.",
    "Granted from the first day of your term; they are on the first invoice.",
);

/// A draft that waits to be filed: who prepared it and for whom, the answers, the title, the description.
pub(super) const WAITING_DRAFT: (usize, usize, &str, &str, &str) = (
    8,
    15,
    "kind=problem&release=studio:8.4.2&causes=none&recreated=yes&readiness=ready&environment=production&impact=minor&harm=no",
    "The list of flows forgets its order",
    "Sorted by name, the list is sorted by date again after a flow was saved.",
);

/// A product, and its releases.
pub(super) struct Product {
    pub slug: &'static str,
    pub name: &'static str,
    pub releases: &'static [Released],
}

/// A release: whether it began its Major line, how many days ago it came, whether its support has ended, and its notes
/// in English and Korean.
pub(super) struct Released {
    pub version: &'static str,
    pub major: bool,
    pub days_ago: i32,
    pub discontinued: bool,
    pub notes: (&'static str, &'static str),
}

const fn released(
    version: &'static str,
    major: bool,
    days_ago: i32,
    discontinued: bool,
    notes: (&'static str, &'static str),
) -> Released {
    Released {
        version,
        major,
        days_ago,
        discontinued,
        notes,
    }
}

#[rustfmt::skip] // one long table
pub(super) const PRODUCTS: &[Product] = &[
    Product {
        slug: "studio",
        name: "Interactor Studio",
        releases: &[
            released("8.4.2", false, 33, false, ("Flows with more than 300 steps open in under two seconds. Fixes an export that lost the last column.", "단계가 300개를 넘는 흐름이 2초 안에 열립니다. 내보내기에서 마지막 열이 빠지던 문제를 고쳤습니다.")),
            released("8.3.0", false, 128, false, ("Flows can be grouped in folders. Adds a search over all flows.", "흐름을 폴더로 묶을 수 있습니다. 모든 흐름을 대상으로 한 검색을 추가했습니다.")),
            released("7.9.5", false, 260, false, ("Security fixes for the 7 line.", "7 버전대의 보안 수정입니다.")),
            released("6.5.1", false, 720, true, ("The last release of the 6 line.", "6 버전대의 마지막 릴리스입니다.")),
        ],
    },
    Product {
        slug: "gateway",
        name: "Interactor Gateway",
        releases: &[
            released("5.1.0", false, 61, false, ("Two signing keys can overlap while one is rotated.", "서명 키를 교체하는 동안 두 키를 함께 쓸 수 있습니다.")),
            released("5.0.3", false, 175, false, ("Fixes a memory leak with long-lived connections.", "오래 유지되는 연결에서 메모리가 새던 문제를 고쳤습니다.")),
            released("4.8.2", false, 610, true, ("The last release of the 4 line.", "4 버전대의 마지막 릴리스입니다.")),
        ],
    },
    Product {
        slug: "monitor",
        name: "Interactor Monitor",
        releases: &[
            released("3.2.1", false, 47, false, ("Alerts can be muted for a planned window.", "계획된 시간 동안 알림을 끌 수 있습니다.")),
            released("3.0.0", true, 300, false, ("New dashboards; the settings of version 2 are taken over.", "새 대시보드를 제공하며 2 버전의 설정을 이어받습니다.")),
            released("2.7.0", false, 700, true, ("The last release of the 2 line.", "2 버전대의 마지막 릴리스입니다.")),
        ],
    },
];

/// The vendor's engineers, in [`PEOPLE`].
pub(super) const HANA: usize = 12;
const DANIEL: usize = 13;

/// What came of an incident: after how many minutes, who took the step, and which.
pub(super) type Then = (i64, usize, fn() -> Step);

/// Whoever takes the step is assigned.
fn acknowledged(text: &str) -> Step {
    Step::Acknowledge {
        to: NOBODY,
        text: text.to_owned(),
    }
}

/// In place of whoever takes a step.
pub(super) const NOBODY: Who = Who {
    id: 0,
    name: String::new(),
};

fn verified(recreated: bool, text: &str) -> Step {
    Step::Verify {
        recreated,
        text: text.to_owned(),
    }
}

fn designated(level: Severity, reason: &str) -> Step {
    Step::Designate {
        designation: Designation::Level(level),
        reason: reason.to_owned(),
    }
}

const fn severity(number: u8) -> Severity {
    match Severity::new(number) {
        Some(level) => level,
        None => panic!("no level"),
    }
}

const S1: Severity = severity(1);
const S2: Severity = severity(2);
const S3: Severity = severity(3);
const S4: Severity = severity(4);

fn excluded(clause: &str, reason: &str) -> Step {
    Step::Designate {
        designation: Designation::Excluded(ClauseId(clause.to_owned())),
        reason: reason.to_owned(),
    }
}

fn said(text: &str) -> Step {
    Step::Write {
        text: text.to_owned(),
        channel: Channel::Portal,
    }
}

fn noted(text: &str) -> Step {
    Step::Note {
        text: text.to_owned(),
    }
}

fn waited(text: &str) -> Step {
    Step::Wait {
        text: text.to_owned(),
    }
}

fn resolved(solution: Solution, text: &str) -> Step {
    Step::Resolve {
        solution,
        text: text.to_owned(),
    }
}

fn objected(reason: &str) -> Step {
    Step::Object {
        reason: reason.to_owned(),
    }
}

fn escalated(reason: &str) -> Step {
    Step::Escalate {
        reason: reason.to_owned(),
    }
}

fn rated(stars: u8, text: &str) -> Step {
    Step::Rate {
        stars,
        text: text.to_owned(),
    }
}

/// An incident: when it was filed, by whom, and each thing that happened so many minutes after.
pub(super) struct Sample {
    pub minutes_ago: i64,
    pub contact: usize,
    pub answers: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    pub steps: &'static str,
    pub business_impact: &'static str,
    pub then: &'static [Then],
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

// Contacts 0 and 1 are of the Core customer in Seoul, 2 and 3 of the Platinum customer in the Pacific zone.
#[rustfmt::skip] // one long table
pub(super) const INCIDENTS: &[Sample] = &[
    Sample {
        minutes_ago: 141 * DAY + 3 * HOUR,
        contact: 0,
        answers: "kind=problem&release=studio:7.9.5&causes=none&recreated=yes&readiness=ready&environment=production&impact=performance&workaround=viable&harm=no",
        title: "Studio 편집 화면이 흐름 수가 많아지면 느려집니다",
        description: "흐름이 300개를 넘으면 목록을 여는 데 20초 이상 걸립니다. 그룹으로 나누면 견딜 만합니다.",
        steps: "1. 흐름 300개가 있는 작업 공간을 엽니다.\n2. 목록 화면으로 이동합니다.",
        business_impact: "설계 담당자 여섯 명의 작업이 늦어집니다.",
        then: &[
            (DAY + 2 * HOUR, HANA, || acknowledged("접수했습니다. 작업 공간의 흐름 목록을 파일로 내보낸 뒤 보내 주시면 같은 조건에서 확인하겠습니다.")),
            (2 * DAY, HANA, || verified(true, "수정되지 않은 7.9.5에 흐름 300개를 넣고 목록을 여니 18초가 걸렸습니다.")),
            (9 * DAY, HANA, || resolved(Solution::Fix, "7.9.6에서 목록을 나누어 읽도록 고쳤습니다. 설치하시면 2초 안에 열립니다.")),
            (10 * DAY, 0, || Step::Accept),
        ],
    },
    Sample {
        minutes_ago: 96 * DAY + 7 * HOUR,
        contact: 1,
        answers: "kind=question&release=gateway:5.0.3&causes=none",
        title: "How do we rotate the signing key of a gateway without downtime?",
        description: "The documentation describes one key. We want an overlap of 24 hours in which both keys are accepted.",
        steps: "",
        business_impact: "",
        then: &[
            (DAY, DANIEL, || acknowledged("Thank you. Two keys are possible; I will send you the exact steps today.")),
            (DAY + 5 * HOUR, DANIEL, || resolved(Solution::Other, "Set `signing.previous` to the old key, then rotate:\n\n1. Add the new key as `signing.current`.\n2. Move the old one to `signing.previous`.\n3. Remove it after 24 hours.")),
            (DAY + 6 * HOUR, 1, || Step::Accept),
            (DAY + 6 * HOUR, 1, || rated(5, "Exactly what we needed.")),
        ],
    },
    Sample {
        minutes_ago: 62 * DAY + 2 * HOUR,
        contact: 0,
        answers: "kind=problem&release=gateway:5.0.3&causes=none&recreated=yes&readiness=ready&environment=production&impact=unusable&workaround=none&critical=yes&harm=no",
        title: "Gateway 전체 요청이 502로 실패합니다",
        description: "약 20분 전부터 모든 연동 요청이 502를 반환합니다. 재시작해도 같은 증상입니다.",
        steps: "1. 운영 게이트웨이에 아무 요청이나 보냅니다.\n2. 502 Bad Gateway가 반환됩니다.",
        business_impact: "출고 지시가 전부 멈춰 배송이 나가지 못하고 있습니다.",
        then: &[
            (2 * HOUR, HANA, || acknowledged("접수했습니다. 지금 게이트웨이 로그를 보고 있습니다. 우선 직전 설정으로 되돌려 주시겠습니까?")),
            (2 * HOUR + 10, HANA, || designated(S1, "")),
            (2 * HOUR + 20, 0, || said("직전 설정으로 되돌렸지만 증상이 같습니다. 로그를 올려 두었습니다.")),
            (2 * HOUR + 30, HANA, || verified(true, "같은 설정의 수정되지 않은 5.0.3에서 재현했습니다. 인증서 저장소가 비어 있으면 모든 요청이 502로 실패합니다.")),
            (3 * HOUR, HANA, || Step::Begin),
            (7 * HOUR, HANA, || resolved(Solution::Workaround, "인증서 저장소를 다시 채우면 바로 복구됩니다. `gateway certs reload --force`를 실행해 주세요. 5.0.4에서 수정될 예정입니다.")),
            (8 * HOUR, 0, || Step::Accept),
            (8 * HOUR, 0, || rated(4, "빠르게 복구해 주셨습니다.")),
        ],
    },
    Sample {
        minutes_ago: 47 * DAY + 5 * HOUR,
        contact: 1,
        answers: "kind=enhancement&time_sensitive=no&release=studio:8.3.0",
        title: "Dark theme for the Studio editor",
        description: "Our night shift asks for a dark theme in the flow editor.",
        steps: "",
        business_impact: "",
        then: &[
            (3 * DAY, DANIEL, || acknowledged("Thank you for the suggestion; it goes to the product team with your reason.")),
            (12 * DAY, DANIEL, || resolved(Solution::Other, "The dark theme is planned for Studio 9. Until then the browser's forced dark mode works with the editor.")),
        ],
    },
    Sample {
        minutes_ago: 33 * DAY + 4 * HOUR,
        contact: 0,
        answers: "kind=problem&release=gateway:4.8.2&causes=none&recreated=yes&readiness=ready&environment=production&impact=key&workaround=none&harm=no",
        title: "Gateway 4.8에서 배치 전송이 간헐적으로 누락됩니다",
        description: "야간 배치 1,200건 중 3~5건이 전송되지 않습니다. 로그에는 성공으로 남습니다.",
        steps: "야간 배치를 세 번 실행하면 한 번 이상 재현됩니다.",
        business_impact: "누락된 건은 다음 날 수작업으로 보냅니다.",
        then: &[
            (6 * HOUR, HANA, || acknowledged("접수했습니다. 누락된 건의 추적 번호를 두세 개 보내 주세요.")),
            (4 * DAY, HANA, || resolved(Solution::Fix, "5.0.1에서 수정된 문제입니다. 5.1.0으로 업그레이드하시면 더 이상 누락되지 않습니다.")),
            (5 * DAY, 0, || Step::Accept),
        ],
    },
    Sample {
        minutes_ago: 20 * DAY + 6 * HOUR,
        contact: 1,
        answers: "kind=problem&release=studio:8.4.2&causes=modified&recreated=no&readiness=ready&environment=other&go_live=no&impact=key&workaround=cumbersome&harm=no",
        title: "Custom mapping step throws a null error after our change",
        description: "We changed the bundled mapping component so that it reads our carrier codes. Since then one branch fails.",
        steps: "It does not happen with the component as it was delivered.",
        business_impact: "",
        then: &[
            (2 * DAY, DANIEL, || acknowledged("We have it. Could you try once more with the component as it was delivered?")),
            (2 * DAY + HOUR, DANIEL, || noted("The changed component reads `carrier.code` before it is set; see their export.")),
            (3 * DAY, DANIEL, || verified(false, "With the delivered component of 8.4.2 all branches succeed; with the changed one the branch fails.")),
            (3 * DAY, DANIEL, || excluded("7-ii", "The component was altered. It fails only since then, and not as delivered.")),
            (4 * DAY, 1, || objected("We changed one line that has nothing to do with the branch that fails.")),
        ],
    },
    Sample {
        minutes_ago: 9 * DAY + 3 * HOUR,
        contact: 0,
        answers: "kind=problem&release=studio:8.4.2&causes=none&recreated=yes&readiness=ready&environment=production&impact=cosmetic&harm=no",
        title: "한글 도움말의 화면 이름이 실제 메뉴와 다릅니다",
        description: "‘연결 관리’ 도움말이 예전 메뉴 이름인 ‘커넥터 설정’으로 안내합니다.",
        steps: "",
        business_impact: "",
        then: &[
            (2 * DAY + HOUR, HANA, || acknowledged("알려 주셔서 감사합니다. 다음 문서 갱신에 반영하겠습니다.")),
            (2 * DAY + 2 * HOUR, HANA, || designated(S4, "")),
            (3 * DAY, HANA, || Step::Begin),
        ],
    },
    Sample {
        minutes_ago: 5 * DAY + HOUR,
        contact: 1,
        answers: "kind=problem&release=gateway:5.0.3&causes=none&recreated=yes&readiness=ready&environment=production&impact=performance&workaround=cumbersome&harm=no",
        title: "Requests over 2 MB take 40 seconds since Tuesday",
        description: "Small requests are fast. Everything above 2 MB waits about 40 seconds before it is passed on. Splitting the files by hand works, but takes two people.",
        steps: "1. Send a 3 MB file through the gateway.\n2. Watch the time to first byte.",
        business_impact: "Customs declarations leave late.",
        then: &[
            (3 * DAY, HANA, || acknowledged("We have it and try it with a 3 MB file now.")),
            (3 * DAY + HOUR, HANA, || verified(true, "With 5.0.3 unmodified: 41 seconds to the first byte, from 2 MB on.")),
            (3 * DAY + HOUR, HANA, || designated(S2, "")),
            (3 * DAY + 2 * HOUR, HANA, || Step::Begin),
            (4 * DAY, HANA, || waited("Please set `buffer.limit = 8M` on one node and tell us whether that node is fast.")),
            (4 * DAY + 2 * HOUR, 1, || escalated("The customs office refuses late declarations from Monday on. We need somebody who decides.")),
        ],
    },
    Sample {
        minutes_ago: 2 * DAY + 2 * HOUR,
        contact: 0,
        answers: "kind=change&release=monitor:3.2.1&causes=none",
        title: "모니터 알림 수신 번호를 추가해 주세요",
        description: "야간 당직자 두 명의 번호를 알림 수신자로 추가하려고 합니다.",
        steps: "",
        business_impact: "",
        then: &[],
    },
    Sample {
        minutes_ago: DAY + 4 * HOUR,
        contact: 1,
        answers: "kind=problem&release=unlisted&causes=free&recreated=yes&readiness=ready&environment=other&go_live=no&impact=minor&harm=no",
        title: "Community edition shows a wrong time in the log view",
        description: "Times in the log view are nine hours early.",
        steps: "",
        business_impact: "",
        then: &[],
    },
    Sample {
        minutes_ago: 3 * HOUR,
        contact: 0,
        answers: "kind=problem&release=gateway:5.1.0&causes=none&recreated=yes&readiness=ready&environment=production&impact=key&workaround=none&harm=no",
        title: "택배사 A 연동 인증이 오늘부터 거절됩니다",
        description: "토큰 갱신 요청이 401로 거절됩니다. 인증서는 유효합니다.",
        steps: "1. 택배사 A 연결을 엽니다.\n2. ‘연결 시험’을 누릅니다.",
        business_impact: "택배사 A의 송장을 발행할 수 없습니다.",
        then: &[],
    },
    Sample {
        minutes_ago: 35,
        contact: 1,
        answers: "kind=enhancement&time_sensitive=yes&release=gateway:5.1.0",
        title: "Support the new customs message format before it becomes mandatory",
        description: "The customs office changes its message format. We need the new fields in the mapping.",
        steps: "",
        business_impact: "Without it, declarations are refused from that day on.",
        then: &[],
    },
    Sample {
        minutes_ago: 128 * DAY + HOUR,
        contact: 2,
        answers: "kind=problem&release=gateway:5.0.3&causes=none&recreated=yes&readiness=ready&environment=production&impact=unusable&workaround=none&critical=yes&harm=no",
        title: "All store endpoints time out",
        description: "Every call from our 214 stores to the gateway times out after 30 seconds. The hosts are up, the load is normal.",
        steps: "1. Call /health from any store network.\n2. No answer within 30 seconds.",
        business_impact: "No store can take card payments.",
        then: &[
            (35, DANIEL, || acknowledged("We are on it; a bridge is open. Please keep one node as it is for us to look at.")),
            (50, DANIEL, || designated(S1, "")),
            (80, DANIEL, || said("The connection pool is exhausted by health checks that never end. We prepare a setting that ends them.")),
            (5 * HOUR, DANIEL, || resolved(Solution::Workaround, "`health.timeout = 2s` on every node frees the pool. 5.0.4 has it as the default.")),
            (6 * HOUR, 2, || Step::Accept),
            (6 * HOUR, 2, || rated(5, "")),
        ],
    },
    Sample {
        minutes_ago: 83 * DAY + 9 * HOUR,
        contact: 3,
        answers: "kind=problem&release=monitor:2.7.0&causes=none&recreated=yes&readiness=ready&environment=production&impact=minor&harm=no",
        title: "Monitor charts skip the hour of the clock change",
        description: "On the Sunday on which the clocks were changed, the chart shows no data between 01:00 and 02:00.",
        steps: "",
        business_impact: "",
        then: &[
            (5 * HOUR, HANA, || acknowledged("We have it. Charts of 2.7 have a known gap there; we check whether yours is the same.")),
            (6 * DAY, HANA, || resolved(Solution::Other, "It is the same gap. Version 2.7 is discontinued; 3.x draws the hour twice.")),
        ],
    },
    Sample {
        minutes_ago: 58 * DAY + 2 * HOUR,
        contact: 2,
        answers: "kind=problem&release=gateway:5.1.0&causes=none&recreated=yes&readiness=ready&environment=production&impact=key&workaround=cumbersome&harm=yes",
        title: "Duplicate orders are written when a webhook is retried",
        description: "When the receiver answers late, the gateway retries and the order is written twice. The idempotency header is dropped on the retry.",
        steps: "1. Let the receiver wait 31 seconds.\n2. Two orders with one reference appear.",
        business_impact: "Wrong stock figures; 64 orders so far.",
        then: &[
            (25, HANA, || acknowledged("We have it. Data are written twice, so we treat it as the most severe until a person has looked.")),
            (60, HANA, || designated(S1, "")),
            (3 * DAY, HANA, || resolved(Solution::Fix, "5.1.0 build 3 keeps the idempotency header on a retry.")),
            (3 * DAY + HOUR, 2, || Step::Reopen { reason: "The header is there, but the receiver still writes twice when the first answer is lost.".to_owned() }),
            (4 * DAY, HANA, || resolved(Solution::Fix, "Build 4 waits for the first answer before it retries.")),
            (5 * DAY, 2, || Step::Accept),
        ],
    },
    Sample {
        minutes_ago: 41 * DAY + 5 * HOUR,
        contact: 3,
        answers: "kind=question&release=studio:8.3.0&causes=none",
        title: "Is there a limit to the number of branches in one flow?",
        description: "We plan a flow with about 400 branches, one for each store cluster.",
        steps: "",
        business_impact: "",
        then: &[
            (3 * HOUR, DANIEL, || acknowledged("Good question; I ask the people who wrote it.")),
            (4 * HOUR, DANIEL, || resolved(Solution::Other, "512 branches. Above 200 the editor groups them.")),
            (5 * HOUR, 3, || Step::Accept),
        ],
    },
    Sample {
        minutes_ago: 26 * DAY + 3 * HOUR,
        contact: 2,
        answers: "kind=problem&release=studio:8.3.0&causes=third_party&recreated=not_tried&readiness=ready&environment=production&impact=key&workaround=viable&harm=no",
        title: "Tax service answers 429 and the flow stops",
        description: "The tax service that we connect to limits us to 10 calls a second. The flow stops instead of waiting.",
        steps: "",
        business_impact: "Checkout falls back to estimated tax.",
        then: &[
            (2 * HOUR, DANIEL, || acknowledged("We have it. The answer 429 comes from the tax service; we look at what the flow does with it.")),
            (5 * HOUR, DANIEL, || excluded("7-v", "The limit is the tax service's own; the flow stops because no retry is configured for it.")),
            (8 * DAY, DANIEL, || resolved(Solution::Workaround, "A retry with a pause of 200 ms keeps you under the limit; the setting is in the attached flow.")),
        ],
    },
    Sample {
        minutes_ago: 15 * DAY + 6 * HOUR,
        contact: 3,
        answers: "kind=problem&release=studio:8.4.2&causes=none&recreated=yes&readiness=ready&environment=other&go_live=yes&impact=unusable&workaround=none&harm=no",
        title: "Publishing to the staging environment never ends",
        description: "The progress bar stays at 98 %. It blocks our go-live of the loyalty flows, which has a date.",
        steps: "1. Publish any flow to staging.\n2. Wait.",
        business_impact: "The go-live of the loyalty programme is in danger.",
        then: &[
            (5 * HOUR, HANA, || acknowledged("We have it, and we know that your go-live has a date.")),
            (6 * HOUR, HANA, || designated(S3, "Publishing from the command line works; it is a workaround until the page is mended.")),
            (DAY, 3, || objected("The command line needs rights that our designers do not have. Nobody can publish.")),
            (2 * DAY, DANIEL, || designated(S2, "Agreed: without the rights there is no viable workaround, and a dated go-live is blocked.")),
            (3 * DAY, DANIEL, || Step::Begin),
        ],
    },
    Sample {
        minutes_ago: 7 * DAY + 4 * HOUR,
        contact: 2,
        answers: "kind=problem&release=gateway:5.1.0&causes=none&recreated=yes&readiness=access&environment=production&impact=performance&workaround=viable&harm=no",
        title: "Slow TLS handshakes from two regions",
        description: "Handshakes from the two eastern regions take 1.8 s instead of 0.2 s. Routing through the west helps.",
        steps: "",
        business_impact: "",
        then: &[
            (3 * HOUR, DANIEL, || acknowledged("We have it. For the next step we need remote access to one eastern node (section 6(b)).")),
            (4 * HOUR, DANIEL, || waited("Please open the access for one node, or send a packet capture of three handshakes.")),
        ],
    },
    Sample {
        minutes_ago: 4 * DAY + 2 * HOUR,
        contact: 3,
        answers: "kind=change&release=gateway:5.1.0&causes=none",
        title: "Raise the request quota for the sales season",
        description: "Please raise our quota from 900 to 2,400 requests a second for the next six weeks.",
        steps: "",
        business_impact: "",
        then: &[
            (6 * HOUR, HANA, || acknowledged("We have it and change the quota tonight.")),
            (DAY, HANA, || resolved(Solution::Other, "The quota is 2,400 requests a second until the end of the season.")),
        ],
    },
    Sample {
        minutes_ago: DAY + HOUR,
        contact: 2,
        answers: "kind=problem&release=studio:6.5.1&causes=none&recreated=yes&readiness=ready&environment=other&go_live=no&impact=minor&harm=no",
        title: "Old Studio client cannot open exported flows",
        description: "Two designers still use Studio 6.5.1. Flows exported from 8.4 do not open there.",
        steps: "1. Export a flow from 8.4.2.\n2. Open it in 6.5.1.",
        business_impact: "",
        then: &[
            (7 * HOUR, DANIEL, || acknowledged("We have it. Studio 6.5.1 has reached its end of support; we look at what is possible.")),
        ],
    },
    Sample {
        minutes_ago: 6 * HOUR,
        contact: 3,
        answers: "kind=problem&release=gateway:5.1.0&causes=none&recreated=yes&readiness=ready&environment=production&impact=key&workaround=none&harm=no",
        title: "Loyalty points are not booked for 20 % of receipts",
        description: "The loyalty connection drops one receipt in five; the answer is 200, but nothing is booked. Other flows are fine.",
        steps: "1. Send ten receipts.\n2. Two are missing in the ledger.",
        business_impact: "Complaints from customers in the stores.",
        then: &[],
    },
    Sample {
        minutes_ago: 40,
        contact: 2,
        answers: "kind=problem&release=gateway:5.1.0&causes=none&recreated=yes&readiness=ready&environment=production&impact=unusable&workaround=none&critical=yes&harm=no",
        title: "Gateway cluster restarts in a loop after the certificate change",
        description: "All four nodes restart every 90 seconds since we installed the new certificate; going back to the old one does not help.",
        steps: "1. Start a node.\n2. It stops after about 90 seconds with exit status 137.",
        business_impact: "No orders from the web shop and no card payments in the stores.",
        then: &[],
    },
    Sample {
        minutes_ago: 12,
        contact: 3,
        answers: "kind=problem&release=monitor:3.2.1&causes=none&recreated=yes&readiness=ready&environment=production&impact=cosmetic&harm=no",
        title: "Typo in the alert e-mail: “recieved”",
        description: "The subject of each alert e-mail reads “Alert recieved”.",
        steps: "",
        business_impact: "",
        then: &[],
    },
];
