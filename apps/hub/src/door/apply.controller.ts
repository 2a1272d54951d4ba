import { Controller, HttpCode, Post, Query, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { Hub } from '../hub.js';
import type { Caller } from './access.js';
import { CallerGuard, CurrentCaller } from './caller.decorator.js';
import { badInput, invalidInput, Problem } from './problem.js';
import { AppliedView } from './views.js';

/** What may be applied: the objects that this hub is about. */
const appliable: ReadonlyMap<string, { readonly isNamespaced: boolean }> = new Map([
  ['application-networking.k8s.aws/v1alpha1 TargetGroupPolicy', { isNamespaced: true }],
  ['application-networking.k8s.aws/v1alpha1 ServiceExport', { isNamespaced: true }],
  ['application-networking.k8s.aws/v1alpha1 ServiceImport', { isNamespaced: true }],
  ['lattice-hub.io/v1alpha1 MemberCluster', { isNamespaced: false }],
]);

const namespaceName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be the name of a namespace: lower-case letters, digits and hyphens');

const ApplyQuery = z.strictObject({
  namespace: namespaceName.default('default'),
  dryRun: z.enum(['0', '1', 'false', 'true']).default('false'),
});
type ApplyQuery = z.infer<typeof ApplyQuery>;

const AppliedObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z
      .string()
      .max(253)
      .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be lower-case letters, digits, hyphens and dots'),
    namespace: namespaceName.exactOptional(),
  }),
});
type AppliedObject = z.infer<typeof AppliedObject>;

/** Applies objects to the hub cluster as the caller, as `kubectl apply --server-side` would. */
@ApiTags('apply')
@ApiBearerAuth()
@UseGuards(CallerGuard)
@Controller('api/v1/apply')
export class ApplyController {
  constructor(private readonly hub: Hub) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Applies one or more YAML or JSON documents to the hub cluster, as the caller' })
  @ApiConsumes('application/yaml')
  @ApiBody({ schema: { type: 'string' } })
  @ApiOkResponse({ standardSchema: AppliedView })
  async apply(
    @CurrentCaller() caller: Caller,
    @Query({ schema: ApplyQuery }) query: ApplyQuery,
    @Req() request: Request,
  ): Promise<AppliedView> {
    const objects = readObjects(request.body, query.namespace);
    const options = { fieldManager: 'lattice-hub-apply', isDryRun: true };
    // All of them are tried before the first is applied: an apply that is refused has changed nothing.
    for (const object of objects) await this.hub.api.applyAs(caller.token, object, options);
    const isDryRun = query.dryRun === '1' || query.dryRun === 'true';
    const items: AppliedView['items'] = [];
    for (const object of objects) {
      const applied = await this.hub.api.applyAs(caller.token, object, { fieldManager: 'lattice-hub-apply', isDryRun });
      items.push({ kind: object.kind, namespace: applied.metadata?.namespace ?? null, name: object.metadata.name });
    }
    return { items };
  }
}

/** Every document is checked before the first is applied. */
function readObjects(body: unknown, namespace: string): readonly AppliedObject[] {
  // One document as application/json was read already.
  if (typeof body === 'object' && body !== null) return [readObject(body, namespace)];
  if (typeof body !== 'string' || body.trim() === '')
    throw badInput([{ field: 'body', fix: 'must be YAML or JSON, as application/yaml or application/json' }]);
  const documents = parseAllDocuments(body, { logLevel: 'silent' });
  const broken = [...documents].findIndex((document) => document.errors.length > 0);
  if (broken >= 0) {
    const why = documents[broken]?.errors[0]?.message.split('\n')[0]?.replace(/:$/, '');
    throw badInput([{ field: 'body', fix: `document ${broken + 1} is not YAML: ${why}` }]);
  }
  const raw = [...documents].map((document) => document.toJS({ maxAliasCount: 20 }) as unknown).filter((value) => value !== null);
  return raw.map((value) => readObject(value, namespace));
}

function readObject(value: unknown, namespace: string): AppliedObject {
  const parsed = AppliedObject.safeParse(value);
  if (!parsed.success) throw invalidInput(parsed.error.issues);
  const { apiVersion, kind, metadata } = parsed.data;
  const known = appliable.get(`${apiVersion} ${kind}`);
  if (!known) {
    const allowed = [...appliable.keys()].map((each) => each.split(' ')[1]).join(', ');
    throw new Problem(422, 'NotAppliable', `${apiVersion} ${kind} is not applied here, only ${allowed}; use kubectl`, [
      { field: 'kind', fix: `must be one of ${allowed}` },
    ]);
  }
  return known.isNamespaced ? { ...parsed.data, metadata: { namespace, ...metadata } } : parsed.data;
}
