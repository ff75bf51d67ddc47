import { NEWLINE, serve, type Peer, type ReferenceServer, type ServerOptions } from './base.ts'
import { shuffled } from './shuffled.ts'

/**
 * 002, the "Golang-IM-System" family (dialects 3.4, 5.1): one read is one message, its last byte is thrown away;
 * private and kick texts have no LF; `to|al` kills the process when there is an al; 10 s of silence kick, and
 * several kicks at the same moment kill the process too.
 */

export interface ImWording {
  message: (name: string, text: string) => string
  /** Broadcast in the newcomer's own name, as any message. */
  join: string
  leave: string
  /** The whole row. */
  row: (address: string, name: string) => string
  /** Before the rows; the asker may be left out of them. */
  listHead?: (count: number) => string
  listWithoutAsker?: boolean
  renamed: (name: string) => string
  /** Said by the renamed one to everybody. */
  renameAnnounced?: (name: string) => string
  taken: (name: string) => string
  takenEndsLine: boolean
  whisper: (from: string, text: string) => string
  whisperEndsLine: boolean
  whisperSent?: (to: string, text: string) => string
  kick: string
}

const SEED: ImWording = {
  message: (name, text) => `${name}:${text}`,
  join: '已上线',
  leave: '已下线',
  row: (address, name) => `[${address}]${name}:在线...`,
  renamed: (name) => `您已更新用户名：${name}`,
  taken: () => '当前用户名被使用了',
  takenEndsLine: true,
  whisper: (from, text) => `${from}对您说${text}`,
  whisperEndsLine: false,
  kick: '你被踢出了'
}

/** Wordings of the forks in dialects 5.1; each string of that table is spoken by one of them. */
export const IM_WORDINGS: Record<string, ImWording> = {
  seed: SEED,
  common: {
    ...SEED,
    leave: '下线',
    renamed: (name) => `您已经更新用户名:${name}`,
    taken: () => '当前用户名已被使用',
    whisper: (from, text) => `${from}对您说:${text}`,
    kick: '你被踢了'
  },
  blank: {
    ...SEED,
    message: (name, text) => `${name}: ${text}`,
    join: '上线',
    leave: '下线',
    row: (address, name) => `[${address}]${name}: 在线..`,
    renamed: (name) => `您已经更新用户名：${name}`,
    taken: () => '当前用户名已经存在',
    takenEndsLine: false,
    whisper: (from, text) => `${from}对您说：${text}`,
    kick: '你被踢了'
  },
  english: {
    ...SEED,
    join: 'is online',
    leave: 'is offline',
    row: (address, name) => `[${address}]${name}:online...`,
    renamed: (name) => `Update user name to ${name}.`,
    taken: () => 'The new name has been used.',
    whisper: (from, text) => `${from} say: ${text}`,
    whisperEndsLine: true,
    kick: 'You will be offline.'
  },
  spaced: {
    ...SEED,
    message: (name, text) => `${name} : ${text}`,
    join: 'online',
    leave: 'offline',
    row: (address, name) => `[${address}]${name} online`,
    renamed: (name) => `update username successfully: ${name}`,
    taken: () => 'username has been used',
    whisper: (from, text) => `[private]${from}:${text}`,
    whisperEndsLine: true,
    kick: 'you have been kicked offline'
  },
  exclaiming: {
    ...SEED,
    join: 'User is online!',
    leave: 'This user is offline.',
    row: (address, name) => `[${address}]${name} is online.`,
    renamed: (name) => `Your name has been updated to "${name}".`,
    taken: () => 'This name has been used',
    whisper: (from, text) => `${from} sent a private message to you: ${text}`,
    whisperEndsLine: true,
    whisperSent: (to, text) => `You sent a private message to ${to}: ${text}`,
    kick: 'You are idle for too long, force quit.'
  },
  wordy: {
    ...SEED,
    join: 'This user is online!',
    leave: 'This user is offline.',
    row: (address, name) => `[${address}]${name}: This user is currently online.`,
    renamed: (name) => `Your name ${name} update succeeded`,
    taken: (name) => `The new name "${name}" you input already exists, rename fails.`,
    whisper: (from, text) => `${from} send to you : ${text}`,
    whisperEndsLine: true,
    kick: 'Your time is up'
  },
  saying: {
    ...SEED,
    message: (name, text) => `${name}说:${text}`,
    join: '我上线了',
    leave: '我下线了',
    row: (_address, name) => `[${name}]在线中`,
    listHead: (count) => `实际在线:${count}人`,
    listWithoutAsker: true,
    renamed: (name) => `成功改名为:${name}`,
    renameAnnounced: (name) => `我改名为${name}`,
    taken: () => '该用户名已经存在!',
    whisper: (from, text) => `${from}私信：${text}`,
    whisperEndsLine: true,
    whisperSent: () => '发送成功',
    kick: '你被踢了'
  },
  signing: {
    ...SEED,
    join: ' Sign in ',
    leave: ' Sign out ',
    renamed: (name) => `您已经更新用户名为:${name}`,
    taken: () => '用户名已存在..',
    whisper: (from, text) => `${from} 对您说: ${text}`,
    kick: '你被踢了'
  },
  modest: {
    ...SEED,
    renamed: (name) => `用户名已修改为: ${name}`,
    taken: () => '用户名已经被使用',
    whisper: (from, text) => `${from}对你说:${text}`,
    kick: '你被踢了'
  }
}

