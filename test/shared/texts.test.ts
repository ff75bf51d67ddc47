import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { texts } from '../../src/shared/texts/index.ts'

const root = resolve(import.meta.dirname, '../../src')

type Area = keyof (typeof texts)['en']
interface Catalogue {
  [key: string]: string | Catalogue
}

/** `a.b.c` → sentence. */
const flat = (catalogue: Catalogue, prefix = ''): Map<string, string> =>
  new Map(
    Object.entries(catalogue).flatMap(([key, value]) =>
      typeof value === 'string' ? [[`${prefix}${key}`, value] as const] : [...flat(value, `${prefix}${key}.`)]
    )
  )

const AREAS: Area[] = ['terms', 'shell', 'conversation', 'frame', 'record']
/** Counted in the way of each language: English "and 3 others", Chinese 等 5 人. */
const COUNTED_OTHERWISE = new Set(['log.namesMore_other'])
const placeholders = (sentence: string): string[] => (sentence.match(/\{\{\w+\}\}/gu) ?? []).toSorted()

/** What the program says: in each file, the areas it speaks of and every literal in it that may be a key. */
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/u.test(name) && !/shared\/texts/u.test(name.replaceAll('\\', '/')))
  .map((name) => readFileSync(join(root, name), 'utf8'))
const SPEAKS: Record<Area, RegExp> = {
  terms: /useWords\('terms'\)|Words<'terms'>|['`]terms:|\{ terms \}/u,
  shell: /wordsIn|\bSay\b/u,
  conversation: /useWords\('conversation'\)|Words<'conversation'>|['`]conversation:/u,
  frame: /useWords\('frame'\)|Words<'frame'>|['`]frame:/u,
  record: /\brecord\b[^\n]*= texts\[|texts\[\w+\]\.record\b/u
}
const keysOf = (source: string): RegExp[] =>
  // Apart: one template may hold another literal.
  [
    ...source.matchAll(/'([\w.:-]+)'/gu),
    ...source.matchAll(/\b(?:words|terms|record)\.([\w.]+)/gu),
    ...source.matchAll(/`((?:[\w.:-]|\$\{[^}]+\})+)`/gu)
  ].map((found) => {
    const key = (found[1] ?? '').replace(/^(?:terms|shell|conversation|frame):/u, '')
    const parts = key
      .replace(/_(?:one|other)$/u, '')
      .split(/\$\{[^}]+\}/u)
      .map((part) => part.replaceAll('.', '\\.'))
    return new RegExp(`^${parts.join('[^.]+')}$`, 'u')
  })
const said = new Map<string, RegExp[]>(
  AREAS.map((area) => [area, sources.filter((source) => SPEAKS[area].test(source)).flatMap((source) => keysOf(source))])
)

describe.each(AREAS)('the words of %s', (area) => {
  test('are all said somewhere', () => {
    const keys = [...flat(texts.en[area]).keys()].map((key) => key.replace(/_(?:one|other)$/u, ''))
    const unused = keys.filter((key) => !said.get(area)?.some((pattern) => pattern.test(key)))
    expect(unused).toEqual([])
  })

  test('have the same places to fill in both languages', () => {
    const english = flat(texts.en[area])
    for (const [key, sentence] of flat(texts['zh-CN'][area]))
      if (!COUNTED_OTHERWISE.has(key))
        expect([key, placeholders(sentence)]).toEqual([key, placeholders(english.get(key) ?? '')])
  })

  test('leave no English behind in Chinese', () => {
    // Names of programs, protocols, systems and keys are the same everywhere.
    const names =
      /\b(?:Teahouse|JSON Lines|macOS|Windows|TCP|IP|HTTPS?|https?|UTF-8|GB18030|Big5|Shift_JIS|Latin-1|netcat|telnet|nc|host:port|Go|gopl-zh|gopl|iamhere|im|relay|plain|Golang-IM-System|The Go Programming Language|I am here|Enter|Shift|Ctrl|Esc|who|rename|to|help)\b/gu
    const left = [...flat(texts['zh-CN'][area])]
      .map(([key, sentence]) => [key, sentence.replace(/\{\{\w+\}\}/gu, '').replace(names, '')] as const)
      .filter(([, sentence]) => /[a-z]{2,}/iu.test(sentence))
    expect(left).toEqual([])
  })
})
