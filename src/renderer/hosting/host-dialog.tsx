import { ChevronRight, Plus, Trash2 } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import type { FormEvent } from 'react'
import type { HostedDialect } from '../../shared/dialect.ts'
import { DEFAULT_PORT, HOST_LIMITS } from '../../shared/limits.ts'
import type { HostedBefore, Language } from '../../shared/settings.ts'
import { LAST_PORT, readPort } from '../connecting/address.ts'
import { Button, IconButton } from '../parts/button.tsx'
import { useHostedDialects } from '../parts/choices.ts'
import { Dialog, DialogActions, DialogBody } from '../parts/dialog.tsx'
import { SelectField, SwitchField, TextField } from '../parts/field.tsx'
import { useFirstName } from '../settings/first-name.tsx'
import { ask, closeDialog, openDialog, selectRoom, send, useApp } from '../store.ts'
import { useLanguage, useWords } from '../words.ts'
import styles from './host-dialog.module.css'
import { LIMIT_NAMES, limitDraft, limitsOf, wrongLimits, type LimitName } from './limits.ts'

/** As many as the command takes. */
const MOST_DOORS = 10

interface DoorDraft {
  key: number
  port: string
  dialect: HostedDialect
  trouble: 'bad' | 'twice' | 'used' | null
  /** A free port near by, offered when this one is taken. */
  offer: number | null
}

let drafts = 0
const draft = (port: number, dialect: HostedDialect): DoorDraft => ({
  key: ++drafts,
  port: String(port),
  dialect,
  trouble: null,
  offer: null
})

const LANGUAGES: { value: Language; label: string }[] = [
  { value: 'en', label: 'English' },
  { value: 'zh-CN', label: '简体中文' }
]

/** Asks for the next free port; the port itself when it is free, or when nobody can say. */
const freeNear = async (port: number): Promise<number | null> => {
  try {
    return await ask({ type: 'freePort', port })
  } catch {
    // The carrier is gone: hosting itself will say what is wrong.
    return port
  }
}

type Taken = Pick<DoorDraft, 'key' | 'port' | 'offer'>

/** The doors whose port somebody else has, each with the next free one that no other door wants. */
const findTaken = async (doors: readonly DoorDraft[]): Promise<Taken[]> => {
  const answers = await Promise.all(doors.map((door) => freeNear(Number(door.port))))
  const wanted = new Set<number | null>(doors.map((door) => Number(door.port)))
  const taken: Taken[] = []
  for (const [index, { key, port }] of doors.entries()) {
    let offer = answers[index] ?? null
    if (offer === Number(port)) continue
    while (offer !== null && wanted.has(offer)) offer = offer < LAST_PORT ? await freeNear(offer + 1) : null
    wanted.add(offer)
    taken.push({ key, port, offer })
  }
  return taken
}

/** Marks them, unless the port was changed meanwhile. */
const markTaken =
  (taken: readonly Taken[]) =>
  (doors: readonly DoorDraft[]): DoorDraft[] =>
    doors.map((door) => {
      const found = taken.find((other) => other.key === door.key && other.port === door.port)
      return found ? { ...door, trouble: 'used', offer: found.offer } : door
    })

