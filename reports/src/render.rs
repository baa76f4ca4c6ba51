//! Results as text and as Markdown.

use crate::finding;
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
        self.findings.iter().map(|finding| finding::render(finding, &self.run.command()) + "\n").collect()
    }

    /// One line: the tool, its commit and the command that makes these results again.
    pub fn provenance(&self) -> String {
        let commit = self.run.commit12().unwrap_or("unknown");
        let dirty = if self.run.dirty { ", with uncommitted changes" } else { "" };
        format!("cmodx {}, commit {commit}{dirty}; again: {}\n", self.run.tool, self.run.command())
    }
}
