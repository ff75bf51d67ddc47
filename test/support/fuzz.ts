/** Random and mutated lines by the million: faster than a property checker, and the same again from the same seed. */

export interface Random {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number
  of<T>(list: readonly T[]): T
}

/** Mulberry32: 32 bits of state, good enough to find what nobody thought of. */
export const makeRandom = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (most: number): number => next() % most
  return {
    below,
    of: (list) => {
      const found = list[below(list.length)]
      if (found === undefined) throw new Error('an empty list')
      return found
    }
  }
}

/** The seed of this run: `TEAHOUSE_FUZZ_SEED` to see a failure again, else another one each time. */
export const fuzzSeed = (): number => Number(process.env['TEAHOUSE_FUZZ_SEED'] ?? Date.now() % 0x1_0000_0000)

const CLASSES = [
  () => 0,
  (random: Random) => random.below(0x20),
  (random: Random) => 0x20 + random.below(0x60),
  (random: Random) => 0x80 + random.below(0x80),
  (random: Random) => 0x2000 + random.below(0x70),
  (random: Random) => 0x4e00 + random.below(0x5200),
  (random: Random) => 0xd800 + random.below(0x800),
  (random: Random) => 0xff00 + random.below(0x100)
] as const

/** Long enough for every pattern twice; mutations that double a line do not go on for ever. */
const LONGEST = 400

/** A line made of the corpus: parts put together, cut, doubled, swapped, with foreign characters. Never an LF. */
export const mutant = (random: Random, corpus: readonly string[]): string => {
  let line = random.of(corpus)
  for (let steps = random.below(5); steps > 0; steps--) {
    const at = random.below(line.length + 1)
    const to = at + random.below(Math.max(1, line.length - at + 1))
    switch (random.below(7)) {
      case 0:
        line = line.slice(0, at) + line.slice(to)
        break
      case 1:
        line = line.slice(0, to) + line.slice(at)
        break
      case 2:
        line = line.slice(0, at) + random.of(corpus) + line.slice(at)
        break
      case 3:
        line = line.slice(0, at) + String.fromCharCode(random.of(CLASSES)(random)) + line.slice(at + 1)
        break
      case 4:
        line = line.slice(0, at) + random.of(corpus)
        break
      case 5:
        line = random.of(corpus) + line.slice(at)
        break
      case 6:
        line = line.slice(at) + line.slice(0, at)
        break
    }
    if (line.length > LONGEST) line = line.slice(0, LONGEST)
  }
  return line.replaceAll('\n', '')
}

/** Runs `attempt` so often; a failure tells the seed, the number of the attempt, and what it was about. */
export const fuzz = (seed: number, times: number, attempt: (n: number) => void, about: () => string): void => {
  for (let n = 0; n < times; n++) {
    try {
      attempt(n)
    } catch (cause) {
      throw new Error(`TEAHOUSE_FUZZ_SEED=${seed}, attempt ${n}, ${about()}`, { cause })
    }
  }
}

/** Lines and pieces of lines of all dialects, of commands, and of what looks like them. */
export const CORPUS: readonly string[] = [
  [
    '127.0.0.1:54321',
    '[::1]:1',
    '::ffff:1.2.3.4:5',
    '[127.0.0.1:54321]',
    '[[fe80::1%eth0]:5]',
    '1%[',
    '255.255.255.255:65535'
  ],
  ['[', ']', ':', '：', ' ', ': ', '|', '/', '"', '* ', '.', '>', '<', '\\', '`', '@', '%', '\t', '\r', '\0', '\u00ff'],
  [
    'You are 127.0.0.1:54321',
    '127.0.0.1:7 has arrived',
    '127.0.0.1:7 has left',
    '127.0.0.1:7: hello',
    '127.0.0.1:7:hello'
  ],
  ['欢迎 127.0.0.1:54321', '127.0.0.1:7 上线', '127.0.0.1:7 下线', '127.0.0.1:7: 你好'],
  ['[127.0.0.1:54321]127.0.0.1:54321:I am here', '[127.0.0.1:7]bob:login', '[127.0.0.1:7]bob:login out'],
  ['[127.0.0.1:7]bob:time out leave out', 'user list:', '127.0.0.1:7:bob', 'rename ok', 'rename refused: x'],
  ['[127.0.0.1:7]127.0.0.1:7:已上线', '[127.0.0.1:7]bob:已下线', '[127.0.0.1:7]bob:在线...', '[127.0.0.1:7]bob:hi'],
  [
    '您已更新用户名：bob',
    '当前用户名被使用了',
    '你被踢出了',
    'bob对您说psst',
    '消息格式不正确',
    '不存在该用户',
    '无消息内容，请重发'
  ],
  [
    '* Teahouse 1 Tea',
    '* bob is now known as al',
    '* bob 改名为 al',
    '* bob (private): psst',
    '* Refused: too many',
    '* Closing: idle'
  ],
  ['who', 'who ', 'rename|', 'rename|bob', 'rename', 'to|', 'to|bob', 'to|bob|', 'to|bob|hi', 'to||hi', 'to|bob|a|b'],
  [
    '/who',
    '/rename bob',
    '/to bob hi',
    '/to "bob" hi',
    '/quit',
    '//x',
    '/',
    '{"type":"say","text":"x"}',
    '{"type":',
    '{}'
  ],
  [
    'GET / HTTP/1.1',
    'SSH-2.0-x',
    '\u0016\u0003\u0001',
    'MESSAGE ',
    '<user5> ',
    "<('1.2.3.4', 5)>",
    '说:',
    '\\344\\275\\240'
  ],
  [
    '\u001b[2J',
    '\u202e',
    '\u2066',
    '\u200d',
    '\u{1f468}\u200d\u{1f469}',
    '\ud800',
    '\udc00',
    '\ufeff',
    '\u2028',
    '\u0085',
    '\u0301'
  ],
  [
    'https://example.org/x',
    'teahouse://join?host=1.2.3.4&port=8888',
    '`code`',
    'bob',
    'Ann',
    '茶馆',
    'ａｄｍｉｎ',
    'аdmin',
    ''
  ]
].flat()
