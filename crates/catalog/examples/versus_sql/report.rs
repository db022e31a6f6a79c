//! The table, and the lines for other programs.

use std::time::Duration;

/// What came of one question.
pub(crate) struct Line {
    pub(crate) what: String,
    pub(crate) name: &'static str,
    /// Of the index.
    pub(crate) ours: Duration,
    /// Of SQL with indexes.
    pub(crate) indexed: Duration,
    /// Of SQL with the summary table, where that can answer.
    pub(crate) summary: Option<Duration>,
    /// What the index should reach.
    pub(crate) guide: Option<Duration>,
}

/// All lines.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
}

impl Report {
    pub(crate) fn add(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Times are in milliseconds. A ratio says how many times longer SQL takes; the figure is met
    /// when the time is within the guide and no SQL of the line is faster.
    pub(crate) fn print(&self, assets: usize) {
        println!("\nthe index and SQL, {assets} assets, ms of processor, medians");
        println!(
            "{:<52} {:>8} {:>10} {:>8} {:>10} {:>8} {:>7}  met?",
            "what", "ours", "SQL", "ratio", "summary", "ratio", "target"
        );
        for line in &self.lines {
            let summary = line.summary.map(millis).unwrap_or_default();
            let summary_ratio = line.summary.map(|time| line.ratio_of(time)).unwrap_or_default();
            let guide = line.guide.map(|guide| format!("{:.2}", guide.as_secs_f64() * 1e3));
            println!(
                "{:<52} {:>8} {:>10} {:>8} {:>10} {:>8} {:>7}  {}",
                line.what,
                millis(line.ours),
                millis(line.indexed),
                line.ratio_of(line.indexed),
                summary,
                summary_ratio,
                guide.unwrap_or_default(),
                line.verdict(),
            );
        }
        println!();
        for line in &self.lines {
            println!("versus_{}_ours\t{}", line.name, line.ours.as_nanos());
            println!("versus_{}_sql\t{}", line.name, line.indexed.as_nanos());
            if let Some(summary) = line.summary {
                println!("versus_{}_summary\t{}", line.name, summary.as_nanos());
            }
        }
    }
}

impl Line {
    fn ratio_of(&self, other: Duration) -> String {
        format!("{:.1}×", other.as_secs_f64() / self.ours.as_secs_f64())
    }

    fn verdict(&self) -> &'static str {
        let fastest = self.summary.map_or(self.indexed, |summary| summary.min(self.indexed));
        let is_in_time = self.guide.is_none_or(|guide| self.ours <= guide);
        match (is_in_time, self.ours <= fastest) {
            (true, true) => "yes",
            (false, true) => "no: over the time",
            (true, false) => "no: SQL is faster",
            (false, false) => "no: over the time, and SQL is faster",
        }
    }
}

fn millis(time: Duration) -> String {
    format!("{:.4}", time.as_secs_f64() * 1e3)
}
