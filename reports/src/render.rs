//! Results as text and as Markdown.

use crate::finding;
use crate::race;
use crate::results::Results;
use crate::tables::sections;

impl Results {
    /// Everything as text for a terminal or a commit message.
    pub fn render_text(&self) -> String {
        let mut text = String::new();
        for section in sections(self) {
            text.push_str(&format!("{} ({})\n\n{}\n", section.title, section.note, section.table.text()));
        }
        text.push_str(&self.render_findings());
        text.push_str(&self.provenance());
        text
    }

    /// Everything as Markdown.
    pub fn render_markdown(&self) -> String {
        let mut text = String::new();
        for section in sections(self) {
            let title = section.title.replace('|', "\\|");
            text.push_str(&format!("### {title}\n\n{}\n\n{}\n", section.note, section.table.markdown()));
        }
        let findings = self.render_findings();
        if !findings.is_empty() {
            text.push_str(&format!(
                "### Findings\n\n```\n{}```\n\n",
                findings.trim_end_matches('\n').to_owned() + "\n"
            ));
        }
        text.push_str(&self.provenance());
        text
    }

    /// The findings, one report after the other; empty without any.
    pub fn render_findings(&self) -> String {
        let mut text: String =
            self.findings.iter().map(|finding| finding::render(finding, &self.run.command()) + "\n").collect();
        for found in &self.races {
            text += &(race::render(found, &self.run.command()) + "\n");
        }
        for found in &self.counterexamples {
            text += &(crate::check::render::render(found, "RESULTS") + "\n");
        }
        text
    }

    /// One line: the tool, its commit and the command that makes these results again.
    pub fn provenance(&self) -> String {
        let commit = self.run.commit12().unwrap_or("unknown");
        let dirty = if self.run.dirty { ", with uncommitted changes" } else { "" };
        format!("cmodx {}, commit {commit}{dirty}; again: {}\n", self.run.tool, self.run.command())
    }

    /// Verdicts of the relaxed world, as text: tables, sentences, counterexamples. `file` is where they can be replayed from;
    /// with `all`, every counterexample with its lanes, else one of each scheme.
    pub fn render_checks(&self, file: &str, all: bool) -> String {
        let mut text = String::new();
        for section in crate::check::table::sections(self) {
            text += &format!("{} ({})\n\n{}\n", section.title, section.note, section.table.text());
        }
        let mut shown: Vec<&str> = Vec::new();
        let mut left_out = 0;
        for check in self.checks.iter().filter(|c| c.counterexample.is_some()) {
            let Some(found) = self.counterexamples.iter().find(|f| Some(&f.id) == check.counterexample.as_ref()) else {
                continue;
            };
            if !all && (shown.contains(&found.site.scheme.as_str()) || found.site.ablated.is_some()) {
                left_out += 1;
                continue;
            }
            shown.push(&found.site.scheme);
            text += &(found.render(file) + "\n");
            if all {
                text += &(found.lanes() + "\n");
            }
        }
        if left_out > 0 {
            text += &format!(
                "{left_out} more counterexamples: -v shows all; -o FILE keeps them for `cmodx replay FILE ID --lanes`\n"
            );
        }
        for sentence in crate::check::table::sentences(self) {
            text += &(sentence + "\n");
        }
        text.push_str(&self.provenance());
        text
    }
}

impl crate::check::Counterexample {
    /// The report, and herd's line; `file` is where it can be replayed from.
    pub fn render(&self, file: &str) -> String {
        crate::check::render::render(self, file)
    }

    /// One column for each hart.
    pub fn lanes(&self) -> String {
        crate::check::render::lanes(self)
    }
}
