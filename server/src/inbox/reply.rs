//! What somebody wrote in an answer, without what their program quotes below it.

use app::mail::ANSWER_MARK;

/// How programs begin what they quote, in a line of its own.
const RULES: [&str; 5] = [
    "-----original message-----",
    "----- original message -----",
    "-----원본 메시지-----",
    "----- 원본 메시지 -----",
    "--------- 원본 메일 ---------",
];

/// What some programs put above their block; others put it into tables.
const LINE: &str = "________________________________";

/// How the block begins that some programs put above what they quote, and how it goes on.
const FROM: [&str; 4] = ["from:", "*from:*", "보낸 사람:", "보낸사람:"];
const SENT: [&str; 8] = [
    "sent:",
    "*sent:*",
    "date:",
    "*date:*",
    "to:",
    "보낸 날짜:",
    "날짜:",
    "받는 사람:",
];

/// The text without what it quotes, and without a signature. What was quoted to be answered between the lines stays.
pub fn without_quotes(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let end = (0..lines.len())
        .find(|at| ends(&lines, *at))
        .unwrap_or(lines.len());
    let mut kept = lines.get(..end).unwrap_or_default().to_vec();
    kept.retain(|line| !line.contains(ANSWER_MARK));
    let mut cut = end < lines.len();
    while let Some(last) = kept.last() {
        let last = last.trim();
        if last.is_empty() {
            kept.pop();
        } else if last.starts_with('>') {
            kept.pop();
            cut = true;
        } else {
            break;
        }
    }
    if cut {
        introduction(&mut kept);
    }
    kept.join("\n").trim().to_owned()
}

/// Whether a text says nothing at all but what it quotes with marks: each line is blank, begins with `>`, says whom such a
/// quote is from, or belongs to the signature. What is quoted without marks may be something new.
pub fn is_silent(text: &str) -> bool {
    let mut said = Vec::new();
    for line in text.lines().take_while(|line| *line != "-- ") {
        let line = line.trim();
        if line.starts_with('>') {
            if !is_introduction(&said) {
                return false;
            }
            said.clear();
        } else if !line.is_empty() {
            said.push(line);
        }
    }
    said.is_empty()
}

/// Whether these lines say whom a quote is from, and nothing beside it; as no lines do.
fn is_introduction(lines: &[&str]) -> bool {
    let mut rest = lines.to_vec();
    introduction(&mut rest);
    if let [first, more @ ..] = lines
        && !more.is_empty()
    {
        // What is broken has a date, none of its lines is a sentence, and only the first begins it.
        let dated = first
            .split(|c: char| !c.is_ascii_digit())
            .any(|digits| digits.len() == 4);
        let sentence = lines.iter().any(|line| line.ends_with(['.', '!', '?']));
        if !dated || sentence || more.iter().any(|line| begins_one(line)) {
            return false;
        }
    }
    rest.is_empty()
}

/// Whether what is new ends before this line.
fn ends(lines: &[&str], at: usize) -> bool {
    let Some(line) = lines.get(at) else {
        return false;
    };
    // Between what is quoted with marks there may be answers.
    let quoted = line.trim_start().starts_with('>');
    if (line.contains(ANSWER_MARK) && !quoted) || *line == "-- " {
        return true;
    }
    let lower = line.trim().to_lowercase();
    if lower.starts_with(LINE) {
        return (at + 1..at + 4).any(|next| is_block(lines, next));
    }
    RULES.iter().any(|rule| lower.starts_with(rule)) || is_block(lines, at)
}

/// Whether the block stands here that some programs put above what they quote.
fn is_block(lines: &[&str], at: usize) -> bool {
    let begins = |line: &&str, with: &[&str]| {
        let line = line.trim().to_lowercase();
        with.iter().any(|word| line.starts_with(word))
    };
    let mut lines = lines.iter().skip(at);
    lines.next().is_some_and(|line| begins(line, &FROM))
        && lines.take(2).any(|next| begins(next, &SENT))
}

/// Whether a line may be the first of those that say whom a quote is from.
fn begins_one(line: &str) -> bool {
    let line = line.trim().to_lowercase();
    line.starts_with(|c: char| c.is_ascii_digit())
        || ["on ", "am ", "le ", "el "]
            .iter()
            .any(|word| line.starts_with(word))
}

