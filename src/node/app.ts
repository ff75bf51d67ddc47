import { hostname } from 'node:os'
import { makeSwitchboard } from '../core/switchboard/switchboard.ts'
import { safeLink } from '../shared/link.ts'
import type { Language } from '../shared/settings.ts'
import type { Surroundings } from '../shared/state.ts'
import type { ExportWish, Notification, Switchboard } from '../core/switchboard/contract.ts'
import type { Download, ExportTarget } from './export/exporter.ts'
import { makeExporter } from './export/exporter.ts'
import { clearLeftovers } from './export/leftovers.ts'
import { openHistory } from './history/history.ts'
import { freePort, localAddresses } from './addresses.ts'
import { makeClock } from './clock.ts'
import { makeCodec } from './codec.ts'
import { openRoomWith } from './host.ts'
import { intake } from './intake.ts'
import type { Log } from './log.ts'
import { openLog } from './log.ts'
import { openProfile } from './profile.ts'
import { openSettingsFile } from './settings-file.ts'
import { makeDial } from './tcp.ts'

/** What a program that shows the app (Electron, the browser view) gives it. */
export interface AppHost {
  /** The profile folder (see `profileFolder`); made with mode 0700 when missing. */
  profile: string
  carrier: Surroundings['carrier']
  version: string
  systemLanguage: Language
  /** Shows a system notification: text only, already cut, at most 3 in 10 s. */
  notify: (notification: Notification) => void
  /** Unread lines in all, and those that are private or mention me: for title, dock and task bar. */
  badge: (unread: number, mentions: number) => void
  /**
   * Opens a link outside the app. Is given only what `safeLink` let through, as it re-serialised it. False: it could
   * not be opened.
   */
  openLink: (url: string) => boolean
  /** Asks the person where an export goes, with a name to begin from. Null: they changed their mind. */
  exportTo: (fileName: string, wish: ExportWish) => Promise<ExportTarget | null>
  /** Shows a file where it lies. */
  showFile: (path: string) => void
}

export interface App {
  switchboard: Switchboard
  /** The log file of the profile. Never holds what people say. */
  log: Log
  /** An export a page asked for, by the secret of its address; once. */
  download: (secret: string) => Download | null
  /** Leaves every room, closes hosted ones, writes the settings. Resolves when nothing is open any more. */
  close(): Promise<void>
}

const PLATFORMS: Partial<Record<NodeJS.Platform, Surroundings['platform']>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'win32'
}

/**
 * The whole app without a window. Does not connect anywhere by itself: call `switchboard.start()` once the views may
 * attach. A broken or read-only profile is never fatal: the person is told by a notice.
 */
export const openApp = async (host: AppHost): Promise<App> => {
  const clock = makeClock()
  await openProfile(host.profile)
  const log = openLog(host.profile)
  const file = await openSettingsFile({
    folder: host.profile,
    clock,
    log,
    notice: (notice) => switchboard.notice(notice),
    saved: () => switchboard.over('settings-not-saved')
  })
  const { history, notices, behind } = await openHistory({
    folder: host.profile,
    clock,
    log,
    notice: (notice) => switchboard.notice(notice)
  })
  // Not waited for: a leftover may lie on a disk that takes its time.
  void clearLeftovers(host.profile)
  const exporter = makeExporter({
    folder: host.profile,
    clock,
    log,
    program: `Teahouse ${host.version}`,
    settled: () => history.settled(),
    choose: host.exportTo,
    show: host.showFile
  })
  intake.slowWhile(behind)
  const switchboard = makeSwitchboard({
    dial: makeDial(),
    clock,
    random: Math.random,
    codec: makeCodec,
    openRoom: openRoomWith({ clock, codec: makeCodec, log: (text) => log.warn(text) }),
    addresses: () => localAddresses(),
    freePort,
    saveSettings: (settings, inPassing) => file.save(settings, inPassing),
    notify: host.notify,
    badge: host.badge,
    openLink: (url) => {
      const safe = safeLink(url)
      return safe !== null && host.openLink(safe)
    },
    surroundings: {
      carrier: host.carrier,
      platform: PLATFORMS[process.platform] ?? 'other',
      version: host.version,
      computer: hostname(),
      systemLanguage: host.systemLanguage,
      profile: host.profile
    },
    settings: file.settings,
    notices: [...file.notices, ...notices],
    history,
    exporter
  })
  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    await Promise.all([switchboard.close(), exporter.close()])
    await Promise.all([file.close(), history.close()])
  }
  return {
    switchboard,
    log,
    download: (secret) => exporter.download(secret),
    close: () => (closing ??= close())
  }
}
