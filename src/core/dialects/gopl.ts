import { makeAddressed } from './addressed.ts'

/** The chat of *The Go Programming Language*, ch. 8 (dialects 3.2, server 003). */
export const gopl = makeAddressed('gopl', { welcome: 'You are ', joined: ' has arrived', left: ' has left' })
