//! Numbers in Java's spelling, which is what Kestra prints.

/// `Double.toString`: `2.5`, `1.0E9`, `NaN`. Plain from a thousandth up to ten millions, scientific outside.
pub(crate) fn double(double: f64) -> String {
    if double.is_nan() {
        return "NaN".to_owned();
    }
    if double.is_infinite() {
        return if double > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let magnitude = double.abs();
    if magnitude == 0.0 || (1e-3..1e7).contains(&magnitude) {
        return format!("{double:?}");
    }
    let scientific = format!("{double:e}");
    let (digits, exponent) = scientific.split_once('e').expect("`{:e}` prints an exponent");
    let point = if digits.contains('.') { "" } else { ".0" };
    format!("{digits}{point}E{exponent}")
}

#[cfg(test)]
mod tests {
    use super::double;

    #[test]
    fn doubles_read_as_in_java() {
        let spelled =
            [0.0, -0.0, 2.5, 100.0, 0.001, 9_999_999.0, 1e7, 1e9, 1.5e-4, -1.25e300, f64::NAN, f64::INFINITY]
                .map(double)
                .join(" ");
        insta::assert_snapshot!(spelled, @"0.0 -0.0 2.5 100.0 0.001 9999999.0 1.0E7 1.0E9 1.5E-4 -1.25E300 NaN Infinity");
    }
}
