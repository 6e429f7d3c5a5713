//! What somebody wrote in an answer, without what their program quotes below it.

use app::mail::ANSWER_MARK;

/// How programs begin what they quote, in a line of its own.
const RULES: [&str; 6] = [
    "-----original message-----",
    "----- original message -----",
    "-----원본 메시지-----",
    "----- 원본 메시지 -----",
    "--------- 원본 메일 ---------",
    "________________________________",
];

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

/// Whether what is new ends before this line.
fn ends(lines: &[&str], at: usize) -> bool {
    let Some(line) = lines.get(at) else {
        return false;
    };
    if line.contains(ANSWER_MARK) || *line == "-- " {
        return true;
    }
    let line = line.trim().to_lowercase();
    if RULES.iter().any(|rule| line.starts_with(rule)) {
        return true;
    }
    FROM.iter().any(|from| line.starts_with(from))
        && lines.iter().skip(at + 1).take(2).any(|next| {
            let next = next.trim().to_lowercase();
            SENT.iter().any(|sent| next.starts_with(sent))
        })
}

/// Takes away the lines that say whom the quote is from: `On Tuesday … wrote:`, which may be broken into two or three.
fn introduction(lines: &mut Vec<&str>) {
    if !lines.last().is_some_and(|last| last.trim().ends_with(':')) {
        return;
    }
    let most = lines.len().saturating_sub(3);
    let paragraph = lines
        .iter()
        .rposition(|line| line.trim().is_empty())
        .map_or(0, |blank| blank + 1)
        .max(most);
    let tail = lines.get(paragraph..).unwrap_or_default().join(" ");
    let lower = tail.to_lowercase();
    let says = [
        "wrote:",
        "writes:",
        "작성:",
        "썼습니다:",
        "님이",
        "schrieb:",
    ];
    if tail.contains('@') || says.iter().any(|word| lower.contains(word)) {
        lines.truncate(paragraph);
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
}
