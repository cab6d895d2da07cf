//! jq's functions of numbers.

use super::{
    operate::{Made, kind, number},
    run::error,
};
use crate::{Value, compare::as_double};

/// A function of the input, or nothing when there is none of that name.
pub(super) fn of_input<'e>(name: &str, input: &Value<'e>) -> Option<Made<'e>> {
    let compute: fn(f64) -> f64 = match name {
        "floor" => f64::floor,
        "ceil" => f64::ceil,
        "round" => f64::round,
        "nearbyint" | "rint" => f64::round_ties_even,
        "trunc" => f64::trunc,
        "abs" | "fabs" => f64::abs,
        "sqrt" => f64::sqrt,
        "cbrt" => f64::cbrt,
        "log" => f64::ln,
        "log2" => f64::log2,
        "log10" => f64::log10,
        "log1p" => f64::ln_1p,
        "exp" => f64::exp,
        "exp2" => f64::exp2,
        "exp10" | "pow10" => |double| 10_f64.powf(double),
        "expm1" => f64::exp_m1,
        "sin" => f64::sin,
        "cos" => f64::cos,
        "tan" => f64::tan,
        "asin" => f64::asin,
        "acos" => f64::acos,
        "atan" => f64::atan,
        "sinh" => f64::sinh,
        "cosh" => f64::cosh,
        "tanh" => f64::tanh,
        "asinh" => f64::asinh,
        "acosh" => f64::acosh,
        "atanh" => f64::atanh,
        "significand" => |double| split(double).0 * 2.0,
        "logb" => |double| f64::from(split(double).1 - 1),
        "frexp" | "isinfinite" | "isnan" | "isnormal" => |double| double,
        _ => return None,
    };
    let Some(double) = as_double(input) else {
        return Some(Err(error(format!("{} is no number", kind(input)))));
    };
    Some(Ok(match (name, input.whole()) {
        ("floor" | "ceil" | "round" | "nearbyint" | "rint" | "trunc", Some(_)) => input.clone(),
        ("abs" | "fabs", Some(whole)) => Value::Integer(whole.wrapping_abs()),
        ("isinfinite", _) => Value::Bool(double.is_infinite()),
        ("isnan", _) => Value::Bool(double.is_nan()),
        ("isnormal", _) => Value::Bool(double.is_normal()),
        ("frexp", _) => {
            let (fraction, exponent) = split(double);
            Value::list(vec![number(fraction), Value::Integer(exponent.into())])
        }
        _ => number(compute(double)),
    }))
}

/// A function of its arguments, or nothing when there is none of that name.
pub(super) fn of_arguments<'e>(name: &str, arguments: &[Value<'e>]) -> Option<Made<'e>> {
    let compute: fn(f64, f64, f64) -> f64 = match (name, arguments.len()) {
        ("pow", 2) => |base, exponent, _| base.powf(exponent),
        ("atan2", 2) => |y, x, _| y.atan2(x),
        ("fmin", 2) => |one, other, _| one.min(other),
        ("fmax", 2) => |one, other, _| one.max(other),
        ("fmod", 2) => |one, other, _| one % other,
        ("hypot", 2) => |one, other, _| one.hypot(other),
        ("copysign", 2) => |one, other, _| one.copysign(other),
        ("ldexp" | "scalb" | "scalbln", 2) => |fraction, exponent, _| fraction * exponent.exp2(),
        ("fma", 3) => |one, other, third| one.mul_add(other, third),
        _ => return None,
    };
    let doubles: Option<Vec<f64>> = arguments.iter().map(as_double).collect();
    Some(match doubles.as_deref() {
        Some([one, other]) => Ok(number(compute(*one, *other, 0.0))),
        Some([one, other, third]) => Ok(number(compute(*one, *other, *third))),
        _ => Err(error(format!("{name} takes numbers"))),
    })
}

/// A fraction from a half up to one, and the power of two that it is multiplied with.
fn split(double: f64) -> (f64, i32) {
    if double == 0.0 || !double.is_finite() {
        return (double, 0);
    }
    let (mut fraction, mut exponent) = (double, 0);
    // At most 1,074 steps, for the smallest number there is.
    while fraction.abs() >= 1.0 {
        fraction /= 2.0;
        exponent += 1;
    }
    while fraction.abs() < 0.5 {
        fraction *= 2.0;
        exponent -= 1;
    }
    (fraction, exponent)
}
