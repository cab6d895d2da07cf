// The moment is an argument, the zone UTC.
(function ({ apply, construct, now, Pattern, put, root, Text }) {
  const NativeDate = Date;
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
