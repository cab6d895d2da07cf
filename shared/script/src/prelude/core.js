// What a script finds is made here and in the files beside this one, before it runs. The engine asks whether to go on
// at each round of a loop and each call of a function in JavaScript; its own functions, in C, mostly do not ask. So
// those whose work has no bound are taken away or written in JavaScript, and those whose work grows with what they are
// given are charged for it ahead. To make all that takes longer than most scripts run: what a script does not name is
// taken away instead (`absent`: lists of a kind and its names).
(function (charge, random, now, absent) {
  const { apply, construct } = Reflect;
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const { isArray } = Array;
  const { min } = Math;
  const Text = String, Pattern = RegExp;
  const root = globalThis;

  const put = (object, name, value) =>
    defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
  const remove = (object, names) => names.forEach((name) => delete object[name]);
  // A method that is `before(this, arguments)` and then what it was, called on what that returned, if anything.
  const guard = (object, names, before) =>
    names.forEach((name) => {
      const native = object[name];
      put(object, name, { [name](...given) { return apply(native, before(this, given) ?? this, given); } }[name]);
    });

  // ---- No code from text, nothing that nobody would ever run.
  const refuse = function Function() { throw new TypeError('scripts cannot make functions of text'); };
  refuse.prototype = Function.prototype;
  for (const kind of [function () {}, function* () {}, async function () {}, async function* () {}])
    put(getPrototypeOf(kind), 'constructor', refuse);
  put(root, 'Function', refuse);
  remove(root, ['eval', 'BigInt', 'Iterator', 'queueMicrotask', 'DisposableStack', 'AsyncDisposableStack']);
  remove(Promise, ['all', 'allSettled', 'any', 'race', 'try']);
  remove(Array, ['fromAsync']);
  remove(Math, ['sumPrecise']);
  remove(Set.prototype, ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf',
    'isDisjointFrom']);
  const iterators = getPrototypeOf(getPrototypeOf([].values()));
  remove(iterators, ['chunks', 'drop', 'filter', 'flatMap', 'map', 'take', 'windows', 'every', 'find', 'forEach', 'some',
    'includes', 'join', 'reduce', 'toArray', 'constructor']);
  const silent = {};
  for (const name of ['log', 'info', 'warn', 'error', 'debug', 'trace']) silent[name] = () => {};
  put(root, 'console', silent);
  const holders = {
    arrays: [Array.prototype, Array, Object],
    texts: [String.prototype, String],
    patterns: [String.prototype, root],
    collections: [root],
    json: [root],
    dates: [root],
  };
  for (const [kind, ...names] of absent) for (const holder of holders[kind]) remove(holder, names);
  put(Math, 'random', { random() { return random(); } }.random);

  // ---- Lists: one that is empty may claim four thousand million elements.
  const lengthOf = (value) => {
    if (typeof value === 'string') return value.length;
    if (value === null || typeof value !== 'object' && typeof value !== 'function') return 0;
    for (let holder = value; holder !== null; holder = getPrototypeOf(holder)) {
      const length = getOwnPropertyDescriptor(holder, 'length');
      if (length === undefined) continue;
      if (typeof length.value === 'number') return length.value > 0 ? length.value : 0;
      if (length.value === undefined && length.get === undefined) return 0;
      throw new TypeError('the length of a list must be a number');
    }
    return 0;
  };
  const list = (self) => charge(lengthOf(self) / 4);
  guard(Array.prototype, ['join'], list);
  const textOf = (value) => typeof value === 'string' ? value : Text(value);
  return { apply, charge, construct, defineProperty, getPrototypeOf, guard, isArray, lengthOf, list, min, now, Pattern, put, root, Text, textOf };
})
