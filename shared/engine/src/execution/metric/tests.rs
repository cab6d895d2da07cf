//! The stored form.

use std::time::Duration;

use serde_json::Number;

use super::{Metric, MetricKind};

#[test]
fn what_is_plain_is_short() {
    let gauge = Metric {
        kind: MetricKind::Gauge,
        ..Metric::counter("heat", Number::from_f64(-1.5).expect("a number"))
    };
    let stored = [
        (Metric::counter("length", 5), r#"["length",5]"#),
        (Metric::timer("duration", Duration::from_micros(1_500)), r#"["duration",1,"t"]"#),
        (gauge, r#"["heat",-1.5,"g"]"#),
        (Metric::counter("rows", 2).tagged("b", "2").tagged("a", "1"), r#"["rows",2,"c",{"a":"1","b":"2"}]"#),
    ];
    for (metric, text) in stored {
        assert_eq!(serde_json::to_string(&metric).unwrap(), text);
        assert_eq!(serde_json::from_str::<Metric>(text).unwrap(), metric);
    }
    let wrong = serde_json::from_str::<Metric>(r#"["length"]"#).unwrap_err();
    assert!(wrong.to_string().starts_with("invalid length 1"), "{wrong}");
}
