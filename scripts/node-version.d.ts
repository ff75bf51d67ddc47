export declare const NEEDED_NODE: 24
export declare const majorOf: (version: string) => number
export declare const whatIsMissing: (version?: string) => string | null
