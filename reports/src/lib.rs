//! Records, comparison, tables, plots and reports.
