import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { RawPolicy } from './read-policy.js';
import { readPolicy } from './read-policy.js';

const onExport = { group: 'application-networking.k8s.aws', kind: 'ServiceExport', name: 'web' };
const onService = { group: '', kind: 'Service', name: 'web' };

function raw(spec: unknown): RawPolicy {
  return { namespace: 'shop', name: 'policy', uid: 'uid', generation: 3, creationTimestamp: '2026-08-01T10:00:00Z', spec };
}

function read(spec: unknown): ReturnType<typeof readPolicy> {
  return readPolicy(raw(spec), { tier: 'member', cluster: 'a' });
}

describe('a policy that is read', () => {
  it('has its names, its age and its origin', () => {
    expect(read({ targetRef: onExport })).toMatchObject({
      origin: { tier: 'member', cluster: 'a' },
      namespace: 'shop',
      name: 'policy',
      uid: 'uid',
      generation: 3,
      createdAtMs: Date.UTC(2026, 7, 1, 10),
    });
  });

  it.each([
    { about: 'a ServiceExport', targetRef: onExport, target: { kind: 'ServiceExport', name: 'web' } },
    { about: 'a Service', targetRef: onService, target: { kind: 'Service', name: 'web' } },
    { about: 'its own namespace by name', targetRef: { ...onExport, namespace: 'shop' }, target: { kind: 'ServiceExport', name: 'web' } },
  ])('can be about $about', ({ targetRef, target }) => {
    expect(read({ targetRef })).toMatchObject({ target, settings: { valid: true } });
  });

  it.each([
    { about: 'a Service of the wrong group', targetRef: { ...onService, group: 'apps' }, why: 'not supported GroupKind=apps/Service' },
    { about: 'a ServiceExport without group', targetRef: { ...onExport, group: '' }, why: 'not supported GroupKind=/ServiceExport' },
    { about: 'a ServiceExport of the MCS API', targetRef: { ...onExport, group: 'multicluster.x-k8s.io' }, why: 'not supported GroupKind' },
    { about: 'a Gateway', targetRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'g' }, why: 'not supported GroupKind' },
    { about: 'another namespace', targetRef: { ...onExport, namespace: 'other' }, why: 'spec.targetRef.namespace' },
    { about: 'nothing', targetRef: undefined, why: 'spec.targetRef' },
    { about: 'something without a name', targetRef: { group: '', kind: 'Service' }, why: 'spec.targetRef.name' },
    { about: 'a name that is no text', targetRef: { ...onExport, name: 7 }, why: 'spec.targetRef.name' },
  ])('can not be about $about', ({ targetRef, why }) => {
    expect(read({ targetRef })).toMatchObject({ target: undefined, settings: { valid: false, message: expect.stringContaining(why) } });
  });

  it.each<[object]>([
    [{}],
    [{ protocol: 'HTTP' }],
    [{ protocol: 'HTTPS', protocolVersion: 'HTTP2' }],
    [{ protocol: 'TCP' }],
    [{ protocolVersion: 'GRPC' }],
    [{ healthCheck: {} }],
    [{ healthCheck: { enabled: true, path: '/', port: 1, intervalSeconds: 5, timeoutSeconds: 1, statusMatch: '200' } }],
    [{ healthCheck: { path: '/a?b=c&d=%20#e', statusMatch: '200,202,300-399', port: 65535, intervalSeconds: 300 } }],
    [{ healthCheck: { path: '' } }],
    [{ healthCheck: { healthyThresholdCount: 2, unhealthyThresholdCount: 10, protocol: 'HTTPS', protocolVersion: 'HTTP2' } }],
  ])('can be followed when it asks for %j', (asked) => {
    expect(read({ targetRef: onExport, ...asked }).settings).toEqual({
      valid: true,
      settings: { protocol: undefined, protocolVersion: undefined, healthCheck: undefined, ...asked },
    });
  });

  it.each<{ asked: object; field: string }>([
    { asked: { protocol: 'http' }, field: 'spec.protocol' },
    { asked: { protocol: 'UDP' }, field: 'spec.protocol' },
    { asked: { protocol: '' }, field: 'spec.protocol' },
    { asked: { protocol: 7 }, field: 'spec.protocol' },
    { asked: { protocolVersion: 'HTTP3' }, field: 'spec.protocolVersion' },
    // Upstream fails the whole reconcile here while the policy says that it is accepted.
    { asked: { protocol: 'TCP', protocolVersion: 'HTTP1' }, field: 'spec.protocolVersion' },
    { asked: { healthCheck: { path: 'healthz' } }, field: 'spec.healthCheck.path' },
    { asked: { healthCheck: { path: '/a b' } }, field: 'spec.healthCheck.path' },
    { asked: { healthCheck: { path: `/${'a'.repeat(2048)}` } }, field: 'spec.healthCheck.path' },
    { asked: { healthCheck: { statusMatch: '2xx' } }, field: 'spec.healthCheck.statusMatch' },
    { asked: { healthCheck: { statusMatch: '200-' } }, field: 'spec.healthCheck.statusMatch' },
    { asked: { healthCheck: { statusMatch: '200, 202' } }, field: 'spec.healthCheck.statusMatch' },
    { asked: { healthCheck: { port: 0 } }, field: 'spec.healthCheck.port' },
    { asked: { healthCheck: { port: 65536 } }, field: 'spec.healthCheck.port' },
    { asked: { healthCheck: { intervalSeconds: 4 } }, field: 'spec.healthCheck.intervalSeconds' },
    { asked: { healthCheck: { timeoutSeconds: 121 } }, field: 'spec.healthCheck.timeoutSeconds' },
    { asked: { healthCheck: { healthyThresholdCount: 1 } }, field: 'spec.healthCheck.healthyThresholdCount' },
    { asked: { healthCheck: { protocol: 'TCP' } }, field: 'spec.healthCheck.protocol' },
    { asked: { healthCheck: { protocolVersion: 'GRPC' } }, field: 'spec.healthCheck.protocolVersion' },
    { asked: { healthCheck: 'yes' }, field: 'spec.healthCheck' },
  ])('that asks for $asked is invalid by $field, and keeps its target', ({ asked, field }) => {
    expect(read({ targetRef: onExport, ...asked })).toMatchObject({
      target: { kind: 'ServiceExport', name: 'web' },
      settings: { valid: false, message: expect.stringContaining(field) },
    });
  });

  const tcp = 'protocolVersion is not supported for TCP protocol TargetGroupPolicy';
  const targets = 'make it application-networking.k8s.aws/ServiceExport, or Service with an empty group';

  it.each<{ spec: unknown; message: string }>([
    { spec: null, message: 'spec.targetRef: is required: an object' },
    { spec: { targetRef: 'web' }, message: 'spec.targetRef: must be an object' },
    { spec: { targetRef: { group: '', kind: 'Service' } }, message: 'spec.targetRef.name: is required: a text' },
    { spec: { targetRef: { ...onService, name: '' } }, message: 'spec.targetRef.name: must not be empty' },
    { spec: { targetRef: { ...onService, name: 7 } }, message: 'spec.targetRef.name: must be a text' },
    { spec: { targetRef: { ...onService, name: 'a'.repeat(254) } }, message: 'spec.targetRef.name: must have at most 253 characters' },
    {
      spec: { targetRef: { ...onService, kind: '-' } },
      message: 'spec.targetRef.kind: must match /^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/',
    },
    {
      spec: { targetRef: { ...onService, group: 'apps' } },
      message: `spec.targetRef: group/kind error: not supported GroupKind=apps/Service, ${targets}`,
    },
    {
      spec: { targetRef: { ...onService, namespace: 'other' } },
      message: 'spec.targetRef.namespace: a policy does not reach into another namespace, leave it out or say shop',
    },
    { spec: { targetRef: onService, protocol: 'UDP' }, message: 'spec.protocol: "UDP" is not one of HTTP, HTTPS or TCP' },
    {
      spec: { targetRef: onService, protocol: 'TCP', protocolVersion: 'HTTP1' },
      message: `spec.protocolVersion: ${tcp}, leave it out, or make spec.protocol HTTP or HTTPS`,
    },
    { spec: { targetRef: onService, healthCheck: { port: 0 } }, message: 'spec.healthCheck.port: must be at least 1' },
    { spec: { targetRef: onService, healthCheck: { port: 65_536 } }, message: 'spec.healthCheck.port: must be at most 65535' },
    { spec: { targetRef: onService, healthCheck: { port: 1.5 } }, message: 'spec.healthCheck.port: must be a whole number' },
    { spec: { targetRef: onService, healthCheck: { port: '80' } }, message: 'spec.healthCheck.port: must be a number' },
    { spec: { targetRef: onService, healthCheck: { enabled: 'yes' } }, message: 'spec.healthCheck.enabled: must be true or false' },
    { spec: { targetRef: onService, healthCheck: { protocol: 'TCP' } }, message: 'spec.healthCheck.protocol: must be one of HTTP, HTTPS' },
    {
      spec: { targetRef: onService, healthCheck: { path: 'healthz' } },
      message: 'spec.healthCheck.path: must begin with / and hold only letters, digits and @:%_+.~#?&/=-, at most 2048 characters',
    },
    {
      spec: { targetRef: onService, healthCheck: { statusMatch: '2xx' } },
      message: 'spec.healthCheck.statusMatch: must be codes and ranges of codes, such as 200, 200,202 or 200-299',
    },
  ])('names the field and the fix: $message', ({ spec, message }) => {
    expect(read(spec).settings).toEqual({ valid: false, message });
  });

  it('never throws, whatever a cluster sends', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (spec, creationTimestamp) => {
        const policy = readPolicy({ ...raw(spec), creationTimestamp }, { tier: 'hub' });
        expect(policy.settings.valid || policy.settings.message !== '').toBe(true);
        expect(Number.isFinite(policy.createdAtMs)).toBe(true);
      }),
    );
  });
});
