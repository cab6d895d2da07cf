//! Finding templates.

use std::sync::Arc;

use super::StoredTemplate;
use crate::{
    Error, Page, PageRequest, Service,
    flows::{is_within, page_after},
    keys,
};

/// Which templates.
#[derive(Debug, Clone, Default)]
pub struct TemplateQuery {
    /// Part of an id or namespace. `*` and empty are all.
    pub q: Option<String>,
    /// Whole segments: the namespace itself and those below it.
    pub namespace: Option<String>,
    /// `(key, ascending)`: `id` or `namespace`.
    pub sort: Vec<(String, bool)>,
}

impl Service {
    pub async fn search_templates(
        &self,
        tenant: &str,
        query: TemplateQuery,
        page: PageRequest,
    ) -> Result<Page<Arc<StoredTemplate>>, Error> {
        let mut templates = self.templates_under(tenant, query.namespace.as_deref().unwrap_or("")).await?;
        templates.retain(|template| query.matches(template));
        for (key, ascending) in query.sort.iter().rev() {
            templates.sort_by(|a, b| {
                let order = match key.as_str() {
                    "namespace" => a.namespace.cmp(&b.namespace),
                    _ => a.id.cmp(&b.id),
                };
                if *ascending { order } else { order.reverse() }
            });
        }
        Ok(page.cut(templates))
    }

    /// The namespaces that have templates, sorted.
    pub async fn template_namespaces(&self, tenant: &str) -> Result<Vec<String>, Error> {
        let templates = self.templates_under(tenant, "").await?;
        let mut namespaces: Vec<String> = templates.iter().map(|it| it.namespace.clone()).collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        Ok(namespaces)
    }

    /// The newest revisions whose namespace and id start so, without tombstones.
    async fn templates_under(&self, tenant: &str, prefix: &str) -> Result<Vec<Arc<StoredTemplate>>, Error> {
        let partition = keys::templates(tenant);
        let mut templates = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let items = self.store().query(&partition, page_after(after.as_deref(), prefix)).await?;
            let Some(last) = items.last() else {
                return Ok(templates);
            };
            after = Some(last.key.sort.clone());
            for item in &items {
                let Some((namespace, id)) = item.key.sort.split_once('/') else {
                    continue;
                };
                let key = (tenant.to_owned(), namespace.to_owned(), id.to_owned());
                let template = self.stored_template(&key, &item.content.body)?;
                if !template.deleted {
                    templates.push(template);
                }
            }
        }
    }
}

impl TemplateQuery {
    fn matches(&self, template: &StoredTemplate) -> bool {
        let text = self.q.as_deref().filter(|q| !matches!(*q, "" | "*")).map(str::to_lowercase);
        let name = || format!("{}.{}", template.namespace, template.id).to_lowercase();
        let found = text.is_none_or(|text| name().contains(&text));
        let below = self.namespace.as_deref().is_none_or(|outer| is_within(&template.namespace, outer));
        found && below
    }
}
