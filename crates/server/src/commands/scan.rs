//! `kalends scan`.

use std::fmt::Write as _;

use kalends_library::{Library, Report};

/// Scans all folders and says what came of it.
pub(crate) fn scan_now(library: &Library) -> anyhow::Result<String> {
    let reports = library.scan_all()?;
    library.keep_shelves();
    if reports.is_empty() {
        return Ok("There are no folders yet. Name some: kalends serve FOLDER…\n".to_owned());
    }
    let mut text = String::new();
    for report in &reports {
        let _ = writeln!(text, "{}", line(report));
    }
    if let Some(notice) = library.last_notice() {
        let _ = writeln!(text, "Beware: {notice}.");
    }
    Ok(text)
}

/// One library's report, in one line.
pub(crate) fn line(report: &Report) -> String {
    if let Some(reason) = &report.frozen {
        return format!("{}: frozen, nothing was changed: {reason}", report.library);
    }
    let mut line = format!("{}: {} files", report.library, report.seen);
    for (count, what) in [
        (report.added, "new"),
        (report.changed, "changed"),
        (report.renamed, "renamed"),
        (report.vanished, "vanished"),
        (report.returned, "there again"),
    ] {
        if count > 0 {
            let _ = write!(line, ", {count} {what}");
        }
    }
    if report.problems > 0 {
        let _ = write!(
            line,
            "; {} could not be read or shown: see kalends info --problems",
            report.problems
        );
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_happened_and_nothing_else() {
        let report = Report { library: "Family".into(), seen: 3, added: 2, ..Report::default() };
        assert_eq!(line(&report), "Family: 3 files, 2 new");
        let frozen = Report { frozen: Some("no disk".into()), ..report };
        assert_eq!(line(&frozen), "Family: frozen, nothing was changed: no disk");
    }
}
