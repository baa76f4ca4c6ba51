//! One table, rendered as text, Markdown or HTML.

use std::fmt::Write;

/// Where a column's cells stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A column: the heading that it shares with its neighbours, and its own.
#[derive(Clone, Debug)]
struct Column {
    group: String,
    title: String,
    align: Align,
    /// Parted from its left neighbour by `||` instead of `|`.
    heavy: bool,
}

/// A table of words and numbers. Neighbouring columns of one group stand under one heading.
#[derive(Clone, Debug, Default)]
pub struct Table {
    columns: Vec<Column>,
    /// `None` is a rule between rows.
    rows: Vec<Option<Vec<String>>>,
}

impl Table {
    /// A table without rows.
    pub fn new() -> Table {
        Table::default()
    }

    /// Adds a column of words.
    #[must_use]
    pub fn words(self, title: &str) -> Table {
        self.column("", title, Align::Left)
    }

    /// Adds a column of numbers; the unit stands in its title.
    #[must_use]
    pub fn numbers(self, title: &str) -> Table {
        self.column("", title, Align::Right)
    }

    /// Adds a column under a heading that its neighbours of the same group share.
    #[must_use]
    pub fn column(mut self, group: &str, title: &str, align: Align) -> Table {
        self.columns.push(Column { group: group.into(), title: title.into(), align, heavy: false });
        self
    }

    /// Parts the next group of columns from what stands before it by `||`; for the first column of a group.
    #[must_use]
    pub fn heavy(mut self, group: &str, title: &str, align: Align) -> Table {
        self.columns.push(Column { group: group.into(), title: title.into(), align, heavy: true });
        self
    }

    /// Adds a row; it has one cell for every column.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().collect();
        assert_eq!(cells.len(), self.columns.len(), "a cell for every column");
        self.rows.push(Some(cells));
    }

    /// Adds a rule, unless the table ends in one already.
    pub fn rule(&mut self) {
        if matches!(self.rows.last(), Some(Some(_))) {
            self.rows.push(None);
        }
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Runs of neighbouring columns of one group: name, first column, number of columns.
    fn groups(&self) -> Vec<(&str, usize, usize)> {
        let mut groups: Vec<(&str, usize, usize)> = Vec::new();
        for (n, column) in self.columns.iter().enumerate() {
            match groups.last_mut() {
                Some((name, _, count)) if *name == column.group => *count += 1,
                _ => groups.push((&column.group, n, 1)),
            }
        }
        groups
    }

    fn has_groups(&self) -> bool {
        self.columns.iter().any(|column| !column.group.is_empty())
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|column| column.title.chars().count()).collect();
        for row in self.rows.iter().flatten() {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for (name, first, count) in self.groups() {
            let inner: usize = widths[first..first + count].iter().sum::<usize>() + 3 * (count - 1);
            widths[first + count - 1] += name.chars().count().saturating_sub(inner);
        }
        widths
    }

    /// Aligned for a terminal, in the layout in which kernel maintainers paste such tables.
    pub fn text(&self) -> String {
        let (widths, groups) = (self.widths(), self.groups());
        let joined = |cells: Vec<(usize, String)>, light: &str, heavy: &str| {
            let mut line = String::new();
            for (at, (first, cell)) in cells.into_iter().enumerate() {
                let part = if self.columns[first].heavy { heavy } else { light };
                line.push_str(if at == 0 { "" } else { part });
                line.push_str(&cell);
            }
            line
        };
        let line = |cells: &[String]| {
            let cell = |n: usize| match self.columns[n].align {
                Align::Right => (n, format!(" {:>1$} ", cells[n], widths[n])),
                Align::Left => (n, format!(" {:<1$} ", cells[n], widths[n])),
            };
            joined((0..cells.len()).map(cell).collect(), "|", "||")
        };
        let rule = |fill: &str| joined(widths.iter().map(|w| fill.repeat(w + 2)).enumerate().collect(), "+", "++");
        let mut lines = Vec::new();
        if self.has_groups() {
            let group = |&(name, first, count): &(&str, usize, usize)| {
                let width = widths[first..first + count].iter().sum::<usize>() + 3 * (count - 1);
                (first, format!(" {name:<width$} "))
            };
            lines.push(joined(groups.iter().map(group).collect(), "|", "||"));
        }
        lines.push(line(&self.columns.iter().map(|column| column.title.clone()).collect::<Vec<_>>()));
        lines.push(rule("="));
        lines.extend(self.rows.iter().map(|row| row.as_ref().map_or_else(|| rule("-"), |cells| line(cells))));
        lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    /// As GitHub and GitLab render it; a group's name stands before its columns' titles.
    pub fn markdown(&self) -> String {
        let titles = self.columns.iter().map(|column| match column.group.as_str() {
            "" => column.title.clone(),
            group => format!("{group}: {}", column.title),
        });
        let aligns = self.columns.iter().map(|column| if column.align == Align::Right { "--:" } else { ":--" });
        let line = |cells: Vec<String>| {
            format!("| {} |\n", cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | "))
        };
        let mut text = line(titles.collect());
        text.push_str(&line(aligns.map(String::from).collect()));
        for row in self.rows.iter().flatten() {
            text.push_str(&line(row.clone()));
        }
        text
    }

    /// As an HTML table.
    pub fn html(&self) -> String {
        let class = |n: usize| if self.columns[n].align == Align::Right { " class=n" } else { "" };
        let mut html = String::from("<div class=scroll><table>\n<thead>\n");
        if self.has_groups() {
            html.push_str("<tr>");
            for (name, _, count) in self.groups() {
                let _ = write!(html, "<th colspan={count} class=g>{}</th>", escape(name));
            }
            html.push_str("</tr>\n");
        }
        html.push_str("<tr>");
        for (n, column) in self.columns.iter().enumerate() {
            let _ = write!(html, "<th{}>{}</th>", class(n), escape(&column.title));
        }
        html.push_str("</tr>\n</thead>\n<tbody>\n");
        for row in &self.rows {
            let Some(cells) = row else {
                html.push_str("</tbody>\n<tbody>\n");
                continue;
            };
            html.push_str("<tr>");
            for (n, cell) in cells.iter().enumerate() {
                let _ = write!(html, "<td{}>{}</td>", class(n), escape(cell));
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody>\n</table></div>\n");
        html
    }
}

/// Text as HTML or SVG content or attribute value.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_right_and_words_left() {
        let mut table = Table::new().words("scheme").numbers("cycles");
        table.row(["a".into(), "1,000".into()]);
        table.rule();
        table.row(["pair-stop".into(), "7".into()]);
        assert_eq!(
            table.text(),
            " scheme    | cycles\n===========+========\n a         |  1,000\n-----------+--------\n pair-stop |      7\n"
        );
    }

    #[test]
    fn a_wide_heading_widens_the_columns_under_it() {
        let mut table = Table::new().column("a", "b", Align::Left).heavy("much wider", "c", Align::Right);
        table.row(["x".into(), "1".into()]);
        assert_eq!(table.text(), " a || much wider\n b ||          c\n===++============\n x ||          1\n");
        assert_eq!(table.markdown(), "| a: b | much wider: c |\n| :-- | --: |\n| x | 1 |\n");
    }

    #[test]
    fn cells_cannot_break_out_of_their_table() {
        let mut table = Table::new().words("a");
        table.row(["x|<b>&\"".into()]);
        assert!(table.markdown().ends_with("| x\\|<b>&\" |\n"));
        assert!(table.html().contains("<td>x|&lt;b&gt;&amp;&quot;</td>"));
    }
}
