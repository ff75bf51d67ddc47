// Plain JavaScript: it must run on the Node that is too old.

/** The Node that TypeScript without a build, and our tests, need. It comes through npm (`npm ci`). */
export const NEEDED_NODE = 24

/** The major version in `v24.21.0` or `24.21.0`. */
export const majorOf = (version) => Number(/^v?(\d+)/.exec(version)?.[1] ?? 0)

/** Null when the running Node will do; else one sentence that says what to do. */
export const whatIsMissing = (version = process.versions.node) =>
  majorOf(version) >= NEEDED_NODE
    ? null
    : `Teahouse needs Node ${NEEDED_NODE}, and this is Node ${version}: run "npm ci" (without --ignore-scripts, it brings Node ${NEEDED_NODE} along), then use the npm commands.`
