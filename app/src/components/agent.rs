//! What a browser calls itself, in names that people know.

/// The browser and the system; nothing for one that is not recognized.
pub fn browser_and_system(agent: &str) -> (Option<&'static str>, Option<&'static str>) {
    // The first that fits counts: nearly every browser claims to be Chrome and Safari, most systems to be Linux.
    let browsers = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Whale/", "Whale"),
        ("Vivaldi/", "Vivaldi"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    let systems = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("CrOS", "ChromeOS"),
        ("Macintosh", "macOS"),
        ("Linux", "Linux"),
    ];
    let first = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(sign, _)| agent.contains(sign))
            .map(|(_, name)| *name)
    };
    (first(&browsers), first(&systems))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart_whatever_they_claim() {
        let chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0";
        for (agent, browser, system) in [
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome} Safari/537.36 Edg/140.0"),
                Some("Edge"),
                Some("Windows"),
            ),
            (
                format!("Mozilla/5.0 (Linux; Android 14; Pixel 7) {chrome} Mobile Safari/537.36"),
                Some("Chrome"),
                Some("Android"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15".to_owned(),
                Some("Safari"),
                Some("macOS"),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(),
                Some("Firefox"),
                Some("Linux"),
            ),
            ("<script>".to_owned(), None, None),
            (String::new(), None, None),
        ] {
            assert_eq!(browser_and_system(&agent), (browser, system), "{agent}");
        }
    }
}
