/**
 * The list library behind the house's own door. Its instance changes in place and is read anew with each render; code
 * that caches renders by their inputs (React Compiler) must not be run over its users.
 */
export { useVirtualizer } from '@tanstack/react-virtual'
