// JSON is as much work as it is long.
(function ({ apply, charge, guard, isArray, list, put }) {
  guard(JSON, ['parse'], (_, given) => { if (typeof given[0] === 'string') charge(given[0].length / 8); });
  const stringify = JSON.stringify;
  put(JSON, 'stringify', {
    stringify(value, replacer, space) {
      if (isArray(replacer)) list(replacer);
      const text = apply(stringify, JSON, [value, replacer, space]);
      if (text !== undefined) charge(text.length / 8);
      return text;
    },
  }.stringify);
})
