import { conversation as conversationEn } from './en/conversation.ts'
import { frame as frameEn } from './en/frame.ts'
import { record as recordEn } from './en/record.ts'
import { shell as shellEn } from './en/shell.ts'
import { terms as termsEn } from './en/terms.ts'
import { conversation as conversationZh } from './zh-CN/conversation.ts'
import { frame as frameZh } from './zh-CN/frame.ts'
import { record as recordZh } from './zh-CN/record.ts'
import { shell as shellZh } from './zh-CN/shell.ts'
import { terms as termsZh } from './zh-CN/terms.ts'

/** i18next resources: one namespace an area of the program, the same catalogue in main and in the page. */
export const texts = {
  en: { terms: termsEn, shell: shellEn, conversation: conversationEn, frame: frameEn, record: recordEn },
  'zh-CN': { terms: termsZh, shell: shellZh, conversation: conversationZh, frame: frameZh, record: recordZh }
}
