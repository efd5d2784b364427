import { describe, expect, it } from 'vitest'
import { levelOf, nextVersion, withRelease } from './changelog.ts'

const commit = (subject: string, body = ''): { subject: string; body: string } => ({ subject, body })

describe('the next version', () => {
  it.each([
    ['1.2.3', [commit('Fix a total')], '1.2.4'],
    ['1.2.3', [commit('Fix a total'), commit('Open a page')], '1.3.0'],
    ['1.2.3', [commit('Open a page', 'Why.\n\nBREAKING CHANGE: tokens of v1 end')], '2.0.0'],
    ['0.2.3', [commit('Open a page', 'BREAKING CHANGE: tokens of v1 end')], '0.3.0'],
    ['0.2.3', [commit('Prefix names')], '0.3.0'],
  ])('after %s is said by the commits', (current, commits, expected) => {
    expect(nextVersion(current, levelOf(commits, current))).toBe(expected)
  })

  it('is not made of what is none', () => {
    expect(() => nextVersion('1.2', 'patch')).toThrow(/no version/)
  })
})

describe('CHANGELOG.md', () => {
  const TEXT = '# Changes\n\n## Unreleased\n\nWritten by hand.\n\n## 1.0.0 (2026-01-01)\n\nThe first.\n'

  it('keeps what people wrote, lists the commits by kind, and begins anew', () => {
    const commits = [commit('Open a page'), commit('Fix a total', 'BREAKING CHANGE: totals are exact')]
    expect(withRelease(TEXT, '1.1.0', '2026-11-26', commits)).toBe(
      [
        '# Changes\n\n## Unreleased\n\n## 1.1.0 (2026-11-26)\n\nWritten by hand.\n\n',
        '### Breaking\n\n- totals are exact\n\n### Changes\n\n- Open a page\n\n### Fixes\n\n- Fix a total\n\n',
        '## 1.0.0 (2026-01-01)\n\nThe first.\n',
      ].join(''),
    )
  })

  it('is not guessed at where it has no place for it', () => {
    expect(() => withRelease('# Changes\n', '1.0.0', '2026-11-26', [])).toThrow(/no heading "## Unreleased"/)
  })
})
