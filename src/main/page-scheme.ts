import { readFile } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'
import { contentPolicy, PAGE_TYPES } from '../node/view/pages.ts'

/** The page has a scheme of its own: `file://` would give it the disk, http a network. */
export const PAGE_SCHEME = 'app'
export const PAGE_ORIGIN = 'app://teahouse'
export const PAGE_URL = `${PAGE_ORIGIN}/index.html`

/** No network at all. */
export const CONTENT_SECURITY_POLICY = contentPolicy("'none'")

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store'
}
const refuse = (status: number): Response => new Response(null, { status, headers: HEADERS })

/**
 * The file below `root` that a request means, or null: another host, a path that leaves the root in any spelling, a
 * kind of file the page does not have.
 */
export const pageFile = (root: string, url: string): { path: string; type: string } | null => {
  // The parser drops `..` segments; here the request is judged as it came.
  if (!url.startsWith(`${PAGE_ORIGIN}/`)) return null
  let name: string
  try {
    name = decodeURIComponent(url.slice(PAGE_ORIGIN.length + 1).replace(/[?#].*$/s, ''))
  } catch {
    // A percent sign without its digits names no file.
    return null
  }
  const type = PAGE_TYPES[extname(name).toLowerCase()]
  if (type === undefined || /[\0\\:]/.test(name) || name.split('/').includes('..')) return null
  const base = resolve(root)
  const path = join(base, name)
  return path.startsWith(base + sep) ? { path, type } : null
}

/** Answers the page's requests from the files below `root`: GET only, with the content policy on every answer. */
export const servePage =
  (root: string) =>
  async (request: Request): Promise<Response> => {
    if (request.method !== 'GET') return refuse(405)
    const file = pageFile(root, request.url)
    if (!file) return refuse(404)
    try {
      return new Response(await readFile(file.path), { headers: { ...HEADERS, 'content-type': file.type } })
    } catch {
      // Not there: the page asked for a file that was not built.
      return refuse(404)
    }
  }
