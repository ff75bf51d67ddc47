import { ClipboardCopy, Link as LinkIcon, Pencil, RotateCcw, SendHorizontal, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { MouseEvent } from 'react'
import type { ConversationId, Room } from '../../shared/state.ts'
import { perform } from '../actions.ts'
import { copyText } from '../parts/copy-button.tsx'
import type { MenuEntry, MenuGroups } from '../parts/menu.tsx'
import { personActions } from '../people/person-actions.tsx'
import { useWords } from '../words.ts'
import { startEditing } from './editing.ts'
import type { Row, SaidLine } from './rows.ts'

/** What can be done with the row the context menu is opened on: one menu, made as it opens, and not one for each row. */
export const useRowMenu = (rows: readonly Row[], room: Room, conversation: ConversationId) => {
  const t = useWords('conversation')
  const [groups, setGroups] = useState<MenuGroups>([])
  const onLine = (line: SaidLine, type: 'resend' | 'deleteLine' | 'sendHeld') => (): void =>
    void perform({ type, conversation, line: line.id })
  const prepare = (event: MouseEvent): void => {
    const target = event.target instanceof Element ? event.target : null
    const index = Number(target?.closest<HTMLElement>('[data-index]')?.dataset['index'] ?? Number.NaN)
    const row = rows[index]
    const selection = window.getSelection()?.toString() ?? ''
    const text = row?.kind === 'message' || row?.kind === 'free' ? row.line.text : ''
    const link = target?.closest('a')?.href
    const first: MenuEntry[] = []
    if (selection !== '' || text !== '') {
      first.push({
        label: t('line.copy'),
        icon: <ClipboardCopy aria-hidden />,
        run: () => void copyText(selection === '' ? text : selection)
      })
    }
    if (link !== undefined) {
      first.push({
        label: t('line.copyLink'),
        icon: <LinkIcon aria-hidden />,
        run: () => void copyText(link)
      })
    }
    const made: MenuEntry[][] = [first]
    if (row?.kind === 'message' && !row.line.own) {
      made.push(...personActions({ member: row.line.from, room, conversation, t }))
    }
    if (row?.kind === 'message' && row.line.own && (row.line.state === 'failed' || row.line.state === 'unconfirmed')) {
      made.push([
        {
          label: row.line.state === 'failed' ? t('line.retry') : t('line.sendAgain'),
          icon: <RotateCcw aria-hidden />,
          run: onLine(row.line, 'resend')
        },
        { label: t('line.delete'), icon: <Trash2 aria-hidden />, danger: true, run: onLine(row.line, 'deleteLine') }
      ])
    }
    if (row?.kind === 'message' && row.line.own && row.line.state === 'queued') {
      const { line } = row
      made.push([
        ...(line.held
          ? [{ label: t('line.sendNow'), icon: <SendHorizontal aria-hidden />, run: onLine(line, 'sendHeld') }]
          : []),
        { label: t('line.edit'), icon: <Pencil aria-hidden />, run: () => startEditing(line.id, line.text) },
        { label: t('line.delete'), icon: <Trash2 aria-hidden />, danger: true, run: onLine(line, 'deleteLine') }
      ])
    }
    if (made.every((group) => group.length === 0)) {
      event.preventDefault()
      event.stopPropagation()
      return
    }
    setGroups(made)
  }
  return { groups, prepare }
}
