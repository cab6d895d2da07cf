// Methods of arrays whose work grows with the length, and what is made of lists.
(function ({ apply, charge, defineProperty, guard, isArray, lengthOf, list, put }) {
  guard(Array.prototype, ['copyWithin', 'fill', 'reverse', 'slice', 'splice', 'sort', 'toLocaleString',
    'toReversed', 'toSorted', 'toSpliced', 'with'], list);
  guard(Array.prototype, ['shift', 'unshift'], (self) => charge(lengthOf(self) / (isArray(self) ? 64 : 1)));
  guard(Array.prototype, ['concat'], (self, given) => {
    list(self);
    for (let at = 0; at < given.length; at++) list(given[at]);
  });
  guard(Array, ['from'], (_, given) => list(given[0]));
  const map = Array.prototype.map;
  const flatten = (out, from, depth) => {
    const length = lengthOf(from);
    for (let at = 0; at < length; at++) {
      if (!(at in from)) continue;
      const value = from[at];
      if (depth >= 1 && isArray(value)) flatten(out, value, depth - 1);
      else defineProperty(out, out.length, { value, writable: true, configurable: true, enumerable: true });
    }
    return out;
  };
  put(Array.prototype, 'flat', { flat(depth = 1) { return flatten([], this, +depth); } }.flat);
  put(Array.prototype, 'flatMap', {
    flatMap(callback, self) { return flatten([], apply(map, this, [callback, self]), 1); },
  }.flatMap);
  put(Object, 'fromEntries', {
    fromEntries(entries) {
      const out = {};
      for (const entry of entries) {
        if (entry === null || typeof entry !== 'object') throw new TypeError('an entry must be a list of name and value');
        defineProperty(out, entry[0], { value: entry[1], writable: true, configurable: true, enumerable: true });
      }
      return out;
    },
  }.fromEntries);
})
