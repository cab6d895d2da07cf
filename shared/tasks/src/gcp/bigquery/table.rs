//! A table by its name.

use serde_json::{Value as Json, json};

/// `project.dataset.table`, or `dataset.table` of the project of the job. The table may name a partition: `table$20240712`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) project: Option<String>,
    dataset: String,
    id: String,
    /// As the flow has it.
    pub(super) text: String,
}

impl Table {
    /// # Errors
    /// It is none of the two. Kestra's message, and what would be right.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('.').map(str::trim).collect();
        let (project, dataset, table) = match parts[..] {
            [dataset, table] => (None, dataset, table),
            [project, dataset, table] => (Some(project), dataset, table),
            _ => (None, "", ""),
        };
        if dataset.is_empty() || table.is_empty() || project.is_some_and(str::is_empty) {
            return Err(format!(
                "Invalid table name '{text}': `destinationTable` must be project.dataset.table, or dataset.table"
            ));
        }
        Ok(Self {
            project: project.map(str::to_owned),
            dataset: dataset.to_owned(),
            id: table.to_owned(),
            text: text.to_owned(),
        })
    }

    /// As the API names it.
    pub(super) fn reference(&self, project: &str) -> Json {
        let project = self.project.as_deref().unwrap_or(project);
        json!({ "projectId": project, "datasetId": self.dataset, "tableId": self.id })
    }

    /// Its whole name.
    pub(super) fn name(&self, project: &str) -> String {
        format!("{}.{}.{}", self.project.as_deref().unwrap_or(project), self.dataset, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_two_or_three_names() {
        let name = |text: &str| Table::parse(text).map(|it| it.name("own"));
        assert_eq!(name("a.b.c").unwrap(), "a.b.c");
        assert_eq!(name("b.c$20240712").unwrap(), "own.b.c$20240712");
        for wrong in ["", "c", "b.", ".c", ".b.c", "a.b.c.d"] {
            assert!(name(wrong).unwrap_err().starts_with("Invalid table name"), "{wrong}");
        }
    }
}
