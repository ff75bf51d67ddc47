import type { Theme } from '../../shared/appearance.ts'
import { TEXT_SIZES, THEMES } from '../../shared/appearance.ts'
import { classes } from '../parts/class-names.ts'
import { useApp } from '../store.ts'
import { useWords } from '../words.ts'
import { changeSettings } from './change.ts'
import { Choice } from './choice.tsx'
import styles from './settings.module.css'

/** A window in small, in the colours it stands for. */
const Preview = ({ theme }: { theme: Theme }) => (
  <span aria-hidden className={classes(styles['preview'], styles[`preview-${theme}`])}>
    <i />
    <b />
    <u />
  </span>
)

export const AppearancePage = () => {
  const t = useWords('frame')
  const { theme, textSize } = useApp((state) => state.preferences)
  return (
    <>
      <Choice
        look="cards"
        legend={t('settings.theme')}
        value={theme}
        onChoose={(chosen) => changeSettings({ theme: chosen })}
        choices={THEMES.map((value) => ({
          value,
          label: (
            <>
              <Preview theme={value} />
              {t(`settings.themes.${value}`)}
            </>
          )
        }))}
      />
      <Choice
        look="row"
        legend={t('settings.textSize')}
        value={textSize}
        onChoose={(chosen) => changeSettings({ textSize: chosen })}
        choices={TEXT_SIZES.map((value) => ({
          value,
          name: t('settings.textSizeValue', { size: value }),
          label: (
            <span aria-hidden className={styles[`size-${value}`]}>
              A
            </span>
          )
        }))}
      />
    </>
  )
}