export interface ImOptions extends ServerOptions {
  /** Milliseconds of silence until the kick; 10,000 as written. */
  idleMs?: number
  wording?: ImWording
  /** LF bytes between the kick text and the FIN: 30 and more were seen. */
  kickBurst?: number
  /** The newcomer's own join line comes so much later (ms) than everything else. */
  ownJoinLateMs?: number
  /** What others say between the newcomer's connection and his own first line. */
  early?: string
  /** Three kicks at the same moment kill the process, as they did 8 of 8 times with five. */
  diesOfSimultaneousKicks?: boolean
}

export interface ImServer extends ReferenceServer {
  /** The silence of this member has lasted too long, now. */
  readonly kick: (address: string) => void
}

interface State {
  name: string
  idle: { cancel: () => void }
  online: boolean
}

const IDLE_MS = 10_000
const READ_BYTES = 4096
/** Kicks closer together than this meet in the same scheduling of the process (staggered by 50 ms: none of 8). */
const SAME_MOMENT_MS = 20
const DEADLY_KICKS = 3

export const startIm = async (options: ImOptions = {}): Promise<ImServer> => {
  const wording = options.wording ?? SEED
  const idleMs = options.idleMs ?? IDLE_MS
  const states = new Map<Peer, State>()
  const online = new Map<string, Peer>()
  const kicks: number[] = []
  let kick: (peer: Peer) => void = () => undefined

  const server = await serve(options, (house) => {
    const tell = (line: string | Uint8Array, but?: Peer): void => {
      const bytes = Buffer.concat([typeof line === 'string' ? Buffer.from(line) : line, NEWLINE])
      for (const peer of shuffled(online.values())) if (peer !== but) house.write(peer, bytes)
    }
    const leave = (peer: Peer, state: State): void => {
      if (!state.online) return
      state.online = false
      if (online.get(state.name) === peer) online.delete(state.name)
      tell(`[${peer.address}]${wording.message(state.name, wording.leave)}`)
    }
    kick = (peer) => {
      const state = states.get(peer)
      if (state === undefined || !peer.open) return
      state.idle.cancel()
      const now = performance.now()
      kicks.push(now)
      const together = kicks.filter((at) => now - at < SAME_MOMENT_MS).length
      if (together >= DEADLY_KICKS && options.diesOfSimultaneousKicks !== false) {
        house.crash('send on closed channel')
        return
      }
      house.write(peer, wording.kick)
      if (options.kickBurst !== undefined) house.write(peer, '\n'.repeat(options.kickBurst))
      states.delete(peer)
      leave(peer, state)
      house.end(peer)
    }
    const wind = (peer: Peer): { cancel: () => void } => house.after(idleMs, () => kick(peer))

    const whisper = (peer: Peer, state: State, text: string): void => {
      const [, to = '', content] = text.split('|')
      if (to === '') {
        house.write(peer, '消息格式不正确\n')
        return
      }
      const other = online.get(to)
      if (other === undefined) {
        house.write(peer, '不存在该用户\n')
        return
      }
      if (content === undefined) {
        house.crash('runtime error: index out of range [2] with length 2')
        return
      }
      if (content === '') {
        house.write(peer, '无消息内容，请重发\n')
        return
      }
      house.write(other, `${wording.whisper(state.name, content)}${wording.whisperEndsLine ? '\n' : ''}`)
      if (wording.whisperSent !== undefined) house.write(peer, `${wording.whisperSent(to, content)}\n`)
    }
    const rename = (peer: Peer, state: State, text: string): void => {
      const name = text.split('|')[1] ?? ''
      if (online.has(name)) {
        house.write(peer, `${wording.taken(name)}${wording.takenEndsLine ? '\n' : ''}`)
        return
      }
      online.delete(state.name)
      online.set(name, peer)
      state.name = name
      house.write(peer, `${wording.renamed(name)}\n`)
      if (wording.renameAnnounced !== undefined)
        tell(`[${peer.address}]${wording.message(name, wording.renameAnnounced(name))}`)
    }

    return {
      readSize: READ_BYTES,
      blocks: true,
      arrived: (peer) => {
        const state: State = { name: peer.address, idle: wind(peer), online: true }
        states.set(peer, state)
        if (options.early !== undefined) house.write(peer, options.early)
        online.set(state.name, peer)
        const joined = `[${peer.address}]${wording.message(state.name, wording.join)}`
        if (options.ownJoinLateMs === undefined) {
          tell(joined)
          return
        }
        tell(joined, peer)
        house.after(options.ownJoinLateMs, () => house.write(peer, `${joined}\n`))
      },
      read: (peer, chunk) => {
        const state = states.get(peer)
        if (state === undefined || !state.online) return
        state.idle.cancel()
        state.idle = wind(peer)
        const message = chunk.subarray(0, -1)
        const text = message.toString('utf8')
        if (text === 'who') {
          const rows = shuffled(online.values()).filter(
            (other) => !(wording.listWithoutAsker === true && other === peer)
          )
          if (wording.listHead !== undefined) house.write(peer, `${wording.listHead(online.size)}\n`)
          for (const other of rows) house.write(peer, `${wording.row(other.address, states.get(other)?.name ?? '')}\n`)
        } else if (message.length > 7 && text.startsWith('rename|')) rename(peer, state, text)
        else if (message.length > 4 && text.startsWith('to|')) whisper(peer, state, text)
        else {
          // Bytes, not text: a character torn at the end of a read stays torn.
          const [before = '', after = ''] = wording.message(state.name, '\u0000').split('\u0000')
          const line = Buffer.concat([Buffer.from(`[${peer.address}]${before}`), message, Buffer.from(after)])
          tell(line, house.faults.eatEcho ? peer : undefined)
        }
      },
      ended: (peer, how) => {
        const state = states.get(peer)
        if (state === undefined) return
        if (how === 'rst') {
          states.delete(peer)
          state.idle.cancel()
        }
        // After a FIN only the idle timer closes the socket, with the kick text.
        leave(peer, state)
      },
      members: () => [...online].map(([name, peer]) => ({ address: peer.address, name }))
    }
  })
  return Object.assign(server, {
    kick: (address: string) => {
      for (const peer of states.keys()) if (peer.address === address) kick(peer)
    }
  })
}
