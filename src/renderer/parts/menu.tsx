import { ContextMenu as BaseContext } from '@base-ui/react/context-menu'
import { Menu as Base } from '@base-ui/react/menu'
import type { ReactElement, ReactNode } from 'react'
import { classes } from './class-names.ts'
import styles from './menu.module.css'

/** One entry. A disabled one stays reachable and says why in `hint`. */
export interface MenuEntry {
  label: string
  icon?: ReactElement
  /** Key combination, shown only. */
  keys?: string
  /** A second line: why it is disabled, or more about it. */
  hint?: string
  danger?: boolean
  disabled?: boolean
  run: () => void
}
/** Entries in groups; a line stands between groups. Empty groups are left out. */
export type MenuGroups = readonly (readonly MenuEntry[])[]

const Entries = ({ groups }: { groups: MenuGroups }) =>
  groups
    .filter((group) => group.length > 0)
    .map((group, index) => (
      <div key={group[0]?.label} role="none">
        {index > 0 && <Base.Separator className={styles['separator']} />}
        {group.map((entry) => (
          <Base.Item
            key={entry.label}
            className={classes(styles['item'], entry.danger && styles['danger'])}
            disabled={entry.disabled ?? false}
            onClick={entry.run}
          >
            <span className={styles['icon']} aria-hidden>
              {entry.icon}
            </span>
            <span className={styles['label']}>
              {entry.label}
              {entry.hint !== undefined && <small className={styles['hint']}>{entry.hint}</small>}
            </span>
            {entry.keys !== undefined && (
              <kbd className={styles['keys']} aria-hidden>
                {entry.keys}
              </kbd>
            )}
          </Base.Item>
        ))}
      </div>
    ))

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement<Record<string, unknown>>
  groups: MenuGroups
  align?: 'start' | 'center' | 'end'
  side?: 'top' | 'bottom' | 'left' | 'right'
}

/** A menu behind a button. */
export const Menu = ({ trigger, groups, align = 'start', side = 'bottom' }: MenuProps) => (
  <Base.Root modal={false}>
    <Base.Trigger render={trigger} />
    <Base.Portal>
      <Base.Positioner className={styles['place']} align={align} side={side} sideOffset={4}>
        <Base.Popup className={styles['popup']}>
          <Entries groups={groups} />
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  </Base.Root>
)

/** A menu on right click, long press, or the context menu key. `children` is the thing it belongs to. */
export const ContextMenu = ({ groups, children }: { groups: MenuGroups; children: ReactNode }) => (
  <BaseContext.Root>
    <BaseContext.Trigger>{children}</BaseContext.Trigger>
    <BaseContext.Portal>
      <BaseContext.Positioner className={styles['place']}>
        <BaseContext.Popup className={styles['popup']}>
          <Entries groups={groups} />
        </BaseContext.Popup>
      </BaseContext.Positioner>
    </BaseContext.Portal>
  </BaseContext.Root>
)
