//! Flows that come as JSON objects: kept as YAML, so that a person can go on editing them.
//!
//! Kestra: the source of such a flow is synthesised from the object.

use serde_json::Value as Json;

use crate::error::Error;

/// The YAML that means the same as a JSON text; the text itself when the writer and the reader of YAML do not agree
/// on it (an unquoted `yes` is a text to one and a boolean to the other). JSON is YAML as well.
pub(crate) fn to_yaml(text: &str) -> Result<String, Error> {
    let json: Json = serde_json::from_str(text).map_err(|error| Error::Json(error.to_string()))?;
    let yaml = serde_yaml::to_string(&json).map_err(|error| Error::Json(error.to_string()))?;
    let same = engine::yaml::read(&yaml).is_ok_and(|node| node.to_json() == json);
    Ok(if same { yaml } else { text.to_owned() })
}

/// The same refusal without lines and columns: they are of a text its sender never saw.
pub(crate) fn without_positions(error: service::Error) -> service::Error {
    match error {
        service::Error::Invalid(mut invalid) => {
            for problem in &mut invalid.problems {
                problem.at = None;
            }
            service::Error::Invalid(invalid)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::to_yaml;

    #[test]
    fn a_flow_object_becomes_yaml_that_means_the_same() {
        let yaml = to_yaml(r#"{"id":"a","tasks":[{"id":"t","message":"one\ntwo"}],"n":1.5}"#).unwrap();
        assert_eq!(yaml, "id: a\ntasks:\n- id: t\n  message: |-\n    one\n    two\nn: 1.5\n");
    }

    #[test]
    fn what_would_be_read_differently_stays_json() {
        for text in [r#"{"a":"yes"}"#, r#"{"a":"12:30"}"#, r#"{"a":"0777"}"#, r#"{"a":"~"}"#, r#"{"y":"y"}"#]
        {
            let kept = to_yaml(text).unwrap();
            let read = engine::yaml::read(&kept).unwrap().to_json();
            assert_eq!(read, serde_json::from_str::<serde_json::Value>(text).unwrap(), "{kept}");
        }
    }
}