/** Opens a room on this computer. */
export const HostDialog = ({ again }: { again: HostedBefore | null }) => {
  const t = useWords('frame')
  const terms = useWords('terms')
  const myName = useFirstName()
  const form = useId()
  const first = useRef<HTMLInputElement>(null)
  const computer = useApp((state) => state.surroundings.computer)
  const shown = useLanguage()
  const [name, setName] = useState(again?.name ?? computer)
  const [nameProblem, setNameProblem] = useState<string | null>(null)
  const [doors, setDoors] = useState<DoorDraft[]>(() =>
    (again?.doors ?? [{ port: DEFAULT_PORT, dialect: 'im' as const }]).map((door) => draft(door.port, door.dialect))
  )
  const [language, setLanguage] = useState<Language>(again?.language ?? shown)
  const [bare, setBare] = useState(again?.bare ?? false)
  const [limits, setLimits] = useState(() => limitDraft(again?.limits))
  const [wrong, setWrong] = useState<readonly LimitName[]>([])
  const advanced = useRef<HTMLDetailsElement>(null)
  const portFields = useRef(new Map<number, HTMLInputElement>())
  const limitFields = useRef(new Map<LimitName, HTMLInputElement>())
  const [whole, setWhole] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const dialects = useHostedDialects()

  const change = (key: number, to: Partial<DoorDraft>): void =>
    setDoors((before) =>
      before.map((door) => (door.key === key ? { ...door, trouble: null, offer: null, ...to } : door))
    )

  // Once, for the ports the dialog opens with; later ones are tried when the room is opened.
  const opening = useRef(doors)
  useEffect(() => {
    let wanted = true
    const check = async (): Promise<void> => {
      const taken = await findTaken(opening.current)
      if (wanted) setDoors(markTaken(taken))
    }
    void check()
    return () => {
      wanted = false
    }
  }, [])

  const portField =
    (key: number) =>
    (field: HTMLInputElement | null): void => {
      if (field) portFields.current.set(key, field)
      else portFields.current.delete(key)
    }
  /** What is wrong must be seen, also where one has not looked. */
  const goToDoor = (door: Pick<DoorDraft, 'key'> | undefined): void => {
    if (door === undefined) return
    if (advanced.current && door.key !== doors[0]?.key) advanced.current.open = true
    portFields.current.get(door.key)?.focus()
  }

  const open = async (asked: readonly DoorDraft[]): Promise<void> => {
    const ports = asked.map((door) => readPort(door.port))
    const checked = asked.map((door, index): DoorDraft => {
      const port = ports[index] ?? null
      return { ...door, trouble: port === null ? 'bad' : ports.indexOf(port) < index ? 'twice' : null, offer: null }
    })
    const missing = name.trim() === '' ? t('host.nameMissing') : null
    const beyond = wrongLimits(limits)
    setNameProblem(missing)
    setDoors(checked)
    setWrong(beyond)
    setWhole(null)
    const [firstBeyond] = beyond
    if (missing !== null) first.current?.focus()
    else if (firstBeyond !== undefined) {
      // What is wrong must be seen.
      if (advanced.current) advanced.current.open = true
      limitFields.current.get(firstBeyond)?.focus()
    } else goToDoor(checked.find((door) => door.trouble !== null))
    if (missing !== null || firstBeyond !== undefined || checked.some((door) => door.trouble !== null)) return
    const set = limitsOf(limits)
    setBusy(true)
    try {
      await myName.keep()
      const outcome = await send({
        type: 'host',
        name: name.trim(),
        doors: checked.map((door) => ({ port: Number(door.port), dialect: door.dialect })),
        language,
        bare,
        ...(set === null ? {} : { limits: set })
      })
      if (outcome.ok) {
        if (outcome.room === undefined) {
          closeDialog()
          return
        }
        selectRoom(outcome.room)
        openDialog({ dialog: 'invitation', room: outcome.room, fresh: true })
        return
      }
      if (outcome.code === 'port-in-use') {
        const found = await findTaken(checked)
        const [only] = checked
        // All are free by now, yet one was not a moment ago: offer what the app found.
        const taken =
          found.length === 0 && only && typeof outcome.detail === 'number'
            ? [{ key: only.key, port: only.port, offer: outcome.detail }]
            : found
        setDoors(markTaken(taken))
        goToDoor(taken[0])
        if (taken.length > 0) return
      }
      setWhole(terms(`outcome.${outcome.code}`))
    } catch {
      // The carrier went away; the dialog stays as it is and can be sent again.
      setWhole(t('carrier.lost'))
    } finally {
      setBusy(false)
    }
  }

  const problemOf = (door: DoorDraft) => {
    switch (door.trouble) {
      case null:
        return undefined
      case 'bad':
        return t('host.portBad')
      case 'twice':
        return t('host.portTwice')
      case 'used':
        return (
          <>
            {t('host.portUsed', { port: door.port })}{' '}
            {door.offer !== null && (
              <button
                type="button"
                className={styles['offer']}
                onClick={() => {
                  change(door.key, { port: String(door.offer) })
                  // The offer goes, and the keyboard must not go with it.
                  goToDoor(door)
                }}
              >
                {t('host.portOffer', { port: door.offer })}
              </button>
            )}
          </>
        )
    }
  }

  const [main, ...further] = doors
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void open(doors)
  }

  return (
    <Dialog title={t('host.title')} description={t('host.lead')} initialFocus={first} onClose={closeDialog}>
      <DialogBody>
        <form id={form} className={styles['form']} onSubmit={submit} noValidate>
          <TextField
            ref={first}
            label={t('host.name')}
            value={name}
            maxLength={200}
            problem={nameProblem}
            onFocus={(event) => event.target.select()}
            onChange={(event) => {
              setName(event.target.value)
              setNameProblem(null)
            }}
          />
          {main && (
            <div className={styles['main']}>
              <TextField
                ref={portField(main.key)}
                label={t('host.port')}
                inputMode="numeric"
                value={main.port}
                problem={problemOf(main)}
                onChange={(event) => change(main.key, { port: event.target.value })}
              />
              <SelectField
                label={t('host.dialect')}
                hint={t('host.dialectHint')}
                value={main.dialect}
                choices={dialects}
                onChoose={(dialect) => change(main.key, { dialect })}
              />
            </div>
          )}
          {myName.field}
          <details
            ref={advanced}
            className={styles['advanced']}
            open={again !== null && (further.length > 0 || again.bare || again.limits !== undefined)}
          >
            <summary>
              <ChevronRight aria-hidden />
              {t('host.advanced')}
            </summary>
            <div className={styles['inside']}>
              <fieldset className={styles['doors']}>
                <legend>{t('host.doors')}</legend>
                <p className={styles['hint']}>{t('host.doorsHint')}</p>
                {further.map((door, index) => (
                  <div key={door.key} className={styles['door']}>
                    <TextField
                      ref={portField(door.key)}
                      label={t('host.doorPort', { number: index + 2 })}
                      inputMode="numeric"
                      value={door.port}
                      problem={problemOf(door)}
                      onChange={(event) => change(door.key, { port: event.target.value })}
                    />
                    <SelectField
                      label={t('host.doorDialect', { number: index + 2 })}
                      value={door.dialect}
                      choices={dialects}
                      onChoose={(dialect) => change(door.key, { dialect })}
                    />
                    <IconButton
                      className={styles['remove']}
                      label={t('host.removeDoor', { port: door.port })}
                      icon={<Trash2 />}
                      onClick={() => setDoors((before) => before.filter((other) => other.key !== door.key))}
                    />
                  </div>
                ))}
                {doors.length < MOST_DOORS && (
                  <Button
                    size="s"
                    onClick={() => {
                      const highest = Math.max(DEFAULT_PORT, ...doors.map((door) => readPort(door.port) ?? 0))
                      const used = new Set(doors.map((door) => door.dialect))
                      const dialect = dialects.find((choice) => !used.has(choice.value))?.value ?? 'gopl'
                      setDoors((before) => [...before, draft(highest + 1, dialect)])
                    }}
                  >
                    <Plus size={15} aria-hidden />
                    {t('host.addDoor')}
                  </Button>
                )}
              </fieldset>
              <SelectField
                label={t('host.language')}
                hint={t('host.languageHint')}
                value={language}
                choices={LANGUAGES}
                onChoose={setLanguage}
              />
              <fieldset className={styles['doors']}>
                <legend>{t('host.limits')}</legend>
                <p className={styles['hint']}>{t('host.limitsHint')}</p>
                <div className={styles['limits']}>
                  {LIMIT_NAMES.map((limit) => (
                    <TextField
                      key={limit}
                      ref={(field) => {
                        if (field) limitFields.current.set(limit, field)
                      }}
                      label={t(`host.limit.${limit}`)}
                      inputMode="numeric"
                      placeholder={limit === 'idleMinutes' ? t('host.never') : undefined}
                      value={limits[limit]}
                      problem={wrong.includes(limit) ? t('host.limitBad', HOST_LIMITS[limit]) : undefined}
                      onChange={(event) => {
                        setLimits((before) => ({ ...before, [limit]: event.target.value }))
                        setWrong((before) => before.filter((other) => other !== limit))
                      }}
                    />
                  ))}
                </div>
              </fieldset>
              <SwitchField label={t('host.bare')} hint={t('host.bareHint')} checked={bare} onChange={setBare} />
            </div>
          </details>
          <div role="alert" className={styles['whole']}>
            {whole}
          </div>
        </form>
      </DialogBody>
      <DialogActions>
        <Button onClick={closeDialog}>{t('cancel')}</Button>
        <Button look="main" type="submit" form={form} disabled={busy}>
          {busy ? t('host.opening') : t('host.submit')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
