//! The words and figures of the sample data.

/// A customer.
pub(super) struct Customer {
    pub name: &'static str,
    pub tier: &'static str,
    pub zone: &'static str,
}

pub(super) const CUSTOMERS: &[Customer] = &[
    Customer {
        name: "한강물류 (Hangang Logistics)",
        tier: "core",
        zone: "seoul",
    },
    Customer {
        name: "Cascade Retail",
        tier: "platinum",
        zone: "pacific",
    },
    // Without any incident: what a new customer sees.
    Customer {
        name: "남산상호금융 (Namsan Mutual)",
        tier: "advanced",
        zone: "seoul",
    },
];

/// A contact, with the position of their customer.
pub(super) struct Contact {
    pub customer: usize,
    pub name: &'static str,
    pub email: &'static str,
    pub password: &'static str,
}

pub(super) const CONTACTS: &[Contact] = &[
    Contact {
        customer: 0,
        name: "김서연",
        email: "seoyeon.kim@hangang.example",
        password: "sample-river-lantern-47",
    },
    Contact {
        customer: 0,
        name: "박지훈",
        email: "jihoon.park@hangang.example",
        password: "sample-autumn-harbor-12",
    },
    Contact {
        customer: 1,
        name: "Maria Alvarez",
        email: "maria.alvarez@cascade.example",
        password: "sample-cedar-compass-83",
    },
    Contact {
        customer: 1,
        name: "James Whitfield",
        email: "james.whitfield@cascade.example",
        password: "sample-granite-meadow-29",
    },
    Contact {
        customer: 2,
        name: "이도윤",
        email: "doyun.lee@namsan.example",
        password: "sample-willow-anchor-65",
    },
];

/// A product, each release with whether its support has ended.
pub(super) struct Product {
    pub slug: &'static str,
    pub name: &'static str,
    pub releases: &'static [(&'static str, bool)],
}

pub(super) const PRODUCTS: &[Product] = &[
    Product {
        slug: "studio",
        name: "Interactor Studio",
        releases: &[
            ("8.4.2", false),
            ("8.3.0", false),
            ("7.9.5", false),
            ("6.5.1", true),
        ],
    },
    Product {
        slug: "gateway",
        name: "Interactor Gateway",
        releases: &[("5.1.0", false), ("5.0.3", false), ("4.8.2", true)],
    },
    Product {
        slug: "monitor",
        name: "Interactor Monitor",
        releases: &[("3.2.1", false), ("2.7.0", true)],
    },
];

/// The vendor's engineers.
pub(super) const ENGINEER: &str = "Hana Seo";
const SECOND_ENGINEER: &str = "Daniel Okafor";

