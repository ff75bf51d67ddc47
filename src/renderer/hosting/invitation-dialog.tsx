import { ClipboardCopy } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { LocalAddress } from '../../shared/bridge.ts'
import type { HostedRoom, Room, Surroundings } from '../../shared/state.ts'
import { copyInvitation } from '../actions.ts'
import { readAddress } from '../connecting/address.ts'
import { Button } from '../parts/button.tsx'
import { useDialectName } from '../parts/choices.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { Dialog, DialogActions, DialogBody } from '../parts/dialog.tsx'
import { ask, closeDialog, useApp } from '../store.ts'
import { useLanguage, useWords } from '../words.ts'
import { netcatLine, placeOf } from './invitation.ts'
import styles from './invitation-dialog.module.css'

const Firewall = ({ platform, hosting }: { platform: Surroundings['platform']; hosting: HostedRoom }) => {
  const t = useWords('frame')
  const list = new Intl.ListFormat(useLanguage())
  const ports = [...new Set(hosting.doors.map(({ port }) => String(port)))]
  return (
    <p className={styles['firewall']}>
      {t(`invitation.firewall.${platform}`, { ports: list.format(ports) })}
      {platform === 'linux' && <code> sudo ufw allow {ports.join(',')}/tcp</code>}
    </p>
  )
}

/** The cards behind the addresses, to tell real networks from virtual ones. Empty until the app has answered. */
const useCards = (): LocalAddress[] => {
  const [cards, setCards] = useState<LocalAddress[]>([])
  useEffect(() => {
    let wanted = true
    ask({ type: 'addresses' }).then(
      (found) => wanted && setCards(found),
      () => wanted && setCards([])
    )
    return () => {
      wanted = false
    }
  }, [])
  return cards
}

/** How others get in: addresses, the line for a terminal, what the firewall may ask. */
export const InvitationDialog = ({ room, hosting, fresh }: { room: Room; hosting: HostedRoom; fresh: boolean }) => {
  const t = useWords('frame')
  const dialectName = useDialectName()
  const platform = useApp((state) => state.surroundings.platform)
  const cards = useCards()
  const done = useRef<HTMLButtonElement>(null)
  const best = placeOf(room)
  const line = netcatLine(best.host, best.port)
  return (
    <Dialog
      title={t(fresh ? 'invitation.fresh' : 'invitation.title', { room: room.title })}
      description={t('invitation.lead')}
      initialFocus={done}
      onClose={closeDialog}
    >
      <DialogBody>
        <section aria-labelledby="invitation-addresses">
          <h3 id="invitation-addresses" className={styles['heading']}>
            {t('invitation.addresses')}
          </h3>
          {hosting.addresses.length === 0 && (
            <p className={styles['soft']}>{t('invitation.noAddresses', { port: best.port })}</p>
          )}
          <ul className={styles['addresses']}>
            {hosting.addresses.map((address, index) => {
              const card = cards.find((candidate) => candidate.address === readAddress(address).host)
              return (
                <li key={address}>
                  <code className={styles['address']}>{address}</code>
                  <span className={styles['card']}>
                    {card?.card}
                    {card?.virtual === true
                      ? ` · ${t('invitation.virtual')}`
                      : index === 0 && hosting.addresses.length > 1 && `${card ? ' · ' : ''}${t('invitation.best')}`}
                  </span>
                  <CopyButton text={address} what={address} />
                </li>
              )
            })}
          </ul>
        </section>
        <section aria-labelledby="invitation-terminal">
          <h3 id="invitation-terminal" className={styles['heading']}>
            {t('invitation.terminal')}
          </h3>
          <div className={styles['terminal']}>
            <code>{line}</code>
            <CopyButton text={line} what={line} />
          </div>
        </section>
        {hosting.doors.length > 1 && (
          <section aria-labelledby="invitation-doors">
            <h3 id="invitation-doors" className={styles['heading']}>
              {t('invitation.doors')}
            </h3>
            <ul className={styles['doors']}>
              {hosting.doors.map((door) => (
                <li key={`${door.address}:${door.port}`}>
                  {t('invitation.door', { port: door.port, dialect: dialectName(door.dialect) })}
                </li>
              ))}
            </ul>
          </section>
        )}
        <Firewall platform={platform} hosting={hosting} />
      </DialogBody>
      <DialogActions>
        <Button onClick={() => void copyInvitation(room)}>
          <ClipboardCopy size={16} aria-hidden />
          {t('invitation.copy')}
        </Button>
        <Button look="main" ref={done} onClick={closeDialog}>
          {t('done')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
