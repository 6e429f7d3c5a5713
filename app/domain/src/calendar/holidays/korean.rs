//! Korean names of holidays: for Korea the names that public offices use, for the United States translations.

const KR: [(&str, &str); 25] = [
    ("New Year's Day", "1월 1일"),
    ("Seollal eve", "설날 전날"),
    ("Seollal", "설날"),
    ("Seollal 2nd day", "설날 다음날"),
    ("Independence Movement Day (Samiljeol)", "3·1절"),
    ("Labor Day (Nodongjeol)", "노동절"),
    ("Children's Day", "어린이날"),
    ("Buddha's Birthday", "부처님오신날"),
    ("Memorial Day", "현충일"),
    ("Constitution Day", "제헌절"),
    ("Liberation Day", "광복절"),
    ("Chuseok eve", "추석 전날"),
    ("Chuseok", "추석"),
    ("Chuseok 2nd day", "추석 다음날"),
    ("National Foundation Day", "개천절"),
    ("Hangul Day", "한글날"),
    ("Christmas Day", "기독탄신일"),
    ("National Assembly election", "국회의원선거일"),
    ("Presidential election", "대통령선거일"),
    ("Local elections", "전국동시지방선거일"),
    (
        "Temporary public holiday (COVID-19 rest day)",
        "임시공휴일(코로나19 휴식)",
    ),
    (
        "Temporary public holiday (Chuseok bridge)",
        "임시공휴일(추석 연휴)",
    ),
    (
        "Temporary public holiday (Armed Forces Day)",
        "임시공휴일(국군의 날)",
    ),
    (
        "Temporary public holiday (Seollal bridge)",
        "임시공휴일(설 연휴)",
    ),
    (
        "Temporary public holiday (21st presidential by-election)",
        "임시공휴일(제21대 대통령선거)",
    ),
];

const US: [(&str, &str); 11] = [
    ("New Year's Day", "새해 첫날"),
    (
        "Birthday of Martin Luther King, Jr.",
        "마틴 루서 킹 목사 탄생일",
    ),
    ("Washington's Birthday", "워싱턴 탄생일"),
    ("Memorial Day", "메모리얼 데이"),
    (
        "Juneteenth National Independence Day",
        "준틴스 노예 해방 기념일",
    ),
    ("Independence Day", "독립기념일"),
    ("Labor Day", "노동절"),
    ("Columbus Day", "콜럼버스의 날"),
    ("Veterans Day", "재향군인의 날"),
    ("Thanksgiving Day", "추수감사절"),
    ("Christmas Day", "크리스마스"),
];

/// The Korean name of a Korean holiday, substitutes included.
pub(super) fn kr(english: &str) -> Option<String> {
    let Some(replaced) = english.strip_prefix("Substitute holiday for ") else {
        return look_up(&KR, english);
    };
    let names: Option<Vec<_>> = replaced
        .split(" / ")
        .map(|name| look_up(&KR, name))
        .collect();
    Some(format!("대체공휴일({})", names?.join(", ")))
}

/// The Korean name of a holiday of the United States, those observed on another day included.
pub(super) fn us(english: &str) -> Option<String> {
    let Some(replaced) = english.strip_suffix(" (observed)") else {
        return look_up(&US, english);
    };
    Some(format!("{}(대체 휴일)", look_up(&US, replaced)?))
}

fn look_up(names: &[(&str, &str)], english: &str) -> Option<String> {
    names
        .iter()
        .find(|entry| entry.0 == english)
        .map(|entry| entry.1.to_owned())
}
