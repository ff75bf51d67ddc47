import { DEFAULT_HUB_LIMITS as limits } from '../core/hub/limits.ts'

const host = `teahouse host [options]
  Hosts one room until SIGINT or SIGTERM; then tells the members, and closes it.

  --port N              port of the first door (8888; 0: any free one)
  --dialect NAME        dialect of the first door (im)
  --door PORT:DIALECT   a further door into the same room; may be repeated
  --bind ADDRESS        address of every door (all interfaces)
  --name TEXT           the room's name (the computer's name)
  --idle SECONDS        members silent for so long are told why and disconnected (0: never)
  --data DIR            settings and history (the profile folder)
  --no-history          write nothing down; without it, what the room sees is kept, but never private lines
  --keep-days N         remove history older than N days (keep everything)
  --bare                the room says nothing of its own, at any door: the pure dialect
  --language en|zh-CN   language of what the room itself says (the system's)
  --unlimited           lifts the limits on members, rate and connections, for benchmarks
  --metrics ADDRESS:PORT
                        numbers for Prometheus at http://ADDRESS:PORT/metrics
  --config FILE         options from a JSON file: {"port": 8888, "door": ["8000:gopl"], "members": 200}.
                        The command line wins. SIGHUP reads it again: name, idle and limits change,
                        and nobody is disconnected.
  --json                events as JSON lines instead of text

  Limits, with their defaults; those on members, connections and rate may also be "unlimited":

  --members N               members in the room (${limits.members}, or what the system allows)
  --per-address N           connections of one address at once (${limits.perAddress})
  --new-per-minute N        new connections of one address within a minute (${limits.newPerMinute})
  --rate-burst N            lines a member may say at once (${limits.rateBurst})
  --rate-per-second N       lines a second after that; faster ones wait (${limits.ratePerSecond})
  --rate-waiting N          lines that may wait; whoever sends more is disconnected (${limits.rateWaiting})
  --line-bytes N            the longest line; a longer one is refused (${limits.lineBytes})
  --unended-bytes N         bytes without the end of a line; whoever sends more is disconnected (${limits.unendedBytes})
  --member-queue-bytes N    bytes waiting for one member; with more, this one is disconnected (${limits.memberQueueBytes})
  --all-queues-bytes N      bytes waiting for all; with more, the slowest is disconnected (${limits.allQueuesBytes})
  --write-stall-ms N        milliseconds a member may read nothing, before being disconnected (${limits.writeStallMs})

  Dialects: gopl, gopl-zh, iamhere, im, relay.
`
const connect = `teahouse connect HOST:PORT [options]
  Joins a room and stays in it, reconnecting, until /quit, SIGINT, SIGTERM or the end of standard input.

  --dialect NAME        auto (recognise by itself), gopl, gopl-zh, iamhere, im, relay or plain
  --nick NAME           the name to take on arrival, where the dialect has names
  --charset NAME        utf-8, gb18030, big5, shift_jis or latin1 (utf-8, and gb18030 for
                        a line that is not UTF-8)
  --no-reconnect        exit 1 when the connection cannot be made or is lost
  --data DIR            settings and history (the profile folder)
  --no-history          write nothing down
  --json                events as JSON lines instead of text

  What is heard and said is kept in the same history as the app's, unless the app is set to keep nothing of
  that room.
  Standard input, one command a line: text is said; /who, /rename NAME, /to NAME TEXT, /quit; //x says /x.
  With --json a line that begins with { is a command object, like {"type":"say","text":"hello"}.
`
const view = `teahouse view [options] [LINK]
  Opens the app in a browser of this computer, until SIGINT or SIGTERM. The address is printed and works once.
  A LINK such as teahouse://join?host=192.168.1.20&port=8888 fills the Connect dialog.

  --port N              port on 127.0.0.1 (0: any free one)
  --data DIR            settings and history (the profile folder)
  --no-window           only print the address
`

const log = `teahouse log [CONVERSATION] [options]
  Shows what is kept: the last lines of a conversation, or without one the list of all. Reads only, also beside a
  running Teahouse. CONVERSATION: an id from the list, a room's title or HOST:PORT, or a person's name.

  -n, --lines N         the last N lines, or the newest N found (50)
  --since WHEN          from then on, all of it: 2026-11-21, 2026-11-21T12:30, or a time ago like 90m, 12h, 7d
  --until WHEN          up to then; a day counts to its end
  -f, --follow          goes on with each new line, until SIGINT; own lines when their fate is known
  --search TEXT         the lines that fit: words, "a phrase", from:NAME in:ROOM before:DAY after:DAY;
                        docs/search.md tells more
  --export FILE         writes all of it to FILE, whole or not at all; -: standard output
  --format text|jsonl|html
                        what --export writes (text)
  --language en|zh-CN   language of the words around what was said (the system's)
  --data DIR            settings and history (the profile folder)
  --json                one object a line, as in docs/history.md

  Exit 1: there is no such conversation, nothing is kept, or it cannot be read or written.
`

/** What `--help` prints. */
export const help = {
  host,
  connect,
  view,
  log,
  all: `Teahouse: group chat over plain TCP.

${host}
${connect}
${view}
${log}
teahouse --version prints the version; teahouse VERB --help the options of one verb.
`
} as const
