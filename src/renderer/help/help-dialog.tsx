import { useRef } from 'react'
import { useShortcut } from '../keys.ts'
import { Button } from '../parts/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../parts/dialog.tsx'
import { closeDialog } from '../store.ts'
import { useWords } from '../words.ts'
import styles from './help-dialog.module.css'

/** What the keys and the message field can do, and what others can come with. */
export const HelpDialog = () => {
  const t = useWords('frame')
  const shortcut = useShortcut()
  const done = useRef<HTMLButtonElement>(null)
  const keys: [string | undefined, string][] = [
    [shortcut('host'), t('menu.host')],
    [shortcut('connect'), t('menu.connect')],
    [shortcut('switch'), t('menu.switch')],
    [shortcut('find'), t('menu.find')],
    [shortcut('search'), t('menu.search')],
    [shortcut('goToDate'), t('menu.goToDate')],
    [shortcut('next'), t('menu.next')],
    [shortcut('previous'), t('menu.previous')],
    [shortcut('settings'), t('menu.settings')],
    ['Enter', t('help.send')],
    ['Shift+Enter', t('help.newline')],
    ['↑', t('help.recall')]
  ]
  const commands: [string, string][] = [
    ['/who', t('help.who')],
    [`/rename ${t('help.nameWord')}`, t('help.rename')],
    [`/to ${t('help.nameWord')} ${t('help.textWord')}`, t('help.to')],
    ['/help', t('help.helpCommand')],
    ['//', t('help.escape')]
  ]
  return (
    <Dialog width="l" title={t('help.title')} initialFocus={done} onClose={closeDialog}>
      <DialogBody>
        <div className={styles['columns']}>
          <section aria-labelledby="help-keys">
            <h3 id="help-keys">{t('help.shortcuts')}</h3>
            <dl>
              {keys.map(
                ([key, meaning]) =>
                  key !== undefined && (
                    <div key={meaning}>
                      <dt>
                        <kbd>{key}</kbd>
                      </dt>
                      <dd>{meaning.replace(/…$/u, '')}</dd>
                    </div>
                  )
              )}
            </dl>
          </section>
          <section aria-labelledby="help-commands">
            <h3 id="help-commands">{t('help.commands')}</h3>
            <dl>
              {commands.map(([command, meaning]) => (
                <div key={command}>
                  <dt>
                    <code>{command}</code>
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        </div>
        <section aria-labelledby="help-others">
          <h3 id="help-others">{t('help.others')}</h3>
          <ul className={styles['others']}>
            <li>{t('help.othersTeahouse')}</li>
            <li>{t('help.othersTerminal')}</li>
            <li>{t('help.othersTutorial')}</li>
          </ul>
          <p className={styles['open']}>{t('help.open')}</p>
        </section>
      </DialogBody>
      <DialogActions>
        <Button look="main" ref={done} onClick={closeDialog}>
          {t('done')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
