import type { App, Session, WebContents } from 'electron'
import type { Log } from '../node/log.ts'
import { PAGE_ORIGIN } from './page-scheme.ts'

/** The page copies invitations and addresses; everything else a page can ask of a system, ours has no use for. */
export const mayHave = (permission: string, origin: string): boolean =>
  permission === 'clipboard-sanitized-write' && (origin === PAGE_ORIGIN || origin.startsWith(`${PAGE_ORIGIN}/`))

const guard = (contents: WebContents, log: Log): void => {
  const deny =
    (what: string) =>
    (event: { preventDefault: () => void }): void => {
      event.preventDefault()
      log.warn('refused', { what })
    }
  contents.on('will-navigate', deny('navigation'))
  contents.on('will-frame-navigate', deny('frame navigation'))
  contents.on('will-redirect', deny('redirect'))
  contents.on('will-attach-webview', deny('webview'))
  contents.setWindowOpenHandler(() => {
    log.warn('refused', { what: 'new window' })
    return { action: 'deny' }
  })
}

/** Every web contents there will ever be stays on its page, alone, without permissions. Call before the first window. */
export const closeDoors = (app: App, session: Session, log: Log): void => {
  app.on('web-contents-created', (_event, contents) => guard(contents, log))
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(mayHave(permission, details.requestingUrl))
  )
  session.setPermissionCheckHandler((_contents, permission, origin) => mayHave(permission, origin))
  session.setDevicePermissionHandler(() => false)
}
