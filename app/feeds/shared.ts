/** What all feeds share, and who is told of them. */
import type { FeedParts } from '../feed.ts'
import type { Shared } from '../feed-parts.ts'
import type { GapStates } from '../gap-states.ts'
import type { Status } from '../telemetry/status.ts'

export interface FeedsShared extends Shared {
  readonly status: Status
  readonly gapStates: GapStates
  /** By name, those that leave too; kept current for whoever looks. */
  readonly parts: Map<string, FeedParts>
}
