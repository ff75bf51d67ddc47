import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { CONTENT_SECURITY_POLICY, pageFile, servePage } from '../../src/main/page-scheme.ts'

const scratch = mkdtempSync(join(tmpdir(), 'teahouse-page-'))
const root = join(scratch, 'renderer')
mkdirSync(join(root, 'assets'), { recursive: true })
writeFileSync(join(root, 'index.html'), '<p>page</p>')
writeFileSync(join(root, 'assets/main-1.js'), 'export {}')
writeFileSync(join(root, 'assets/secret.db'), 'not for the page')
writeFileSync(join(scratch, 'outside.html'), 'outside')
mkdirSync(join(scratch, 'renderer-not'))
writeFileSync(join(scratch, 'renderer-not/x.html'), 'next door')
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const serve = servePage(root)
const get = (url: string, method = 'GET'): Promise<Response> => serve(new Request(url, { method }))

describe('the page scheme', () => {
  test('serves what was built, with its type and the policy', async () => {
    const page = await get('app://teahouse/index.html?x=1#y')
    expect(page.status).toBe(200)
    expect(await page.text()).toBe('<p>page</p>')
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    const script = await get('app://teahouse/assets/main-1.js')
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(script.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY)
  })

  test('the policy is the one agreed, word for word', () => {
    expect(CONTENT_SECURITY_POLICY).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'none'; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; " +
        "frame-ancestors 'none'; require-trusted-types-for 'script'"
    )
  })

  test('only GET, and the policy stands on refusals too', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS']) {
      const answer = await get('app://teahouse/index.html', method)
      expect(answer.status).toBe(405)
      expect(answer.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY)
    }
  })

  test.each([
    'app://teahouse/',
    'app://teahouse/assets',
    'app://teahouse/missing.html',
    'app://teahouse/assets/secret.db',
    'app://teahouse/../outside.html',
    'app://teahouse/assets/../../outside.html',
    'app://teahouse/%2e%2e/outside.html',
    'app://teahouse/..%2foutside.html',
    'app://teahouse/%2e%2e%2foutside.html',
    'app://teahouse/assets/..%5c..%5coutside.html',
    'app://teahouse/..%2frenderer-not/x.html',
    'app://teahouse/%00index.html',
    'app://teahouse/index.html%00.js',
    'app://teahouse/%zz.html',
    'app://teahouse/C:%5cx.html',
    'app://teahouse/c:/x.html',
    'app://elsewhere/index.html',
    'app://teahouse.evil.example/index.html',
    'app://teahouse:80/index.html'
  ])('nothing at %s', async (url) => {
    expect((await get(url)).status).toBe(404)
  })

  test('an absolute path stays below the root', () => {
    expect(pageFile('/srv/page', 'app://teahouse//etc/x.html')?.path).toBe('/srv/page/etc/x.html')
    expect(pageFile('/srv/page', 'app://teahouse/%2fetc/x.html')?.path).toBe('/srv/page/etc/x.html')
  })
})
