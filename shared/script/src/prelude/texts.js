// To look for one text in another takes the product of their lengths, at worst.
(function ({ charge, guard, lengthOf, min, Pattern, put, Text, textOf }) {
  const search = (self, given) => {
    if (self === undefined || self === null) return self;
    const text = textOf(self);
    let needle = 0;
    if (!(given[0] instanceof Pattern)) { given[0] = textOf(given[0]); needle = given[0].length; }
    charge(text.length / 64 + text.length * needle / 512);
    return text;
  };
  const fold = (self, given) => {
    if (self === undefined || self === null) return self;
    const text = textOf(self);
    if (given[0] !== undefined) given[0] = textOf(given[0]);
    const length = text.length + lengthOf(given[0]);
    charge(length * length / 64);
    return text;
  };
  const LONGEST = 0x40000000;
  const fill = (_, given) => { given[0] = min(+given[0] || 0, LONGEST); charge(given[0] / 256); };
  const repeat = (self, given) => {
    if (self === undefined || self === null) return self;
    const text = textOf(self);
    given[0] = +given[0];
    if (given[0] > 0) charge(min(given[0] * text.length, LONGEST) / 256);
    return text;
  };
  guard(String.prototype, ['indexOf', 'lastIndexOf', 'includes', 'split', 'replace', 'replaceAll'], search);
  guard(String.prototype, ['normalize', 'localeCompare'], fold);
  guard(String.prototype, ['padStart', 'padEnd'], fill);
  guard(String.prototype, ['repeat'], repeat);
  put(String, 'raw', {
    raw({ raw }, ...values) {
      let out = '';
      const length = lengthOf(raw);
      for (let at = 0; at < length; at++) out += Text(raw[at]) + (at + 1 < length && at < values.length ? Text(values[at]) : '');
      return out;
    },
  }.raw);
})
