/**
 * The shape a translation must have: every key of the English one, with a sentence. A missing or invented key does
 * not compile. Chinese has no singular, so keys that end in `_one` are left out there.
 */
export type Same<T> = {
  [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string ? string : Same<T[K]>
}
