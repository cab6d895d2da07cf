//! The calendars, a country to a file.

mod at;
mod au;
mod be;
mod br;
mod ca;
mod ch;
mod cz;
mod de;
mod dk;
mod es;
mod fi;
mod fr;
mod gb;
mod ie;
mod it;
mod jp;
mod lu;
mod nl;
mod no;
mod nz;
mod pl;
mod pt;
mod se;
mod us;

use super::{Country, region, rule};

/// By code.
pub(super) static COUNTRIES: [&Country; 24] = [
    &at::AUSTRIA,
    &au::AUSTRALIA,
    &be::BELGIUM,
    &br::BRAZIL,
    &ca::CANADA,
    &ch::SWITZERLAND,
    &cz::CZECHIA,
    &de::GERMANY,
    &dk::DENMARK,
    &es::SPAIN,
    &fi::FINLAND,
    &fr::FRANCE,
    &gb::UNITED_KINGDOM,
    &ie::IRELAND,
    &it::ITALY,
    &jp::JAPAN,
    &lu::LUXEMBOURG,
    &nl::NETHERLANDS,
    &no::NORWAY,
    &nz::NEW_ZEALAND,
    &pl::POLAND,
    &pt::PORTUGAL,
    &se::SWEDEN,
    &us::UNITED_STATES,
];

// Feasts that move with Easter.
const MAUNDY_THURSDAY: rule::Rule = rule::easter(-3);
const GOOD_FRIDAY: rule::Rule = rule::easter(-2);
const EASTER_SATURDAY: rule::Rule = rule::easter(-1);
const EASTER: rule::Rule = rule::easter(0);
const EASTER_MONDAY: rule::Rule = rule::easter(1);
const ASCENSION: rule::Rule = rule::easter(39);
const PENTECOST: rule::Rule = rule::easter(49);
const WHIT_MONDAY: rule::Rule = rule::easter(50);
const CORPUS_CHRISTI: rule::Rule = rule::easter(60);
