// To look for one text in another takes the product of their lengths, at worst.
(function ({ apply, charge, guard, lengthOf, min, Pattern, put, Text, textOf }) {
  // A pattern brings its own method; anything else is a text from here on, whatever it would like to be later.
  const seek = (name, symbol) => {
    const native = String.prototype[name];
    put(String.prototype, name, { [name](...given) {
      if (this === undefined || this === null) return apply(native, this, given);
      const text = textOf(this), wanted = given[0];
      if (typeof wanted === 'object' && wanted !== null) {
        const method = symbol && wanted[symbol];
        if (name === 'includes' && wanted instanceof Pattern || name === 'replaceAll' && wanted.global === false)
          throw new TypeError(`${name} does not take this regular expression`);
        if (method !== undefined && method !== null) return apply(method, wanted, [text, given[1]]);
      }
      given[0] = textOf(wanted);
      charge(text.length / 64 + text.length * given[0].length / 512);
      return apply(native, text, name === 'split' && wanted === undefined ? [] : given);
    } }[name]);
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
  for (const name of ['indexOf', 'lastIndexOf', 'includes']) seek(name);
  seek('split', Symbol.split);
  seek('replace', Symbol.replace);
  seek('replaceAll', Symbol.replace);
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
