import { useApp } from '../store.ts'
import { useWords } from '../words.ts'
import styles from './settings.module.css'

export const AboutPage = () => {
  const t = useWords('frame')
  const { version, profile, carrier } = useApp((state) => state.surroundings)
  return (
    <div className={styles['about']}>
      <div className={styles['aboutHead']}>
        <span aria-hidden className={styles['cup']}>
          茶
        </span>
        <div>
          <h3>{t('title.plain')}</h3>
          <p className={styles['soft']}>{t('settings.version', { version })}</p>
        </div>
      </div>
      <p>{t('settings.aboutText')}</p>
      <dl className={styles['facts']}>
        <dt>{t('settings.profileFolder')}</dt>
        <dd>
          <code>{profile}</code>
        </dd>
        <dt>{t('settings.carrier')}</dt>
        <dd>{t(`settings.carriers.${carrier}`)}</dd>
      </dl>
    </div>
  )
}
