//! Chance, from the seed of the rendering: the same seed gives the same values.

#![allow(clippy::unnecessary_wraps, reason = "all functions have one signature")]

use crate::{
    Value,
    eval::{Halt, Outcome},
    invocation::Invocation,
};

/// Sebastiano Vigna's `SplitMix64`: one addition and two multiplications for 64 well-mixed bits.
#[derive(Debug, Default)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn next_wide(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }
}

/// A random UUID (version 4).
pub(super) fn uuid<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let bits = call.evaluator.state.chance.next_wide();
    let bits = bits & !(0xF << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    Ok(Value::text(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])))
}

/// A random id in the shape of Kestra's: 22 letters and digits.
pub(super) fn id<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = call.evaluator.state.chance.next_wide();
    let mut letters = [0; 22];
    for letter in letters.iter_mut().rev() {
        *letter = ALPHABET[usize::try_from(rest % 62).expect("less than 62")];
        rest /= 62;
    }
    Ok(Value::text(letters.map(char::from).iter().collect::<String>()))
}

/// A number among those that systems give to ports for a while. Nothing is reserved and nothing is looked at: the
/// expression is rendered here, and the port is opened by whoever reads it, perhaps elsewhere.
pub(super) fn random_port<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    const PORTS: std::ops::RangeInclusive<u64> = 49_152..=65_535;
    let count = PORTS.end() - PORTS.start() + 1;
    let port = PORTS.start() + call.evaluator.state.chance.next() % count;
    Ok(Value::Integer(port.cast_signed()))
}

/// A whole number from `lower` up to but without `upper`.
pub(super) fn random_int<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let (lower, upper) = (call.integer(0)?, call.integer(1)?);
    if lower >= upper {
        return Err(Halt::failed(format!(
            "In 'randomInt' lower ({lower}) must be less than upper ({upper})"
        )));
    }
    let offset = call.evaluator.state.chance.next() % upper.abs_diff(lower);
    Ok(Value::Integer(lower.wrapping_add_unsigned(offset)))
}
