//! `INSTALL` and `LOAD`: which of DuckDB's extensions a query may ask for.
//!
//! An extension is code that somebody else runs in our place, some of it to read files or start programs past all
//! locks. So there is a list. The statements themselves are taken out: what they ask for is there before the SQL.

use super::sql::Written;

/// Linked into DuckDB.
const BUILT_IN: [&str; 5] = ["autocomplete", "core_functions", "icu", "json", "parquet"];

/// Reads URLs. Fetched from DuckDB's own repository, signed.
const FOR_URLS: &str = "httpfs";

/// The statements that are left, and the extensions to be fetched first.
///
/// # Errors
/// When one asks for an extension that it may not have.
pub(super) fn taken_out(
    statements: Vec<Written<'_>>,
    network: bool,
) -> Result<(Vec<Written<'_>>, Vec<String>), String> {
    let mut left = Vec::with_capacity(statements.len());
    let mut extensions = Vec::new();
    for statement in statements {
        if !asks(&statement) {
            left.push(statement);
            continue;
        }
        let text = statement.text();
        match permitted(text, network) {
            Ok(Some(name)) if !extensions.contains(&name) => extensions.push(name),
            Ok(_) => {}
            Err(why) => return Err(format!("`{text}`: {why}")),
        }
    }
    Ok((left, extensions))
}

fn asks(statement: &Written<'_>) -> bool {
    [&["INSTALL"][..], &["LOAD"], &["FORCE", "INSTALL"]].iter().any(|begin| statement.begins(begin))
}

/// The extension to be fetched; none when it is there.
fn permitted(text: &str, network: bool) -> Result<Option<String>, String> {
    let plain = text.to_ascii_lowercase();
    let words: Vec<&str> =
        plain.split(|sign: char| sign.is_whitespace() || matches!(sign, '\'' | '"')).collect();
    let mut words = words.into_iter().filter(|word| !matches!(*word, "" | "force" | "install" | "load"));
    let name = words.next().unwrap_or_default();
    let from_elsewhere = words.next().is_some() && !plain.trim_end().ends_with("from core");
    if !from_elsewhere && BUILT_IN.contains(&name) {
        return Ok(None);
    }
    if from_elsewhere || name != FOR_URLS {
        return Err(format!(
            "there are the extensions {} and {FOR_URLS}, from DuckDB's own repository",
            BUILT_IN.join(", ")
        ));
    }
    if !network {
        return Err(
            "DuckDB opens connections that nobody guards, and may do so only where ROUNDTRIP_OUTBOUND is \
                    `any`; download the file with `core.http.Download` and name it in `inputFiles`"
                .to_owned(),
        );
    }
    Ok(Some(FOR_URLS.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duckdb::sql::split;

    fn taken(sql: &str, network: bool) -> Result<(Vec<String>, Vec<String>), String> {
        let (left, extensions) = taken_out(split(sql)?, network)?;
        Ok((left.iter().map(|it| it.text().to_owned()).collect(), extensions))
    }

    #[test]
    fn what_is_linked_is_there() {
        let (left, extensions) =
            taken("install json; LOAD 'icu'; force install parquet from core; select 1", false)
                .expect("they are built in");
        assert_eq!((left, extensions), (vec!["select 1".to_owned()], Vec::new()));
    }

    #[test]
    fn urls_take_the_network() {
        let sql = "INSTALL httpfs;\nLOAD httpfs;\nSELECT 1";
        let (left, extensions) = taken(sql, true).expect("it may");
        assert_eq!((left, extensions), (vec!["SELECT 1".to_owned()], vec!["httpfs".to_owned()]));
        let refused = taken(sql, false).unwrap_err();
        assert!(refused.starts_with("`INSTALL httpfs`: DuckDB opens connections"), "{refused}");
    }

    #[test]
    fn others_are_refused() {
        for sql in [
            "install shellfs from community",
            "install httpfs from 'http://example.com'",
            "load '/tmp/a.duckdb_extension'",
            "/* x */ load spatial",
            "install",
        ] {
            let refused = taken(sql, true).unwrap_err();
            assert!(refused.contains("there are the extensions"), "{refused}");
        }
    }
}
