import { AtSign, Copy, Eye, EyeOff, MessageSquareLock } from 'lucide-react'
import type { Member } from '../../shared/events.ts'
import { memberKey } from '../../shared/events.ts'
import type { ConversationId, Room } from '../../shared/state.ts'
import { insertDraft } from '../composer/drafts.ts'
import { shownLabel } from '../conversation/showable.ts'
import { copyText } from '../parts/copy-button.tsx'
import type { MenuEntry } from '../parts/menu.tsx'
import { perform } from '../actions.ts'
import { announce, select, viewNow } from '../store.ts'
import type { Words } from '../words.ts'

/** Opens the private thread with somebody and goes there. */
export const whisperTo = async (room: Room, member: Member): Promise<void> => {
  const outcome = await perform({ type: 'openPrivate', room: room.id, member: memberKey(member) })
  if (outcome?.ok && outcome.conversation !== undefined) select(outcome.conversation)
}

/** Hides what somebody says, or shows it again. */
export const ignore = async (room: Room, member: Member, on: boolean, told: string): Promise<void> => {
  const outcome = await perform({ type: 'ignore', room: room.id, member: memberKey(member), on })
  if (outcome?.ok) announce(told)
}

/** Why nothing can be said to one person alone on this connection; null when it can. */
export const noWhispering = (room: Room, t: Words<'conversation'>): string | null => {
  if (room.status.state !== 'connected') return t('people.notConnected')
  return room.capabilities.whisper ? null : t('people.cannotWhisper')
}

interface About {
  member: Member
  room: Room
  /** Where a mention goes. */
  conversation: ConversationId
  t: Words<'conversation'>
}

/** What can be done about a person: in the people list and on their messages. */
export const personActions = ({ member, room, conversation, t }: About): MenuEntry[][] => {
  const key = memberKey(member)
  const name = shownLabel(member)
  const ignored = room.ignored.includes(key)
  const why = noWhispering(room, t)
  return [
    [
      {
        label: t('people.whisper'),
        icon: <MessageSquareLock aria-hidden />,
        disabled: why !== null,
        ...(why === null ? {} : { hint: why }),
        run: () => void whisperTo(room, member)
      },
      {
        label: t('people.mention'),
        icon: <AtSign aria-hidden />,
        run: () => insertDraft(viewNow().selected ?? conversation, `@${name} `)
      },
      ...(member.address === null
        ? []
        : [
            {
              label: t('people.copyAddress'),
              icon: <Copy aria-hidden />,
              run: () => void copyText(member.address ?? '')
            }
          ])
    ],
    [
      {
        label: ignored ? t('people.unignore') : t('people.ignore'),
        icon: ignored ? <Eye aria-hidden /> : <EyeOff aria-hidden />,
        danger: !ignored,
        run: () => void ignore(room, member, !ignored, t(ignored ? 'line.heardAgain' : 'line.ignored', { name }))
      }
    ]
  ]
}
