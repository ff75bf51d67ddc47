import { memo } from 'react'
import type { Hit } from '../../shared/search.ts'
import { showable, shownLabel } from '../conversation/showable.ts'
import { clockTime, dayName, fullTime } from '../conversation/times.ts'
import { classes } from '../parts/class-names.ts'
import { useLanguage, useWords } from '../words.ts'
import { excerptOf } from './excerpt.ts'
import styles from './search-panel.module.css'

interface HitViewProps {
  hit: Hit
  id: string
  /** The room and person are shown where hits may be of any. */
  everywhere: boolean
  on: boolean
  /** The start of today. */
  today: number
  point: (id: string) => void
  go: (hit: Hit) => void
}

/** One message that was found: who, when, where, and the words around what was looked for. */
export const HitView = memo(({ hit, id, everywhere, on, today, point, go }: HitViewProps) => {
  const t = useWords('frame')
  const words = useWords('conversation')
  const language = useLanguage()
  const { line } = hit
  const text = 'text' in line ? line.text : ''
  const from = line.kind === 'said' ? shownLabel(line.from) || t('search.somebody') : t('search.line')
  const day = dayName(line.at, today, language, { today: words('log.today'), yesterday: words('log.yesterday') })
  const title = showable(hit.title)
  return (
    <li
      id={id}
      role="option"
      aria-selected={on}
      className={classes(styles['hit'], on && styles['on'])}
      // The keyboard stays where the words are typed: the arrow keys go on from here.
      onMouseDown={(event) => event.preventDefault()}
      onPointerMove={() => point(id)}
      onClick={() => go(hit)}
    >
      {everywhere && (
        <div className={styles['place']}>
          <bdi>{hit.with === null ? title : t('search.privateIn', { name: shownLabel(hit.with), room: title })}</bdi>
        </div>
      )}
      <div className={styles['by']}>
        <bdi>{from}</bdi>
        <time dateTime={new Date(line.at).toISOString()} title={fullTime(line.at, language)}>
          {day} {clockTime(line.at, language)}
        </time>
      </div>
      <bdi className={styles['text']} dir="auto">
        {excerptOf(text, hit.marks).map((piece) =>
          piece.marked ? <mark key={piece.at}>{showable(piece.text)}</mark> : showable(piece.text)
        )}
      </bdi>
    </li>
  )
})
HitView.displayName = 'HitView'
