import { statSync } from 'node:fs'
import { CONFIG_KINDS, readArguments, type Arguments } from './arguments.ts'
import { readConfigFile } from './config.ts'
import { connect } from './connect.ts'
import { EXIT, openConsole } from './console.ts'
import { help } from './help.ts'
import { log } from './log.ts'
import { host } from './host.ts'
import { version } from './version.ts'
import { view } from './view.ts'

/** `teahouse`: the same core without a window. The command-line contract says what stands here. */

const isFile = (path: string): boolean => {
  try {
    return !statSync(path).isDirectory()
  } catch {
    // Not there yet: it is made when it is needed.
    return false
  }
}

/** The command line, with the file it names. */
const read = (words: string[]): Arguments => {
  const args = readArguments(words)
  if (args.verb !== 'host' || args.config === null) return args
  const file = readConfigFile(args.config, CONFIG_KINDS)
  return file.ok ? readArguments(words, file.config) : { verb: 'wrong', line: file.text }
}

const run = async (words: string[]): Promise<number> => {
  const args = read(words)
  switch (args.verb) {
    case 'wrong': {
      openConsole(() => undefined).complain(args.line)
      return EXIT.usage
    }
    case 'help':
    case 'version': {
      const out = openConsole(() => undefined)
      out.text(args.verb === 'help' ? help[args.about].trimEnd() : version)
      await out.flush()
      return EXIT.fine
    }
    case 'host':
    case 'connect':
    case 'view':
    case 'log': {
      if (args.data !== null && isFile(args.data)) {
        openConsole(() => undefined).complain(`--data: ${args.data} is not a folder`)
        return EXIT.failed
      }
      if (args.verb === 'host') return host(args, () => read(words))
      if (args.verb === 'connect') return connect(args)
      if (args.verb === 'log') return log(args)
      return view(args)
    }
  }
}

/** A bug of ours: said in one line, as everything here; the whole of it where somebody looks for it. */
const failed = (error: unknown): never => {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
  process.stderr.write(`teahouse: this is a bug: ${message.split('\n', 1)[0] ?? ''}\n`)
  if (process.env['TEAHOUSE_DEBUG'] !== undefined) process.stderr.write(`${stack ?? ''}\n`)
  process.exit(EXIT.failed)
}
process.on('uncaughtException', failed)

try {
  process.exit(await run(process.argv.slice(2)))
} catch (error) {
  failed(error)
}
