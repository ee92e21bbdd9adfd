//! Rows and targets, as a table for people and as JSON for programs.

use std::{fs, path::Path, process::Command, thread};

use anyhow::Context;
use serde::Serialize;

/// One figure: what was measured in one run of a command.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// Which.
    pub name: &'static str,
    /// On what.
    pub machine: Machine,
    /// When it began: UTC, as `date` writes it.
    pub date: String,
    /// The command line that measured it.
    pub command: String,
    /// What it says.
    pub rows: Vec<Row>,
}

/// What the figures depend on.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// Processors that may be used.
    pub cores: usize,
    /// What the first of them calls itself.
    pub model: String,
    /// Version of the kernel.
    pub kernel: String,
    /// Whether server and load had a core each.
    pub pinned: bool,
}

/// One thing that was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// What.
    pub what: String,
    /// How much.
    pub measured: f64,
    /// Of which unit.
    pub unit: &'static str,
    /// What it is held against, if anything.
    pub target: Option<Target>,
    /// Whether it holds; nothing without a target.
    pub passed: Option<bool>,
    /// What else there is to know.
    pub note: String,
}

/// What a number is held against, in its unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// So much and no more.
    AtMost(f64),
    /// So much or more.
    AtLeast(f64),
}

impl Target {
    /// Whether a number is within.
    pub fn holds(self, measured: f64) -> bool {
        match self {
            Self::AtMost(most) => measured <= most,
            Self::AtLeast(least) => measured >= least,
        }
    }
}

impl Row {
    /// A number that is there to be known.
    pub fn new(what: impl Into<String>, measured: f64, unit: &'static str) -> Self {
        Self {
            what: what.into(),
            measured,
            unit,
            target: None,
            passed: None,
            note: String::new(),
        }
    }

    /// Holds it against a target.
    pub fn against(mut self, target: Target) -> Self {
        self.target = Some(target);
        self.passed = Some(target.holds(self.measured));
        self
    }

    /// Says more about it.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    fn line(&self) -> String {
        let verdict = match self.passed {
            Some(true) => "pass",
            Some(false) => "MISS",
            None => "",
        };
        let target = match self.target {
            Some(Target::AtMost(most)) => format!("<= {}", short(most)),
            Some(Target::AtLeast(least)) => format!(">= {}", short(least)),
            None => String::new(),
        };
        let Self {
            what, unit, note, ..
        } = self;
        let measured = short(self.measured);
        let line = format!("{verdict:4}  {what:58} {measured:>10} {unit:16} {target:10} {note}");
        line.trim_end().to_owned()
    }
}

impl Figure {
    /// Begins one, now.
    pub fn new(name: &'static str, pinned: bool) -> Self {
        let command: Vec<_> = std::env::args().skip(1).collect();
        Self {
            name,
            machine: Machine::this(pinned),
            date: said("date", &["-u", "+%Y-%m-%dT%H:%M:%SZ"]),
            command: format!("fracas-bench {}", command.join(" ")),
            rows: Vec::new(),
        }
    }

    /// Adds a row and shows it.
    pub fn add(&mut self, row: Row) {
        println!("{}", row.line());
        self.rows.push(row);
    }

    /// Keeps it as `NAME.json` in a folder.
    ///
    /// # Errors
    /// It can't be written; the text says where.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let file = folder.join(format!("{}.json", self.name));
        let json = serde_json::to_string_pretty(self)? + "\n";
        fs::write(&file, json).with_context(|| format!("can't write {}", file.display()))?;
        println!("\n{}", file.display());
        Ok(())
    }
}

impl Machine {
    fn this(pinned: bool) -> Self {
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
        Self {
            cores: thread::available_parallelism().map_or(1, usize::from),
            model: model
                .unwrap_or("unknown")
                .trim_matches(|c: char| c == ':' || c.is_whitespace())
                .to_owned(),
            kernel: said("uname", &["-r"]),
            pinned,
        }
    }
}

/// The first line that a program of the system prints.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.unwrap_or_default().trim().to_owned()
}

/// Three digits that matter, or all before the point.
pub fn short(number: f64) -> String {
    let digits = match number.abs() {
        size if size == 0.0 || size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{number:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_holds_or_misses_its_target() {
        let row = Row::new("x", 1.3, "times");
        assert_eq!(row.passed, None);
        assert_eq!(row.clone().against(Target::AtMost(1.3)).passed, Some(true));
        let missed = row.against(Target::AtLeast(1.4));
        assert_eq!(missed.passed, Some(false));
        assert!(missed.line().starts_with("MISS"), "{}", missed.line());
    }

    #[test]
    fn numbers_are_short() {
        let shown = [0.0, 0.0123, 1.0, 9.876, 12.34, 2_000.4].map(short);
        assert_eq!(shown, ["0", "0.012", "1", "9.88", "12.3", "2000"]);
    }
}
