import { makeAddressed } from './addressed.ts'

/** The same server with Chinese notices (dialects 3.1, server 000). */
export const goplZh = makeAddressed('gopl-zh', { welcome: '欢迎 ', joined: ' 上线', left: ' 下线' })
