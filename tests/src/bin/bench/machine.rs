//! What else goes on here: measurements on a busy machine are worth little, and the report should say so.

use std::fs;

/// What the machine did besides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Noise {
    /// The load average (runnable tasks over the last minute) before anything was started.
    pub(crate) load_before: f64,
    /// The part of the CPU time that went to other guests of the host.
    pub(crate) stolen: f64,
    pub(crate) cores: usize,
}

/// A moment from which noise is counted.
#[derive(Debug)]
pub(crate) struct Watch {
    load_before: f64,
    ticks: Ticks,
}

#[derive(Debug, Clone, Copy, Default)]
struct Ticks {
    all: f64,
    stolen: f64,
}

impl Watch {
    pub(crate) fn start() -> Self {
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load_before = load.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0.0);
        Self { load_before, ticks: Ticks::read() }
    }

    pub(crate) fn stop(self) -> Noise {
        let now = Ticks::read();
        let all = (now.all - self.ticks.all).max(1.0);
        Noise {
            load_before: self.load_before,
            stolen: (now.stolen - self.ticks.stolen) / all,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

impl Ticks {
    fn read() -> Self {
        Self::parse(&fs::read_to_string("/proc/stat").unwrap_or_default())
    }

    /// The first line: `cpu user nice system idle iowait irq softirq steal …` (guest time is in user time already).
    fn parse(stat: &str) -> Self {
        let line = stat.lines().next().unwrap_or_default();
        let fields: Vec<f64> =
            line.split_whitespace().skip(1).take(8).filter_map(|field| field.parse().ok()).collect();
        Self { all: fields.iter().sum(), stolen: fields.get(7).copied().unwrap_or(0.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stolen_time_is_the_eighth_field() {
        let ticks = Ticks::parse("cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
        assert!((ticks.all - 36.0).abs() < f64::EPSILON && (ticks.stolen - 8.0).abs() < f64::EPSILON);
    }
}
