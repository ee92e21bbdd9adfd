//! The report for people, over time: one page without scripts or anything from elsewhere.

use std::fmt::Write;

use super::report::grouped;
use super::{Report, Second};

/// A chart's size, in its own units.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 150.0;
/// More points than this don't show; neighbours are merged then, keeping the larger.
const POINTS_MAX: usize = 640;

const STYLE: &str = "\
:root { color-scheme: light dark; --line: #0b7285; --grid: #8884; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1rem; margin: 0 0 .3rem; }
pre { overflow-x: auto; }
.lost { color: #e03131; } .held { color: #2f9e44; }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1.5rem; }
figure { margin: 0; } svg { width: 100%; height: auto; }
polyline { fill: none; stroke: var(--line); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
line { stroke: var(--grid); } text { fill: currentColor; font-size: 11px; opacity: .75; }
@media (prefers-color-scheme: dark) { :root { --line: #66d9e8; } }";

/// What is charted: a title and a value for every second.
type Chart = (&'static str, fn(&Second) -> f64);

const CHARTS: &[Chart] = &[
    ("Bots connected", |s| s.connected as f64),
    ("Snapshots per second, all bots", |s| s.snapshots_per_s),
    ("Kilobytes per second in, all bots", |s| {
        s.bytes_per_s / 1000.0
    }),
    ("Snapshot gap, p99, ms", |s| s.gap_p99_ms),
    ("Input to snapshot, p99, ms", |s| s.input_to_snapshot_p99_ms),
    ("Craft in view, p95", |s| s.visible_p95),
    ("Corrections per second, all bots", |s| s.corrections_per_s),
    ("Lost: disconnects, errors, mismatches", |s| s.lost as f64),
];

/// The page.
pub fn page(report: &Report, seconds: &[Second]) -> String {
    let (class, verdict) = match report.lost() {
        0 => ("held", "nothing lost".to_owned()),
        lost => ("lost", format!("{} lost", grouped(lost))),
    };
    let title = format!("{} bots on {}", report.bots, escaped(&report.run.url));
    let charts: String = CHARTS.iter().map(|chart| figure(chart, seconds)).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         <h1>{title}: <span class=\"{class}\">{verdict}</span></h1>\n<main>\n{charts}</main>\n\
         <h2>All of it</h2>\n<pre>{}</pre>\n</html>\n",
        escaped(&report.table())
    )
}

fn figure((title, value): &Chart, seconds: &[Second]) -> String {
    let points: Vec<_> = seconds
        .iter()
        .map(|second| (second.at_s, value(second)))
        .collect();
    let points = thinned(&points);
    let (end, top) = points
        .iter()
        .fold((1.0_f64, 0.0_f64), |(end, top), (at, value)| {
            (end.max(*at), top.max(*value))
        });
    let top = round_up(top);
    let mut line = String::new();
    for (at, value) in &points {
        let _ = write!(
            line,
            "{:.1},{:.1} ",
            at / end * WIDTH,
            HEIGHT * (1.0 - value / top)
        );
    }
    format!(
        "<figure><h2>{title}</h2><svg viewBox=\"0 -14 {WIDTH} {:.0}\" role=\"img\" aria-label=\"{title} over time\">\
         <line x1=\"0\" y1=\"0\" x2=\"{WIDTH}\" y2=\"0\"/><line x1=\"0\" y1=\"{HEIGHT}\" x2=\"{WIDTH}\" y2=\"{HEIGHT}\"/>\
         <polyline points=\"{}\"/><text x=\"2\" y=\"-3\">{}</text><text x=\"2\" y=\"{:.0}\">0 s</text>\
         <text x=\"{WIDTH}\" y=\"{:.0}\" text-anchor=\"end\">{end:.0} s</text></svg></figure>\n",
        HEIGHT + 32.0,
        line.trim_end(),
        label(top),
        HEIGHT + 14.0,
        HEIGHT + 14.0,
    )
}

fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let merged = points.len().div_ceil(POINTS_MAX).max(1);
    let largest = |some: &[(f64, f64)]| some.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
    points.chunks(merged).filter_map(largest).collect()
}

/// The next of 1, 2 and 5 times a power of ten.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    steps
        .into_iter()
        .find(|step| value <= *step)
        .unwrap_or(value)
}

fn label(top: f64) -> String {
    if top >= 1.0 {
        grouped(top.round() as u64)
    } else {
        format!("{top}")
    }
}

/// Reasons come from the other end of a connection.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        let tops = [0.0, 0.3, 1.0, 7.0, 38.0, 120.0, 6000.0].map(round_up);
        assert_eq!(tops, [1.0, 0.5, 1.0, 10.0, 50.0, 200.0, 10_000.0]);
    }

    #[test]
    fn long_runs_are_thinned_and_keep_their_peaks() {
        let points: Vec<_> = (0..10_000)
            .map(|at| (f64::from(at), if at == 7001 { 99.0 } else { 1.0 }))
            .collect();
        let thinned = thinned(&points);
        assert!(thinned.len() <= POINTS_MAX);
        assert!(thinned.iter().any(|(_, value)| *value == 99.0));
    }

    #[test]
    fn text_from_elsewhere_is_not_markup() {
        assert_eq!(
            escaped("<script>&\"</script>"),
            "&lt;script&gt;&amp;&quot;&lt;/script&gt;"
        );
    }
}
