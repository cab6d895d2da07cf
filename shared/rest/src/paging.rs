//! Pages: which part of a list is asked for, and in which order.

use service::{PageRequest, settings::PAGE_SIZE_MAX};

use crate::params::Params;

/// Kestra: 10.
const SIZE_DEFAULT: usize = 10;

impl Params {
    /// `page` and `size`.
    pub(crate) fn page(&mut self) -> PageRequest {
        PageRequest {
            page: self.bounded("page", 1, usize::MAX),
            size: self.bounded("size", SIZE_DEFAULT, PAGE_SIZE_MAX),
        }
    }

    /// As [`Self::page`], by other names; `None` when neither is there.
    pub(crate) fn page_of(&mut self, page: &str, size: &str) -> Option<PageRequest> {
        self.text(page).or_else(|| self.text(size))?;
        Some(PageRequest {
            page: self.bounded(page, 1, usize::MAX),
            size: self.bounded(size, PAGE_SIZE_MAX, PAGE_SIZE_MAX),
        })
    }

    fn bounded(&mut self, name: &str, default: usize, most: usize) -> usize {
        let Some(number) = self.read(name, "a whole number", |text| text.parse::<i64>().ok()) else {
            return default;
        };
        match usize::try_from(number) {
            Ok(number) if number > most => {
                self.out_of_bounds(name, format!("must be less than or equal to {most}"));
                default
            }
            Ok(0) | Err(_) => {
                self.out_of_bounds(name, "must be greater than or equal to 1");
                default
            }
            Ok(number) => number,
        }
    }

    /// `sort=<key>:asc`, in order; each key as `known` knows it. Kestra: any direction but `asc` is descending.
    pub(crate) fn sort<K>(&mut self, keys: &str, known: impl Fn(&str) -> Option<K>) -> Vec<(K, bool)> {
        let mut sort = Vec::new();
        let mut problems = Vec::new();
        for text in self.all("sort") {
            match text.split_once(':').and_then(|(key, direction)| Some((known(key)?, direction))) {
                Some((key, direction)) => sort.push((key, direction.eq_ignore_ascii_case("asc"))),
                None => problems.push(format!(
                    "Invalid sort parameter: {text}; it is written key:asc or key:desc, and the keys are {keys}"
                )),
            }
        }
        for message in problems {
            self.illegal("sort", message);
        }
        sort
    }

    /// `scope`: whether flows of the namespace `system` are meant, or the others; both by default.
    pub(crate) fn scope(&mut self) -> Option<bool> {
        let mut scopes = Vec::new();
        let mut unknown = Vec::new();
        for text in self.all("scope").flat_map(|it| it.split(',')) {
            match text {
                "USER" => scopes.push(false),
                "SYSTEM" => scopes.push(true),
                _ => unknown.push(text.to_owned()),
            }
        }
        for text in unknown {
            self.unreadable("scope", &text, "USER or SYSTEM");
        }
        let first = *scopes.first()?;
        scopes.iter().all(|it| *it == first).then_some(first)
    }
}
