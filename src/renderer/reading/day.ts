/** What a date field holds, `YYYY-MM-DD`, as the moment that day begins here (ms since 1970); null: no date. */
export const startOfDay = (typed: string): number | null => {
  const [, year, month, day] = /^(\d{4,6})-(\d{2})-(\d{2})$/u.exec(typed.trim()) ?? []
  if (year === undefined || month === undefined || day === undefined) return null
  const date = new Date(0)
  // Years below 100 are years too, half typed as they may be.
  date.setFullYear(Number(year), Number(month) - 1, Number(day))
  date.setHours(0, 0, 0, 0)
  const real = date.getMonth() === Number(month) - 1 && date.getDate() === Number(day)
  return real ? date.getTime() : null
}

/** The day of a moment here, as a date field holds it. */
export const dayOf = (moment: number): string => {
  const date = new Date(moment)
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
