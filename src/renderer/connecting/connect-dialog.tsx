import { useId, useRef, useState } from 'react'
import type { ClipboardEvent, FormEvent } from 'react'
import { hostPort } from '../../shared/address.ts'
import type { Charset, DialectChoice } from '../../shared/dialect.ts'
import { DEFAULT_PORT } from '../../shared/limits.ts'
import { Button } from '../parts/button.tsx'
import { useCharsets, useDialectChoices } from '../parts/choices.ts'
import { Dialog, DialogActions, DialogBody } from '../parts/dialog.tsx'
import { SelectField, TextField } from '../parts/field.tsx'
import { goTo } from '../rooms/room-entries.tsx'
import { useFirstName } from '../settings/first-name.tsx'
import { closeDialog, selectRoom, send, useApp } from '../store.ts'
import { useWords } from '../words.ts'
import { isHost, readAddress, readPort } from './address.ts'
import styles from './connect-dialog.module.css'

/** As many as fit in two rows; the rest is in the list on the left. */
const RECENT_SHOWN = 6

interface Problems {
  host?: string
  port?: string
  whole?: string
}

/** Where to go: an address and a port, by hand, by paste, or filled in by a link. Nothing is dialled before the button. */
export const ConnectDialog = ({ host: filledHost, port: filledPort }: { host: string | null; port: number | null }) => {
  const t = useWords('frame')
  const terms = useWords('terms')
  const myName = useFirstName()
  const form = useId()
  const first = useRef<HTMLInputElement>(null)
  const [host, setHost] = useState(filledHost ?? '')
  const [port, setPort] = useState(String(filledPort ?? DEFAULT_PORT))
  const [dialect, setDialect] = useState<DialectChoice>('auto')
  const [charset, setCharset] = useState<Charset>('auto')
  const [problems, setProblems] = useState<Problems>({})
  const [busy, setBusy] = useState(false)
  const dialects = useDialectChoices()
  const charsets = useCharsets()
  const rooms = useApp((state) => state.rooms)
  const recent = rooms
    .filter(({ hosting, status }) => hosting === null && status.state !== 'connected' && status.state !== 'past')
    .slice(0, RECENT_SHOWN)

  const split = (text: string): boolean => {
    const address = readAddress(text)
    if (address.port === null && address.host === text.trim()) return false
    setHost(address.host)
    if (address.port !== null) setPort(String(address.port))
    setProblems({})
    return true
  }
  const pasted = (event: ClipboardEvent<HTMLInputElement>): void => {
    if (split(event.clipboardData.getData('text/plain'))) event.preventDefault()
  }

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const address = readAddress(host)
    const to = address.host
    const at = address.port ?? readPort(port)
    const found: Problems = {}
    if (to === '') found.host = t('connect.hostMissing')
    else if (!isHost(to)) found.host = t('connect.hostBad')
    if (at === null) found.port = t('connect.portBad')
    setProblems(found)
    if (found.host !== undefined || at === null) {
      if (found.host !== undefined) first.current?.focus()
      return
    }
    setBusy(true)
    try {
      await myName.keep()
      const outcome = await send({ type: 'connect', host: to, port: at, dialect, charset })
      if (!outcome.ok) {
        setProblems({ whole: terms(`outcome.${outcome.code}`) })
        return
      }
      closeDialog()
      if (outcome.room !== undefined) selectRoom(outcome.room)
    } catch {
      // The carrier went away; the dialog stays as it is and can be sent again.
      setProblems({ whole: t('carrier.lost') })
    } finally {
      setBusy(false)
    }
  }

  return (
    <Dialog
      title={t('connect.title')}
      description={filledHost === null ? t('connect.lead') : t('connect.fromLink')}
      initialFocus={first}
      onClose={closeDialog}
    >
      <DialogBody>
        <form id={form} className={styles['form']} onSubmit={(event) => void submit(event)} noValidate>
          <div className={styles['address']}>
            <TextField
              ref={first}
              label={t('connect.host')}
              hint={t('connect.hostHint')}
              problem={problems.host}
              value={host}
              dir="ltr"
              onChange={(event) => setHost(event.target.value)}
              onPaste={pasted}
              onBlur={() => split(host)}
            />
            <TextField
              label={t('connect.port')}
              problem={problems.port}
              inputMode="numeric"
              value={port}
              onChange={(event) => setPort(event.target.value)}
            />
          </div>
          {myName.field}
          <div className={styles['choices']}>
            <SelectField
              label={t('connect.dialect')}
              hint={dialect === 'auto' ? t('connect.dialectHint') : undefined}
              value={dialect}
              choices={dialects}
              onChoose={setDialect}
            />
            <SelectField label={t('connect.charset')} value={charset} choices={charsets} onChoose={setCharset} />
          </div>
          <div role="alert" className={styles['whole']}>
            {problems.whole}
          </div>
        </form>
        {filledHost === null && recent.length > 0 && (
          <section aria-labelledby={`${form}-recent`}>
            <h3 id={`${form}-recent`} className={styles['heading']}>
              {t('connect.recent')}
            </h3>
            <ul className={styles['recent']}>
              {recent.map((room) => (
                <li key={room.id}>
                  <button
                    type="button"
                    onClick={() => {
                      closeDialog()
                      goTo(room)
                    }}
                  >
                    <bdi>{room.title}</bdi>
                    <small>{hostPort(room.host, room.port)}</small>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </DialogBody>
      <DialogActions>
        <Button onClick={closeDialog}>{t('cancel')}</Button>
        <Button look="main" type="submit" form={form} disabled={busy}>
          {t('connect.submit')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
