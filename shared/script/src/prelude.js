// What a script finds is made here, before it runs. The engine asks whether to go on at each round of a loop and each
// call of a function in JavaScript; its own functions, in C, mostly do not ask. So those whose work has no bound are
// taken away or written in JavaScript, and those whose work grows with what they are given are charged for it ahead.
(function (charge, random, now) {
  'use strict';
  const { apply, construct } = Reflect;
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const { isArray } = Array;
  const { min } = Math;
  const Text = String, Pattern = RegExp, NativeDate = Date;
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

  // ---- Arrays: one that is empty may claim four thousand million elements.
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
  guard(Array.prototype, ['copyWithin', 'fill', 'join', 'reverse', 'slice', 'splice', 'sort', 'toLocaleString',
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

  // ---- Collections: what fills them from an iterator calls these, and so asks.
  for (const [kind, name] of [[Set, 'add'], [WeakSet, 'add'], [Map, 'set'], [WeakMap, 'set']])
    guard(kind.prototype, [name], () => {});
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

  // ---- Texts: to look for one in another takes the product of their lengths, at worst.
  const textOf = (value) => typeof value === 'string' ? value : Text(value);
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

  // ---- Regular expressions ask every ten thousand steps of each search; shorter searches do not.
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

  // ---- JSON
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

  // ---- Chance, and time: the moment is an argument, the zone UTC.
  put(Math, 'random', { random() { return random(); } }.random);
  const { UTC } = NativeDate;
  const dates = NativeDate.prototype;
  const { getTime, setTime, toUTCString } = dates;
  const clocked = /\d:\d/;
  const zoned = /(?:Z|UTC?|GMT|[ECMP][SD]T|[+-]\d\d(?::?\d\d)?)\s*(?:\(.*\))?$/i;
  const isoDay = /^[+-]?\d{4,6}(?:-\d\d){0,2}$/;
  const local = ['getFullYear', 'getMonth', 'getDate', 'getHours', 'getMinutes', 'getSeconds', 'getMilliseconds']
    .map((name) => dates[name]);
  const native = NativeDate.parse;
  // A text that names no zone was read in the machine's: its fields are read back and meant as UTC.
  const parse = (text) => {
    const time = native(text);
    if (time !== time) return time;
    const has = (pattern) => is(pattern, text);
    if (has(clocked) ? has(zoned) : has(isoDay)) return time;
    const date = new NativeDate(time);
    const fields = local.map((field) => apply(field, date, []));
    const moved = UTC(...fields);
    return fields[0] >= 0 && fields[0] < 100 ? withYear(moved, fields[0]) : moved;
  };
  const exec = Pattern.prototype.exec;
  const is = (pattern, text) => apply(exec, pattern, [text]) !== null;
  const setUTCFullYear = dates.setUTCFullYear;
  const withYear = (time, year) => { const date = new NativeDate(time); return apply(setUTCFullYear, date, [year]); };
  const moment = (given) => {
    if (given.length === 0) return now;
    if (given.length > 1) return UTC(...given);
    let value = given[0];
    if (value instanceof NativeDate) return apply(getTime, value, []);
    if (typeof value === 'object' && value !== null) value = toPrimitive(value);
    return typeof value === 'string' ? parse(value) : value;
  };
  const toPrimitive = (value) => {
    const custom = value[Symbol.toPrimitive];
    if (custom !== undefined && custom !== null) return apply(custom, value, ['default']);
    const plain = value.valueOf();
    return typeof plain === 'object' ? Text(value) : plain;
  };
  const Clock = function Date(...given) {
    if (new.target === undefined) return apply(written, new NativeDate(now), []);
    return construct(NativeDate, [moment(given)], new.target);
  };
  Clock.prototype = dates;
  put(Clock, 'UTC', UTC);
  put(Clock, 'now', { now() { return now; } }.now);
  put(Clock, 'parse', { parse(text) { return parse(Text(text)); } }.parse);
  put(dates, 'constructor', Clock);
  put(root, 'Date', Clock);
  for (const field of ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'])
    for (const verb of ['get', 'set'])
      if (dates[verb + 'UTC' + field]) put(dates, verb + field, dates[verb + 'UTC' + field]);
  put(dates, 'getTimezoneOffset', { getTimezoneOffset() { return apply(getTime, this, []) * 0; } }.getTimezoneOffset);
  const getUTCFullYear = dates.getUTCFullYear;
  put(dates, 'getYear', { getYear() { return apply(getUTCFullYear, this, []) - 1900; } }.getYear);
  delete dates.setYear;
  const splitAt = String.prototype.slice;
  // `Sun, 22 Nov 2026 00:11:58 GMT` in the pieces that the other forms are made of.
  const pieces = (date) => {
    const text = apply(toUTCString, date, []);
    if (text === 'Invalid Date') return null;
    const from = (start, end) => apply(splitAt, text, [start, end]);
    return { day: from(0, 3), date: from(5, 7), month: from(8, 11), year: from(12, -13), time: from(-12, -4) };
  };
  const form = (name, make) =>
    put(dates, name, { [name]() { const p = pieces(this); return p === null ? 'Invalid Date' : make(p, this); } }[name]);
  const day = (p) => `${p.day} ${p.month} ${p.date} ${p.year}`;
  const time = (p) => `${p.time} GMT+0000 (UTC)`;
  form('toString', (p) => `${day(p)} ${time(p)}`);
  form('toDateString', day);
  form('toTimeString', time);
  const written = dates.toString;
  const { getUTCMonth, getUTCDate, getUTCHours } = dates;
  const localeDay = (p, date) => `${apply(getUTCMonth, date, []) + 1}/${apply(getUTCDate, date, [])}/${+p.year}`;
  const localeTime = (p, date) => {
    const hours = apply(getUTCHours, date, []);
    return `${hours % 12 || 12}${apply(splitAt, p.time, [2])} ${hours < 12 ? 'AM' : 'PM'}`;
  };
  form('toLocaleDateString', localeDay);
  form('toLocaleTimeString', localeTime);
  form('toLocaleString', (p, date) => `${localeDay(p, date)}, ${localeTime(p, date)}`);
})
