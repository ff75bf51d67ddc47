import type { ConversationId } from '../../shared/state.ts'

/** The middle pane. The frame puts it into `<main>`. */
export const ConversationPane = ({ conversation }: { conversation: ConversationId }) => <div data-conversation={conversation} />
