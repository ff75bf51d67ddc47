import { Fragment } from 'react'
import type { ReactNode } from 'react'
import type { Member } from '../../shared/events.ts'
import { useWords } from '../words.ts'
import { showableName, shownLabel } from './showable.ts'
import styles from './name.module.css'

interface NameProps {
  member: Member
  /** Show the address beside the name: others here are called the same. */
  apart?: boolean
}

/** Somebody's name, isolated from its neighbours. */
export const Name = ({ member, apart = false }: NameProps) => {
  const t = useWords('conversation')
  const label = shownLabel(member)
  const address = showableName(member.address ?? '')
  return (
    <>
      <bdi className={styles['name']} dir="auto">
        {label === '' ? t('log.someone') : label}
      </bdi>
      {apart && address !== '' && address !== label && <bdi className={styles['address']}>{address}</bdi>}
    </>
  )
}

/** Marks in a sentence where names go. From the private use area, and never from the wire: the sentences are ours. */
const FIRST_SLOT = 0xe000
export const slot = (index: number): string => String.fromCharCode(FIRST_SLOT + index)

/** A translated sentence with elements where its slots are: no text from the wire is ever parsed as markup. */
export const inSlots = (sentence: string, ...elements: ReactNode[]): ReactNode =>
  sentence
    .split(/([\uE000-\uE00F])/u)
    .map((part, index) => (
      <Fragment key={`${index}:${part}`}>{index % 2 === 1 ? elements[part.charCodeAt(0) - FIRST_SLOT] : part}</Fragment>
    ))
