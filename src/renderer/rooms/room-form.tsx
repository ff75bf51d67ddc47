import { useState } from 'react'
import type { AppCommand } from '../../shared/commands.ts'
import type { Room } from '../../shared/state.ts'
import { perform } from '../actions.ts'
import { isHost, readPort } from '../connecting/address.ts'
import { useCharsets, useDialectChoices, useDialectName, useRetentions } from '../parts/choices.ts'
import { useDraft } from '../parts/draft.ts'
import { SelectField, SwitchField, TextField } from '../parts/field.tsx'
import { useWords } from '../words.ts'
import styles from './room-form.module.css'

type Change = Omit<Extract<AppCommand, { type: 'configureRoom' }>, 'type' | 'room'>

/** What is kept about a saved room. Each change applies at once: texts on leaving the field or Enter. */
export const RoomForm = ({ room }: { room: Room }) => {
  const t = useWords('frame')
  const dialects = useDialectChoices()
  const charsets = useCharsets()
  const retentions = useRetentions(room.history)
  const dialectName = useDialectName()
  const [title, setTitle] = useDraft(room.title)
  const [host, setHost] = useDraft(room.host)
  const [port, setPort] = useDraft(String(room.port))
  const [trouble, setTrouble] = useState<{ host?: string; port?: string }>({})

  const configure = (change: Change): void => void perform({ type: 'configureRoom', room: room.id, ...change })
  const changeTitle = (): void => {
    if (title.trim() !== room.title) configure({ title: title.trim() })
  }
  const changeHost = (): void => {
    const to = host.trim()
    const bad = to === '' ? t('connect.hostMissing') : isHost(to) ? undefined : t('connect.hostBad')
    setTrouble(({ port: kept }) => ({
      ...(kept === undefined ? {} : { port: kept }),
      ...(bad === undefined ? {} : { host: bad })
    }))
    if (bad === undefined && to !== room.host) configure({ host: to })
  }
  const changePort = (): void => {
    const to = readPort(port)
    setTrouble(({ host: kept }) => ({
      ...(kept === undefined ? {} : { host: kept }),
      ...(to === null ? { port: t('connect.portBad') } : {})
    }))
    if (to !== null && to !== room.port) configure({ port: to })
  }
  const onEnter = (apply: () => void) => (event: { key: string; preventDefault(): void }) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    apply()
  }

  return (
    <div className={styles['form']}>
      <TextField
        label={t('roomForm.title')}
        hint={t('roomForm.titleHint')}
        value={title}
        maxLength={200}
        onChange={(event) => setTitle(event.target.value)}
        onBlur={changeTitle}
        onKeyDown={onEnter(changeTitle)}
      />
      <div className={styles['address']}>
        <TextField
          label={t('roomForm.host')}
          value={host}
          dir="ltr"
          problem={trouble.host}
          onChange={(event) => setHost(event.target.value)}
          onBlur={changeHost}
          onKeyDown={onEnter(changeHost)}
        />
        <TextField
          label={t('roomForm.port')}
          value={port}
          inputMode="numeric"
          problem={trouble.port}
          onChange={(event) => setPort(event.target.value)}
          onBlur={changePort}
          onKeyDown={onEnter(changePort)}
        />
      </div>
      <div className={styles['choices']}>
        <SelectField
          label={t('roomForm.dialect')}
          hint={
            room.dialect.choice === 'auto' && room.dialect.recognised !== null
              ? t('roomForm.recognised', { dialect: dialectName(room.dialect.recognised) })
              : undefined
          }
          value={room.dialect.choice}
          choices={dialects}
          onChoose={(dialect) => configure({ dialect })}
        />
        <SelectField
          label={t('roomForm.charset')}
          hint={t('roomForm.charsetHint')}
          value={room.charset}
          choices={charsets}
          onChoose={(charset) => configure({ charset })}
        />
      </div>
      <SelectField
        label={t('roomForm.history')}
        hint={room.history === 'never' ? t('roomForm.historyNeverHint') : t('roomForm.historyHint')}
        value={String(room.history ?? 'keep')}
        choices={retentions}
        onChoose={(chosen) => configure({ history: chosen === 'keep' || chosen === 'never' ? chosen : Number(chosen) })}
      />
      <SwitchField
        label={t('roomForm.reconnect')}
        hint={t('roomForm.reconnectHint')}
        checked={room.reconnect}
        onChange={(reconnect) => configure({ reconnect })}
      />
    </div>
  )
}
