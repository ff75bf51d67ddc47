import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

/** One file of the built page, as it is sent. */
export interface PageFile {
  type: string
  bytes: Buffer
  /** Its name changes with its content: a browser may keep it. */
  lasting: boolean
}

/** The kinds of files a page is made of; nothing else is served. */
export const PAGE_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8'
}

/**
 * What the page may do, on any carrier: no inline code, no frames, nothing from elsewhere; strings never become code
 * (Trusted Types). `connect`: with whom it may talk by network (decision 23).
 */
export const contentPolicy = (connect: "'none'" | "'self'"): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'"
  ].join('; ')

/**
 * Every file of the built page by its path on the server. Read once: a request can only name one of these, so no path
 * leads out of the folder, and a rebuild does not change a page that is open.
 */
export const readPages = async (folder: string): Promise<Map<string, PageFile>> => {
  const pages = new Map<string, PageFile>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const type = PAGE_TYPES[extname(entry.name).toLowerCase()]
    if (!entry.isFile() || type === undefined) continue
    const file = join(entry.parentPath, entry.name)
    const path = `/${relative(folder, file).split(sep).join('/')}`
    pages.set(path, { type, bytes: await readFile(file), lasting: path.startsWith('/assets/') })
  }
  return pages
}
