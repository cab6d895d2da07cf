//! How long things took: percentiles of one sample, medians over rounds.

use std::time::Duration;

/// Every single duration, so that a percentile is one that happened.
#[derive(Debug, Default)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn record(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub(crate) fn merge(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The smallest duration, in milliseconds, that `percent` of all do not exceed (nearest rank). NaN of nothing.
    pub(crate) fn percentile_ms(&mut self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100).max(1) - 1;
        if rank >= self.0.len() {
            return f64::NAN;
        }
        self.0.select_nth_unstable(rank).1.as_secs_f64() * 1e3
    }
}

/// The middle value, or the mean of the two in the middle. NaN of nothing.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    match (values.len() / 2, values.len() % 2) {
        (0, 0) => f64::NAN,
        (middle, 0) => f64::midpoint(values[middle - 1], values[middle]),
        (middle, _) => values[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_nearest_rank() {
        let mut latencies = Latencies::default();
        assert!(latencies.percentile_ms(50).is_nan());
        for ms in (1..=200).rev() {
            latencies.record(Duration::from_millis(ms));
        }
        let percentiles = [50, 99, 100].map(|percent| latencies.percentile_ms(percent).to_string());
        assert_eq!(percentiles, ["100", "198", "200"]);
    }

    #[test]
    fn a_median_is_in_the_middle() {
        assert!(median([]).is_nan());
        let exactly =
            |values: &[f64], middle: f64| (median(values.iter().copied()) - middle).abs() < f64::EPSILON;
        assert!(exactly(&[3.0, 1.0, 2.0], 2.0) && exactly(&[4.0, 1.0, 2.0, 3.0], 2.5));
    }
}
