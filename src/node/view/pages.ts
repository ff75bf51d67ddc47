import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

/** One file of the built page, as it is sent. */
export interface PageFile {
  type: string
  bytes: Buffer
  /** Its name changes with its content: a browser may keep it. */
  lasting: boolean
}

const TYPES: Record<string, string> = {
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
 * Every file of the built page by its path on the server. Read once: a request can only name one of these, so no path
 * leads out of the folder, and a rebuild does not change a page that is open.
 */
export const readPages = async (folder: string): Promise<Map<string, PageFile>> => {
  const pages = new Map<string, PageFile>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const file = join(entry.parentPath, entry.name)
    const path = `/${relative(folder, file).split(sep).join('/')}`
    pages.set(path, { type, bytes: await readFile(file), lasting: path.startsWith('/assets/') })
  }
  return pages
}
