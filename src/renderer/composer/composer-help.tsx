import { X } from 'lucide-react'
import { useRef } from 'react'
import { useScrolls } from '../parts/scrolls.ts'
import { useWords } from '../words.ts'
import styles from './composer-help.module.css'

/** What can be typed into the composer, above it, so that it can be tried while reading. */
export const ComposerHelp = ({ onClose }: { onClose: () => void }) => {
  const t = useWords('conversation')
  const terms = useWords('frame')
  const body = useRef<HTMLDivElement>(null)
  const scrolls = useScrolls(body)
  const [name, text] = [terms('help.nameWord'), terms('help.textWord')]
  return (
    <section className={styles['help']} aria-label={t('composer.help')}>
      <header>
        <h2>{t('composer.help')}</h2>
        <button type="button" aria-label={t('composer.helpClose')} onClick={onClose}>
          <X aria-hidden />
        </button>
      </header>
      <div ref={body} className={styles['body']} {...(scrolls ? { tabIndex: 0 } : {})}>
        <div className={styles['columns']}>
          <dl>
            <dt>
              <code>/who</code>
            </dt>
            <dd>{t('composer.commandWho')}</dd>
            <dt>
              <code>/rename {name}</code>
            </dt>
            <dd>{t('composer.commandRename')}</dd>
            <dt>
              <code>
                /to {name} {text}
              </code>
            </dt>
            <dd>{t('composer.commandTo')}</dd>
            <dt>
              <code>/help</code>
            </dt>
            <dd>{t('composer.commandHelp')}</dd>
          </dl>
          <dl>
            <dt>
              <kbd>Enter</kbd>
            </dt>
            <dd>{t('composer.helpEnter')}</dd>
            <dt>
              <kbd>Shift</kbd>+<kbd>Enter</kbd>
            </dt>
            <dd>{t('composer.helpShiftEnter')}</dd>
            <dt>
              <kbd>↑</kbd>
            </dt>
            <dd>{t('composer.helpUp')}</dd>
            <dt>
              <kbd>Tab</kbd>
            </dt>
            <dd>{t('composer.helpTab')}</dd>
          </dl>
        </div>
        <p>{t('composer.helpSay')}</p>
      </div>
    </section>
  )
}
