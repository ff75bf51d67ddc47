/** Go walks a map in an order of its own each time; nobody may rely on one. */
export const shuffled = <T>(items: Iterable<T>): T[] => {
  const all = [...items]
  for (let at = all.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1))
    const [a, b] = [all[at], all[other]]
    if (a !== undefined && b !== undefined) [all[at], all[other]] = [b, a]
  }
  return all
}
