// Regular expressions ask every ten thousand steps of each search; shorter searches do not.
(function ({ charge, construct, guard, lengthOf, min, Pattern, put, root }) {
  const PATTERN_MAX = 65536;
  const short = (pattern) => {
    if (typeof pattern === 'object' && pattern !== null && !(pattern instanceof Pattern))
      throw new TypeError('a pattern must be a text or a regular expression');
    if (typeof pattern === 'string' && pattern.length > PATTERN_MAX) throw new SyntaxError('the pattern is too long');
  };
  delete Pattern.prototype.compile;
  guard(Pattern.prototype, ['exec', 'test'], (_, given) => charge(min(lengthOf(given[0]) / 16, 250)));
  guard(String.prototype, ['match', 'matchAll', 'search'], (_, given) => short(given[0]));
  const Expression = function RegExp(pattern, flags) {
    short(pattern);
    if (new.target === undefined && pattern instanceof Pattern && flags === undefined) return pattern;
    return construct(Pattern, [pattern, flags], new.target || Expression);
  };
  Expression.prototype = Pattern.prototype;
  put(Expression, Symbol.species, Expression);
  if (Pattern.escape) put(Expression, 'escape', Pattern.escape);
  put(Pattern.prototype, 'constructor', Expression);
  put(root, 'RegExp', Expression);
})
