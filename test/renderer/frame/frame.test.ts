import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stage } from '../../support/stage.ts'
import { makeStage, sampleState } from '../../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await makeStage()
}, 60_000)
afterAll(async () => {
  await stage.close()
})

describe('the window', () => {
  test('opens under its content policy without a complaint', async () => {
    const window = await stage.open(sampleState())
    await window.picture('frame')
    expect(window.troubles).toEqual([])
    await window.close()
  })
})
