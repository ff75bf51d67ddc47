/**
 * Milliseconds of processor time that `run` costs this process, itself synchronous. Unlike the clock on the wall it
 * does not count what else the machine does meanwhile: fit to tell linear work from quadratic.
 */
export const workOf = (run: () => void): number => {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
