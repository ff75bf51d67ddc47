import { Tabs } from '@base-ui/react/tabs'
import { History, Info, Languages, Palette, Plug, UserRound } from 'lucide-react'
import { useRef } from 'react'
import type { ReactElement } from 'react'
import { Dialog } from '../parts/dialog.tsx'
import type { SettingsPage } from '../store.ts'
import { closeDialog, openDialog } from '../store.ts'
import { useWords } from '../words.ts'
import { AboutPage } from './about-page.tsx'
import { AppearancePage } from './appearance-page.tsx'
import { ConnectionsPage } from './connections-page.tsx'
import { HistoryPage } from './history-page.tsx'
import { LanguagePage } from './language-page.tsx'
import { ProfilePage } from './profile-page.tsx'
import styles from './settings.module.css'

const PAGES: readonly { page: SettingsPage; icon: ReactElement; content: () => ReactElement }[] = [
  { page: 'profile', icon: <UserRound />, content: ProfilePage },
  { page: 'appearance', icon: <Palette />, content: AppearancePage },
  { page: 'language', icon: <Languages />, content: LanguagePage },
  { page: 'connections', icon: <Plug />, content: ConnectionsPage },
  { page: 'history', icon: <History />, content: HistoryPage },
  { page: 'about', icon: <Info />, content: AboutPage }
]

/** Everything a person can choose. Changes apply at once, so there is nothing to save. */
export const SettingsDialog = ({ page }: { page: SettingsPage }) => {
  const t = useWords('frame')
  const selected = useRef<HTMLButtonElement>(null)
  return (
    <Dialog width="l" title={t('settings.title')} initialFocus={selected} onClose={closeDialog}>
      <Tabs.Root
        className={styles['tabs']}
        orientation="vertical"
        value={page}
        onValueChange={(chosen) => {
          const next = PAGES.find((candidate) => candidate.page === chosen)
          if (next) openDialog({ dialog: 'settings', page: next.page })
        }}
      >
        <Tabs.List className={styles['list']} activateOnFocus>
          {PAGES.map(({ page: name, icon }) => (
            <Tabs.Tab key={name} value={name} className={styles['tab']} {...(name === page ? { ref: selected } : {})}>
              <span aria-hidden>{icon}</span>
              {t(`settings.pages.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {PAGES.map(({ page: name, content: Content }) => (
          <Tabs.Panel key={name} value={name} className={styles['panel']}>
            <Content />
          </Tabs.Panel>
        ))}
      </Tabs.Root>
    </Dialog>
  )
}