/// What came of an incident.
pub(super) enum Then {
    Responded(&'static str),
    Resolved(&'static str),
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
    pub then: &'static [(i64, Then)],
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
        then: &[(DAY + 2 * HOUR, Then::Responded(ENGINEER)), (9 * DAY, Then::Resolved(ENGINEER))],
    },
    Sample {
        minutes_ago: 96 * DAY + 7 * HOUR,
        contact: 1,
        answers: "kind=question&release=gateway:5.0.3&causes=none",
        title: "How do we rotate the signing key of a gateway without downtime?",
        description: "The documentation describes one key. We want an overlap of 24 hours in which both keys are accepted.",
        steps: "",
        business_impact: "",
        then: &[(DAY, Then::Responded(SECOND_ENGINEER)), (DAY + 5 * HOUR, Then::Resolved(SECOND_ENGINEER))],
    },
    Sample {
        minutes_ago: 62 * DAY + 2 * HOUR,
        contact: 0,
        answers: "kind=problem&release=gateway:5.0.3&causes=none&recreated=yes&readiness=ready&environment=production&impact=unusable&workaround=none&critical=yes&harm=no",
        title: "Gateway 전체 요청이 502로 실패합니다",
        description: "약 20분 전부터 모든 연동 요청이 502를 반환합니다. 재시작해도 같은 증상입니다.",
        steps: "1. 운영 게이트웨이에 아무 요청이나 보냅니다.\n2. 502 Bad Gateway가 반환됩니다.",
        business_impact: "출고 지시가 전부 멈춰 배송이 나가지 못하고 있습니다.",
        then: &[(2 * HOUR, Then::Responded(ENGINEER)), (7 * HOUR, Then::Resolved(ENGINEER))],
    },
    Sample {
        minutes_ago: 47 * DAY + 5 * HOUR,
        contact: 1,
        answers: "kind=enhancement&time_sensitive=no&release=studio:8.3.0",
        title: "Dark theme for the Studio editor",
        description: "Our night shift asks for a dark theme in the flow editor.",
        steps: "",
        business_impact: "",
        then: &[(3 * DAY, Then::Responded(SECOND_ENGINEER)), (12 * DAY, Then::Resolved(SECOND_ENGINEER))],
    },
    Sample {
        minutes_ago: 33 * DAY + 4 * HOUR,
        contact: 0,
        answers: "kind=problem&release=gateway:4.8.2&causes=none&recreated=yes&readiness=ready&environment=production&impact=key&workaround=none&harm=no",
        title: "Gateway 4.8에서 배치 전송이 간헐적으로 누락됩니다",
        description: "야간 배치 1,200건 중 3~5건이 전송되지 않습니다. 로그에는 성공으로 남습니다.",
        steps: "야간 배치를 세 번 실행하면 한 번 이상 재현됩니다.",
        business_impact: "누락된 건은 다음 날 수작업으로 보냅니다.",
        then: &[(6 * HOUR, Then::Responded(ENGINEER)), (4 * DAY, Then::Resolved(ENGINEER))],
    },
    Sample {
        minutes_ago: 20 * DAY + 6 * HOUR,
        contact: 1,
        answers: "kind=problem&release=studio:8.4.2&causes=modified&recreated=no&readiness=ready&environment=other&go_live=no&impact=key&workaround=cumbersome&harm=no",
        title: "Custom mapping step throws a null error after our change",
        description: "We changed the bundled mapping component so that it reads our carrier codes. Since then one branch fails.",
        steps: "It does not happen with the component as it was delivered.",
        business_impact: "",
        then: &[(2 * DAY, Then::Responded(SECOND_ENGINEER))],
    },
    Sample {
        minutes_ago: 9 * DAY + 3 * HOUR,
        contact: 0,
        answers: "kind=problem&release=studio:8.4.2&causes=none&recreated=yes&readiness=ready&environment=production&impact=cosmetic&harm=no",
        title: "한글 도움말의 화면 이름이 실제 메뉴와 다릅니다",
        description: "‘연결 관리’ 도움말이 예전 메뉴 이름인 ‘커넥터 설정’으로 안내합니다.",
        steps: "",
        business_impact: "",
        then: &[(2 * DAY + HOUR, Then::Responded(ENGINEER))],
    },
    Sample {
        minutes_ago: 5 * DAY + HOUR,
        contact: 1,
        answers: "kind=problem&release=gateway:5.0.3&causes=none&recreated=yes&readiness=ready&environment=production&impact=performance&workaround=cumbersome&harm=no",
        title: "Requests over 2 MB take 40 seconds since Tuesday",
        description: "Small requests are fast. Everything above 2 MB waits about 40 seconds before it is passed on. Splitting the files by hand works, but takes two people.",
        steps: "1. Send a 3 MB file through the gateway.\n2. Watch the time to first byte.",
        business_impact: "Customs declarations leave late.",
        then: &[(3 * DAY, Then::Responded(ENGINEER))],
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
        then: &[(35, Then::Responded(SECOND_ENGINEER)), (5 * HOUR, Then::Resolved(SECOND_ENGINEER))],
    },
    Sample {
        minutes_ago: 83 * DAY + 9 * HOUR,
        contact: 3,
        answers: "kind=problem&release=monitor:2.7.0&causes=none&recreated=yes&readiness=ready&environment=production&impact=minor&harm=no",
        title: "Monitor charts skip the hour of the clock change",
        description: "On the Sunday on which the clocks were changed, the chart shows no data between 01:00 and 02:00.",
        steps: "",
        business_impact: "",
        then: &[(5 * HOUR, Then::Responded(ENGINEER)), (6 * DAY, Then::Resolved(ENGINEER))],
    },
    Sample {
        minutes_ago: 58 * DAY + 2 * HOUR,
        contact: 2,
        answers: "kind=problem&release=gateway:5.1.0&causes=none&recreated=yes&readiness=ready&environment=production&impact=key&workaround=cumbersome&harm=yes",
        title: "Duplicate orders are written when a webhook is retried",
        description: "When the receiver answers late, the gateway retries and the order is written twice. The idempotency header is dropped on the retry.",
        steps: "1. Let the receiver wait 31 seconds.\n2. Two orders with one reference appear.",
        business_impact: "Wrong stock figures; 64 orders so far.",
        then: &[(25, Then::Responded(ENGINEER)), (3 * DAY, Then::Resolved(ENGINEER))],
    },
    Sample {
        minutes_ago: 41 * DAY + 5 * HOUR,
        contact: 3,
        answers: "kind=question&release=studio:8.4.2&causes=none",
        title: "Is there a limit to the number of branches in one flow?",
        description: "We plan a flow with about 400 branches, one for each store cluster.",
        steps: "",
        business_impact: "",
        then: &[(3 * HOUR, Then::Responded(SECOND_ENGINEER)), (4 * HOUR, Then::Resolved(SECOND_ENGINEER))],
    },
    Sample {
        minutes_ago: 26 * DAY + 3 * HOUR,
        contact: 2,
        answers: "kind=problem&release=studio:8.3.0&causes=third_party&recreated=not_tried&readiness=ready&environment=production&impact=key&workaround=viable&harm=no",
        title: "Tax service answers 429 and the flow stops",
        description: "The tax service that we connect to limits us to 10 calls a second. The flow stops instead of waiting.",
        steps: "",
        business_impact: "Checkout falls back to estimated tax.",
        then: &[(2 * HOUR, Then::Responded(SECOND_ENGINEER)), (8 * DAY, Then::Resolved(SECOND_ENGINEER))],
    },
    Sample {
        minutes_ago: 15 * DAY + 6 * HOUR,
        contact: 3,
        answers: "kind=problem&release=studio:8.4.2&causes=none&recreated=yes&readiness=ready&environment=other&go_live=yes&impact=unusable&workaround=none&harm=no",
        title: "Publishing to the staging environment never ends",
        description: "The progress bar stays at 98 %. It blocks our go-live of the loyalty flows, which has a date.",
        steps: "1. Publish any flow to staging.\n2. Wait.",
        business_impact: "The go-live of the loyalty programme is in danger.",
        then: &[(5 * HOUR, Then::Responded(ENGINEER))],
    },
    Sample {
        minutes_ago: 7 * DAY + 4 * HOUR,
        contact: 2,
        answers: "kind=problem&release=gateway:5.1.0&causes=none&recreated=yes&readiness=access&environment=production&impact=performance&workaround=viable&harm=no",
        title: "Slow TLS handshakes from two regions",
        description: "Handshakes from the two eastern regions take 1.8 s instead of 0.2 s. Routing through the west helps.",
        steps: "",
        business_impact: "",
        then: &[(3 * HOUR, Then::Responded(SECOND_ENGINEER))],
    },
    Sample {
        minutes_ago: 4 * DAY + 2 * HOUR,
        contact: 3,
        answers: "kind=change&release=gateway:5.1.0&causes=none",
        title: "Raise the request quota for the sales season",
        description: "Please raise our quota from 900 to 2,400 requests a second for the next six weeks.",
        steps: "",
        business_impact: "",
        then: &[(6 * HOUR, Then::Responded(ENGINEER)), (DAY, Then::Resolved(ENGINEER))],
    },
    Sample {
        minutes_ago: DAY + HOUR,
        contact: 2,
        answers: "kind=problem&release=studio:6.5.1&causes=none&recreated=yes&readiness=ready&environment=other&go_live=no&impact=minor&harm=no",
        title: "Old Studio client cannot open exported flows",
        description: "Two designers still use Studio 6.5.1. Flows exported from 8.4 do not open there.",
        steps: "1. Export a flow from 8.4.2.\n2. Open it in 6.5.1.",
        business_impact: "",
        then: &[(7 * HOUR, Then::Responded(SECOND_ENGINEER))],
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
