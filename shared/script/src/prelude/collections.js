// What fills a collection from an iterator calls these, and so asks whether to go on.
(function ({ guard }) {
  for (const [kind, name] of [[Set, 'add'], [WeakSet, 'add'], [Map, 'set'], [WeakMap, 'set']])
    guard(kind.prototype, [name], () => {});
})
