import { describe, expect, it } from '@jest/globals';
import type { ExportSummary } from '@hub/fleet';
import { ExportNews } from './export-news.js';

const since = '2026-01-01T00:00:00Z';

function exportWith(problem: { reason: string; message: string; at?: string } | undefined, uid = 'u1'): ExportSummary {
  const valid = {
    type: 'Valid',
    status: problem ? ('False' as const) : ('True' as const),
    reason: problem?.reason ?? 'Valid',
    message: problem?.message ?? 'every exported port is a port of the Service',
    lastTransitionTime: problem?.at ?? '2026-01-01T00:00:01Z',
  };
  const programmed = { policy: '', generation: 0, ready: 0, total: 1 };
  return { namespace: 'shop', name: 'cart', uid, service: 'cart', hash: 'h', slots: ['80'], conditions: [valid], programmed };
}

const noPort = { reason: 'InvalidPort', message: '99 is not a TCP port of Service shop/cart' };
const noService = { reason: 'NoService', message: 'Service shop/cart is missing' };

/** What is told after each of these states, as `reason`s. */
function told(...states: readonly (readonly ExportSummary[])[]): readonly string[] {
  const news = new ExportNews(since);
  return states.map((state) =>
    news
      .of(state)
      .map(({ reason }) => reason)
      .join(),
  );
}

describe('news of exports', () => {
  it.each<[string, readonly (readonly ExportSummary[])[], readonly string[]]>([
    ['what asks for something that there is not is told once', [[exportWith(noPort)], [exportWith(noPort)]], ['InvalidPort', '']],
    ['another thing that is wrong is told too', [[exportWith(noPort)], [exportWith(noService)]], ['InvalidPort', 'NoService']],
    [
      'what was put right and is wrong again is told again',
      [[exportWith(noPort)], [exportWith(undefined)], [exportWith(noPort)]],
      ['InvalidPort', '', 'InvalidPort'],
    ],
    ['what was told before a restart is not told again', [[exportWith({ ...noPort, at: '2025-12-31T23:59:59Z' })]], ['']],
    ['a new export of the same name is another one', [[exportWith(noPort)], [exportWith(noPort, 'u2')]], ['InvalidPort', 'InvalidPort']],
    ['what is as it must be is no news', [[exportWith(undefined)]], ['']],
  ])('%s', (_, states, reasons) => {
    expect(told(...states)).toEqual(reasons);
  });

  it('name the export and say what is wrong', () => {
    expect(new ExportNews(since).of([exportWith(noPort)])).toEqual([
      {
        type: 'Warning',
        reason: 'InvalidPort',
        note: noPort.message,
        regarding: {
          apiVersion: 'application-networking.k8s.aws/v1alpha1',
          kind: 'ServiceExport',
          namespace: 'shop',
          name: 'cart',
          uid: 'u1',
        },
      },
    ]);
  });
});
