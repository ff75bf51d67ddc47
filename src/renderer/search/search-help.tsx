import { useWords } from '../words.ts'
import styles from './search-panel.module.css'

/** What can be looked for, before anything was typed. The filters are put into the field by a click. */
export const SearchHelp = ({ insert }: { insert: (filter: string) => void }) => {
  const t = useWords('frame')
  const examples: [string, string][] = [
    [t('search.exampleWords'), t('search.howWords')],
    [t('search.examplePhrase'), t('search.howPhrase')]
  ]
  const filters = [
    ['from:', t('search.howFrom')],
    ['in:', t('search.howIn')],
    ['before:', t('search.howBefore')],
    ['after:', t('search.howAfter')]
  ] as const
  return (
    <section className={styles['how']} aria-labelledby="search-how">
      <h3 id="search-how">{t('search.how')}</h3>
      <dl>
        {examples.map(([example, meaning]) => (
          <div key={example}>
            <dt>
              <code>{example}</code>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
        {filters.map(([filter, meaning]) => (
          <div key={filter}>
            <dt>
              <button type="button" onClick={() => insert(filter)}>
                {filter}
                {filter === 'before:' || filter === 'after:' ? '2026-03' : ''}
              </button>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p>{t('search.keys')}</p>
    </section>
  )
}