/// Takes away the lines that say whom the quote is from: `On Tuesday … wrote:`, which may be broken into two or three.
fn introduction(lines: &mut Vec<&str>) {
    if !lines.last().is_some_and(|last| last.trim().ends_with(':')) {
        return;
    }
    let from = lines.len().saturating_sub(3);
    let begun = lines
        .iter()
        .skip(from)
        .position(|line| begins_one(line))
        .map(|at| from + at);
    let start = begun.unwrap_or(lines.len().saturating_sub(1));
    let tail = lines.get(start..).unwrap_or_default().join(" ");
    let lower = tail.to_lowercase();
    let says = [
        "wrote:",
        "writes:",
        "작성:",
        "썼습니다:",
        "님이",
        "schrieb:",
    ];
    let is_one =
        says.iter().any(|word| lower.contains(word)) || begun.is_some() && tail.contains('@');
    if is_one {
        lines.truncate(start);
        while lines.last().is_some_and(|line| line.trim().is_empty()) {
            lines.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_stays_and_what_is_quoted_goes() {
        for (text, kept) in [
            ("It is back.", "It is back."),
            ("It is back.\n\n> quoted\n> more\n", "It is back."),
            (
                "It is back.\n\nOn Tue, 3 Mar 2026 at 11:30, Support\n<support+i-inc-2026-00001-abc@vendor.example> wrote:\n\n> quoted",
                "It is back.",
            ),
            (
                "다시 발생했습니다.\n\n2026년 3월 3일 (화) 오전 11:30, Support <support@vendor.example>님이 작성:\n\n> 인용",
                "다시 발생했습니다.",
            ),
            (
                "It is back.\n\nFrom: Support <support@vendor.example>\nSent: Tuesday\nTo: Me\nSubject: x\n\nquoted",
                "It is back.",
            ),
            ("Yes.\n\n-----Original Message-----\nquoted", "Yes."),
            (
                "Yes.\n\nOn Tuesday Support <s@v.example> wrote:\n--- # --- Write your answer above this line. --- # ---\n\nquoted without marks",
                "Yes.",
            ),
            ("Yes.\n-- \nSeoyeon Kim\nHangang", "Yes."),
            // However the mark itself is quoted.
            (
                "> --- # --- Write your answer above this line. --- # ---\n> Which node?\n\nThe first.",
                "> Which node?\n\nThe first.",
            ),
            (
                "See below.\n\n> --- # --- Write your answer above this line. --- # ---\n> Which node?\nThe first.\n> Bye",
                "See below.\n\n> Which node?\nThe first.",
            ),
            // No blank line before who wrote.
            (
                "It fails again.\nError 42.\nOn Tue, 3 Mar, Support <s@v.example> wrote:\n> q",
                "It fails again.\nError 42.",
            ),
            (
                "It says:\n________________________________\na | b",
                "It says:\n________________________________\na | b",
            ),
            // Answered between the lines.
            (
                "> Which node?\nThe first.\n> And when?\nToday.",
                "> Which node?\nThe first.\n> And when?\nToday.",
            ),
            // Nothing that looks a little like it.
            (
                "The log says:\n\nError: x\nfrom: a",
                "The log says:\n\nError: x\nfrom: a",
            ),
            ("These fail:", "These fail:"),
            ("> only a quote", ""),
            ("", ""),
        ] {
            assert_eq!(without_quotes(text), kept, "{text}");
        }
    }

    #[test]
    fn only_what_is_quoted_with_marks_says_nothing() {
        for text in [
            "",
            " \n\t\n",
            "> quoted\n\n> more\n",
            "On Tuesday Support wrote:\n\n> quoted",
            "On Tue, 3 Mar 2026 at 11:30, Support\n<support+i-inc-2026-00001-abc@vendor.example> wrote:\n\n> quoted",
            "2026년 3월 3일 (화) 오전 11:30, Support <support@vendor.example>님이 작성:\n\n> 인용",
            "-- \nSeoyeon Kim\nHangang",
            "> quoted\n-- \nSeoyeon Kim",
        ] {
            assert!(is_silent(text), "{text}");
        }
        for text in [
            "It is back.",
            "> quoted\nIt is back.",
            "It is back.\n> quoted",
            // However they are quoted, somebody may have written below.
            "From: Support <s@v.example>\nSent: Tuesday\nTo: Me\nSubject: x\n\nquoted",
            "-----Original Message-----\nquoted",
            "--- # --- Write your answer above this line. --- # ---\nThe first.",
            // Nothing is quoted.
            "On Tuesday Support wrote:",
            "These fail:",
            // More than whom it is from.
            "On node 2 it fails.\nOn Tuesday Support wrote:\n> quoted",
            "2 nodes are down since 2026\nOn Tuesday Support wrote:\n> quoted",
            "2 nodes are down\nSupport <s@v.example> wrote:\n> quoted",
            "--\nSeoyeon Kim",
        ] {
            assert!(!is_silent(text), "{text}");
        }
    }
}
