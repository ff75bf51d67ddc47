import { config } from 'zod'

/**
 * zod tries to compile its checks with `Function`, which the content policy forbids and reports. It must be told before
 * the first schema is made, so this is the first import of the page.
 */
config({ jitless: true })
