// Regular expressions ask every ten thousand steps of each search; shorter searches do not, and to read one may take the
// square of its length.
(function ({ apply, charge, construct, guard, lengthOf, min, Pattern, put, root, Text, textOf }) {
  const PATTERN_MAX = 65536;
  const short = (pattern) => {
    if (pattern === undefined) return pattern;
    const text = textOf(pattern);
    if (text.length > PATTERN_MAX) throw new SyntaxError('the pattern is too long');
    return text;
  };
  delete Pattern.prototype.compile;
  guard(Pattern.prototype, ['exec', 'test'], (_, given) => charge(min(lengthOf(given[0]) / 16, 250)));
  for (const name of ['match', 'matchAll', 'search']) {
    const native = String.prototype[name], symbol = Symbol[name];
    put(String.prototype, name, { [name](pattern) {
      if (this !== undefined && this !== null && typeof pattern === 'object' && pattern !== null) {
        const method = pattern[symbol];
        if (name === 'matchAll' && pattern.global === false) throw new TypeError('matchAll needs the flag g');
        if (method !== undefined && method !== null) return apply(method, pattern, [Text(this)]);
      }
      return apply(native, this, [short(pattern)]);
    } }[name]);
  }
  const Expression = function RegExp(pattern, flags) {
    if (pattern instanceof Pattern) {
      if (new.target === undefined && flags === undefined) return pattern;
      if (flags === undefined) flags = pattern.flags;
      pattern = pattern.source;
    }
    return construct(Pattern, [short(pattern), flags], new.target || Expression);
  };
  Expression.prototype = Pattern.prototype;
  put(Expression, Symbol.species, Expression);
  if (Pattern.escape) put(Expression, 'escape', Pattern.escape);
  put(Pattern.prototype, 'constructor', Expression);
  put(root, 'RegExp', Expression);
})
